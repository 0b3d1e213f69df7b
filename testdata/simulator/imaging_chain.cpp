#include "testdata/simulator/imaging_chain.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/image_noise.h"
#include "testdata/simulator/implicit_shapes.h"
#include "testdata/simulator/in_plane_blur.h"
#include "testdata/simulator/slice_sampler.h"

namespace focalhip::simulator {
namespace {

constexpr double fwhm_per_sigma = 2.354820045;
constexpr double slice_blur_sigma_mm = 0.5 / fwhm_per_sigma;
constexpr int most_planes = 36;  // worked on at a time; bounds the memory

// Weight of a fine plane at distance dz from a slice: box of the slice thickness, blurred.
double slice_weight(double dz_mm, double thickness_mm) {
  const double scale = std::sqrt(2.0) * slice_blur_sigma_mm;
  return 0.5 *
         (std::erf((dz_mm + 0.5 * thickness_mm) / scale) - std::erf((dz_mm - 0.5 * thickness_mm) / scale));
}

int neighbour_slices(const ScanGrid& grid) {
  const double reach =
      0.5 * grid.slice_thickness_mm + 3.0 * slice_blur_sigma_mm - 0.5 * grid.slice_spacing_mm;
  return std::max(1, static_cast<int>(std::ceil(reach / grid.slice_spacing_mm)));
}

NoiseRegion noise_region(const Scene& scene) {
  return {scene.middle,
          0.5 * (scene.body.high_mm().x - scene.body.low_mm().x) - 12.0,
          0.5 * (scene.body.high_mm().y - scene.body.low_mm().y) - 18.0};
}

// Bands round metal; they do not reach the air.
void add_streaks(const Scene& scene, const ScanGrid& grid, int slice, std::vector<float>& image) {
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      float& value = image[grid.index(column, row, 0)];
      if (value < -500.0F) continue;
      value += static_cast<float>(scene.implants.streak_hu(grid.patient_from_voxel(column, row, slice)));
    }
  }
}

// The slice profile: weighted sum of the fine planes of the slices first .. first + 2 reach of the window.
FinePlane mixed_planes(const std::vector<std::vector<FinePlane>>& window,
                       int first,
                       int reach,
                       const ScanGrid& grid) {
  const auto planes = static_cast<int>(window[0].size());
  const auto weight_of = [&](int w, int plane) {
    const double dz = (w - reach + (plane + 0.5) / planes - 0.5) * grid.slice_spacing_mm;
    return slice_weight(dz, grid.slice_thickness_mm);
  };
  double total = 0.0;
  for (int w = 0; w <= 2 * reach; ++w) {
    for (int plane = 0; plane < planes; ++plane) total += weight_of(w, plane);
  }
  FinePlane mixed(window[0][0].size(), 0.0F);
  for (int w = 0; w <= 2 * reach; ++w) {
    for (int plane = 0; plane < planes; ++plane) {
      const auto weight = static_cast<float>(weight_of(w, plane) / total);
      if (weight < 1e-4F) continue;
      const FinePlane& in = window[static_cast<std::size_t>(first + w)][static_cast<std::size_t>(plane)];
      for (std::size_t i = 0; i < in.size(); ++i) mixed[i] += weight * in[i];
    }
  }
  return mixed;
}

}  // namespace

void round_slice(const std::vector<float>& image,
                 const std::vector<float>& deviation,
                 const Protocol& protocol,
                 const ScanGrid& grid,
                 std::int16_t* out) {
  const double centre = 0.5 * (grid.columns - 1);
  const double radius = 0.5 * grid.field_of_view_mm / grid.pixel_mm;
  for (int row = 0; row < grid.rows; ++row) {
    // The circle's chord on this row.
    const double dy = row - centre;
    const double chord = std::sqrt(std::max(radius * radius - dy * dy, 0.0));
    for (int column = 0; column < grid.columns; ++column) {
      const std::size_t i = grid.index(column, row, 0);
      if (protocol.padding && (std::abs(dy) > radius || std::abs(column - centre) > chord)) {
        out[i] = protocol.padding_hu;
        continue;
      }
      const float value = std::clamp(image[i] + deviation[i], -1024.0F, 3071.0F);
      out[i] = static_cast<std::int16_t>(std::floor(value + 0.5F));
    }
  }
}

Images acquire(const Scene& scene,
               const Protocol& protocol,
               const ScanGrid& grid,
               std::uint64_t noise_seed,
               int threads,
               const std::function<void(double)>& progress) {
  const SliceSampler sampler(scene, grid, protocol);
  const InPlaneBlur blur(protocol, sampler.fine_mm(), sampler.fine_per_pixel());
  const NoiseMaker noise(noise_region(scene), protocol.noise_sd_hu, grid, noise_seed);
  Images images;
  images.hu.resize(grid.voxel_count());
  images.mask.resize(grid.voxel_count());
  images.density_mg_cm3.resize(grid.voxel_count());

  const int reach = neighbour_slices(grid);
  const int planes = sampler.planes_per_slice();
  const int chunk_slices = std::clamp(most_planes / planes, 2, 18);
  // Fine planes of the slices first .. first + chunk + 2 reach - 1; the last 2 reach are kept for the next
  // chunk.
  std::vector<std::vector<FinePlane>> window(static_cast<std::size_t>(chunk_slices + 2 * reach));
  for (int first = 0; first < grid.slices; first += chunk_slices) {
    const int count = std::min(chunk_slices, grid.slices - first);
    const int ready = first == 0 ? 0 : 2 * reach;
    if (ready > 0) std::rotate(window.begin(), window.begin() + chunk_slices, window.end());
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int w = ready; w < count + 2 * reach; ++w) {
      const int slice = first - reach + w;
      const bool inside = slice >= 0 && slice < grid.slices;
      const std::size_t offset = inside ? grid.index(0, 0, slice) : 0;
      sampler.sample(slice,
                     window[static_cast<std::size_t>(w)],
                     inside ? images.mask.data() + offset : nullptr,
                     inside ? images.density_mg_cm3.data() + offset : nullptr);
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int s = 0; s < count; ++s) {
      const FinePlane mixed = mixed_planes(window, s, reach, grid);
      std::vector<float> image;
      std::vector<float> half;
      blur.apply(mixed, grid, half, image);
      if (!scene.implants.empty()) add_streaks(scene, grid, first + s, image);
      round_slice(
          image, noise.slice(first + s), protocol, grid, images.hu.data() + grid.index(0, 0, first + s));
    }
    if (progress) progress(static_cast<double>(first + count) / grid.slices);
  }
  return images;
}

}  // namespace focalhip::simulator
