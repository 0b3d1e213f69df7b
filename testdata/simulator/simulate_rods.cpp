#include "testdata/simulator/simulate_rods.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/image_noise.h"
#include "testdata/simulator/imaging_chain.h"
#include "testdata/simulator/in_plane_blur.h"
#include "testdata/simulator/rods_scene.h"

namespace focalhip::simulator {
namespace {

constexpr int fine_per_pixel = 2;
constexpr int keyframe_slices = 12;  // the trunk changes slowly: drawn this often and interpolated
constexpr int noise_fields = 8;      // slices share these, each cut at a random place of the periodic field
constexpr int margin_pixels = 8;     // around what is drawn in every slice

// Part of the image, in pixels.
struct Window {
  int column = 0;
  int row = 0;
  int columns = 0;
  int rows = 0;
};

ScanGrid part_of(const ScanGrid& grid, const Window& window) {
  ScanGrid part = grid;
  part.origin_patient_mm = grid.patient_from_voxel(window.column, window.row, 0);
  part.columns = window.columns;
  part.rows = window.rows;
  return part;
}

// One slice of a part of the image, blurred.
std::vector<float> drawn(const RodsScene& scene, const InPlaneBlur& blur, const ScanGrid& grid, int slice) {
  const double fine_mm = grid.pixel_mm / fine_per_pixel;
  const double reach_mm = 0.75 * grid.pixel_mm + 0.5 * fine_mm + 0.1;
  const std::size_t stride = static_cast<std::size_t>(grid.columns) * fine_per_pixel;
  FinePlane fine(stride * static_cast<std::size_t>(grid.rows) * fine_per_pixel);
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      const RodsPoint centre = scene.point(grid.patient_from_voxel(column, row, slice), grid.pixel_mm);
      for (int n = 0; n < fine_per_pixel * fine_per_pixel; ++n) {
        const int u = n % fine_per_pixel;
        const int v = n / fine_per_pixel;
        double hu = centre.hu;
        if (centre.edge_mm < reach_mm) {
          const double dx = (u + 0.5) / fine_per_pixel - 0.5;
          const double dy = (v + 0.5) / fine_per_pixel - 0.5;
          hu = scene.point(grid.patient_from_voxel(column + dx, row + dy, slice), fine_mm).hu;
        }
        fine[static_cast<std::size_t>(row * fine_per_pixel + v) * stride +
             static_cast<std::size_t>(column * fine_per_pixel + u)] = static_cast<float>(hu);
      }
    }
  }
  std::vector<float> half;
  std::vector<float> image;
  blur.apply(fine, grid, half, image);
  return image;
}

// Bounding boxes of the phantoms over the whole scan.
std::vector<Window> phantom_windows(const RodsScene& scene, const ScanGrid& grid, int margin) {
  std::vector<Window> windows;
  for (const PhantomModel& phantom : scene.table().phantoms()) {
    double low_x = 1e9, high_x = -1e9, low_y = 1e9, high_y = -1e9;
    for (const double z :
         {grid.level_mm(0) - grid.half_rise_mm(), grid.level_mm(grid.slices - 1) + grid.half_rise_mm()}) {
      for (const Vec3 corner : phantom.outline_mm(z)) {
        const Vec3 v = grid.voxel_from_patient(corner);
        low_x = std::min(low_x, v.x);
        high_x = std::max(high_x, v.x);
        low_y = std::min(low_y, v.y);
        high_y = std::max(high_y, v.y);
      }
    }
    const int left = std::clamp(static_cast<int>(low_x) - margin, 0, grid.columns);
    const int top = std::clamp(static_cast<int>(low_y) - margin, 0, grid.rows);
    const int right = std::clamp(static_cast<int>(high_x) + margin + 1, 0, grid.columns);
    const int bottom = std::clamp(static_cast<int>(high_y) + margin + 1, 0, grid.rows);
    if (right > left && bottom > top) windows.push_back({left, top, right - left, bottom - top});
  }
  return windows;
}

// The window's inner part replaces what is in the image; its rim is not blurred rightly.
void paste(
    const std::vector<float>& part, const Window& window, int rim, int columns, int rows, float* image) {
  const int left = window.column == 0 ? 0 : rim;
  const int top = window.row == 0 ? 0 : rim;
  const int right = window.column + window.columns == columns ? window.columns : window.columns - rim;
  const int bottom = window.row + window.rows == rows ? window.rows : window.rows - rim;
  for (int row = top; row < bottom; ++row) {
    const auto from = static_cast<std::ptrdiff_t>(row) * window.columns;
    std::copy(part.begin() + from + left,
              part.begin() + from + right,
              image + static_cast<std::ptrdiff_t>(window.row + row) * columns + window.column + left);
  }
}

class Noise {
 public:
  Noise(const RodsScene& scene,
        const HipParameters& hip,
        double sd_hu,
        const ScanGrid& grid,
        std::uint64_t seed)
      : grid_(grid), seed_(seed), sd_hu_(grid.slice_size(), 0.0F) {
    if (sd_hu <= 0.0) return;
    const NoiseRegion region{scene.middle_mm(), hip.body.half_width_mm, hip.body.half_depth_mm};
    const NoiseMaker maker(region, sd_hu, grid, seed);
    for (int n = 0; n < noise_fields; ++n) fields_.push_back(maker.unit_field(static_cast<std::uint64_t>(n)));
    for (int row = 0; row < grid.rows; ++row) {
      for (int column = 0; column < grid.columns; ++column)
        sd_hu_[grid.index(column, row, 0)] = static_cast<float>(sd_hu * maker.relative_sd(column, row));
    }
  }
  [[nodiscard]] std::vector<float> slice(int slice) const {
    std::vector<float> sum(grid_.slice_size(), 0.0F);
    if (fields_.empty()) return sum;
    const std::array<float, 3> weights = NoiseMaker::slice_weights();
    for (int neighbour = -1; neighbour <= 1; ++neighbour) {
      add_field(slice + neighbour, weights[static_cast<std::size_t>(neighbour + 1)], sum);
    }
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] *= sd_hu_[i];
    return sum;
  }

 private:
  // The field of a slice: one of the few, cut and joined at a random place.
  void add_field(int slice, float weight, std::vector<float>& sum) const {
    const std::uint64_t bits = mix_bits(seed_, 1004, static_cast<std::uint64_t>(slice + 16));
    const std::vector<float>& field = fields_[bits % noise_fields];
    const std::size_t shift = (bits >> 8U) % field.size();
    const std::size_t first = field.size() - shift;
    for (std::size_t i = 0; i < first; ++i) sum[i] += weight * field[i + shift];
    for (std::size_t i = first; i < field.size(); ++i) sum[i] += weight * field[i - first];
  }

  const ScanGrid& grid_;
  std::uint64_t seed_;
  std::vector<float> sd_hu_;
  std::vector<std::vector<float>> fields_;
};

HipParameters placed(HipParameters hip, double table_z_mm) {
  hip.right.head_centre_patient_mm.z += table_z_mm;
  hip.left.head_centre_patient_mm.z += table_z_mm;
  return hip;
}

Protocol with_rods_range(Protocol protocol) {
  protocol.slices = protocol.slices.value_or(default_rods_slices);
  if (!protocol.lowest_above_heads_mm)
    protocol.lowest_above_heads_mm = -0.5 * (*protocol.slices - 1) * protocol.slice_spacing_mm;
  return protocol;
}

}  // namespace

ScanGrid plan_rods_scan(const HipParameters& hip, const Protocol& protocol) {
  return plan_scan(hip, with_rods_range(protocol));
}

SimulatedScan simulate_rods(const HipParameters& hip,
                            const Protocol& protocol,
                            std::uint64_t seed,
                            int threads,
                            const Progress& progress) {
  const HipParameters person = placed(hip, protocol.table_z_mm);
  const RodsScene scene(person, protocol, drawn_water_offset_hu(protocol, seed));
  SimulatedScan scan;
  scan.grid = plan_rods_scan(hip, protocol);
  const ScanGrid& grid = scan.grid;
  scan.truth = calibration_truth(scene.calibration(),
                                 protocol,
                                 drawn_water_offset_hu(protocol, seed),
                                 scene.middle_mm().z,
                                 scene.table().rods(),
                                 hip.phantom.type);
  scan.truth.femora = false;
  place_rods_in_image(scan.truth, grid, protocol);

  const InPlaneBlur blur(protocol, grid.pixel_mm / fine_per_pixel, fine_per_pixel);
  const int rim = blur.reach_pixels() + 1;
  const std::vector<Window> windows = phantom_windows(scene, grid, margin_pixels + rim);
  const int keyframes = (grid.slices - 1) / keyframe_slices + 2;
  std::vector<std::vector<float>> keyframe(static_cast<std::size_t>(keyframes));
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int n = 0; n < keyframes; ++n)
    keyframe[static_cast<std::size_t>(n)] = drawn(scene, blur, grid, n * keyframe_slices);
  const Noise noise(scene, person, protocol.noise_sd_hu, grid, mix_bits(seed, 4, 2));
  scan.hu.resize(grid.voxel_count());
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int slice = 0; slice < grid.slices; ++slice) {
    const auto n = static_cast<std::size_t>(slice / keyframe_slices);
    const float share = static_cast<float>(slice % keyframe_slices) / keyframe_slices;
    std::vector<float> image(grid.slice_size());
    for (std::size_t i = 0; i < image.size(); ++i)
      image[i] = keyframe[n][i] + share * (keyframe[n + 1][i] - keyframe[n][i]);
    for (const Window& window : windows) {
      paste(drawn(scene, blur, part_of(grid, window), slice),
            window,
            rim,
            grid.columns,
            grid.rows,
            image.data());
    }
    round_slice(image, noise.slice(slice), protocol, grid, scan.hu.data() + grid.index(0, 0, slice));
  }
  if (progress) progress("images", 1.0);
  return scan;
}

}  // namespace focalhip::simulator
