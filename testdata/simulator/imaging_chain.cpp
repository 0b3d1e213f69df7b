#include "testdata/simulator/imaging_chain.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/image_noise.h"
#include "testdata/simulator/implicit_shapes.h"
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

std::vector<float> gaussian_taps(double sigma_fine, int fine_per_pixel, int reach) {
  // Taps sit at fine samples around the pixel centre, which lies between samples when the factor is even.
  std::vector<float> taps(static_cast<std::size_t>(2 * reach + fine_per_pixel));
  const double centre = 0.5 * (static_cast<double>(taps.size()) - 1.0);
  double sum = 0.0;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const double x = static_cast<double>(i) - centre;
    taps[i] = static_cast<float>(std::exp(-0.5 * x * x / (sigma_fine * sigma_fine)));
    sum += static_cast<double>(taps[i]);
  }
  for (float& tap : taps) tap = static_cast<float>(static_cast<double>(tap) / sum);
  return taps;
}

// Blur by separable taps and keep one sample per pixel.
void blur_and_decimate(const std::vector<float>& fine,
                       const ScanGrid& grid,
                       int per_pixel,
                       const std::vector<float>& taps,
                       std::vector<float>& half,
                       float scale,
                       std::vector<float>& image) {
  const int fine_columns = grid.columns * per_pixel;
  const int fine_rows = grid.rows * per_pixel;
  const int reach = (static_cast<int>(taps.size()) - per_pixel) / 2;
  half.resize(static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(fine_rows));
  for (int row = 0; row < fine_rows; ++row) {
    const float* const in =
        fine.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(fine_columns);
    float* const out = half.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(grid.columns);
    for (int column = 0; column < grid.columns; ++column) {
      const int first = column * per_pixel - reach;
      float sum = 0.0F;
      for (int t = 0; t < static_cast<int>(taps.size()); ++t) {
        sum += taps[static_cast<std::size_t>(t)] * in[std::clamp(first + t, 0, fine_columns - 1)];
      }
      out[column] = sum;
    }
  }
  const auto columns = static_cast<std::size_t>(grid.columns);
  for (int row = 0; row < grid.rows; ++row) {
    float* const out = image.data() + static_cast<std::size_t>(row) * columns;
    for (int t = 0; t < static_cast<int>(taps.size()); ++t) {
      const int from = std::clamp(row * per_pixel - reach + t, 0, fine_rows - 1);
      const float* const in = half.data() + static_cast<std::size_t>(from) * columns;
      const float weight = scale * taps[static_cast<std::size_t>(t)];
      for (std::size_t c = 0; c < columns; ++c) out[c] += weight * in[c];
    }
  }
}

struct Blur {
  std::vector<float> main;
  std::vector<float> wide;  // subtracted, for kernels that overshoot
  float main_scale = 1.0F;
};

Blur make_blur(const Protocol& protocol, double fine_mm, int per_pixel) {
  // The ramps of the fine samples have the width fine_mm and already blur by fine_mm^2 / 12.
  const double sigma = protocol.psf_fwhm_mm / fwhm_per_sigma;
  const double remaining =
      std::sqrt(std::max(sigma * sigma - fine_mm * fine_mm / 12.0, 0.04 * fine_mm * fine_mm));
  const double wide = 2.0 * sigma;
  const auto reach = [&](double s) { return std::max(1, static_cast<int>(std::ceil(3.2 * s / fine_mm))); };
  Blur blur;
  blur.main = gaussian_taps(remaining / fine_mm, per_pixel, reach(remaining));
  if (protocol.overshoot > 0.0) {
    // (1 + b) narrow - b wide: an edge overshoots by about 0.22 b for a ratio of widths of 2.
    blur.main_scale = static_cast<float>(1.0 + protocol.overshoot / 0.22);
    blur.wide = gaussian_taps(wide / fine_mm, per_pixel, reach(wide));
  }
  return blur;
}

void finish_slice(const std::vector<float>& image,
                  const NoiseMaker& noise,
                  const Protocol& protocol,
                  const ScanGrid& grid,
                  int slice,
                  std::int16_t* out) {
  const std::vector<float> deviation = noise.slice(slice);
  const double centre = 0.5 * (grid.columns - 1);
  const double radius = 0.5 * grid.field_of_view_mm / grid.pixel_mm;
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      const std::size_t i = grid.index(column, row, 0);
      if (protocol.padding && std::hypot(column - centre, row - centre) > radius) {
        out[i] = protocol.padding_hu;
        continue;
      }
      const float value = image[i] + deviation[i];
      out[i] = static_cast<std::int16_t>(std::lround(std::clamp(value, -1024.0F, 3071.0F)));
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

Images acquire(const Scene& scene,
               const Protocol& protocol,
               const ScanGrid& grid,
               std::uint64_t noise_seed,
               int threads,
               const std::function<void(double)>& progress) {
  const SliceSampler sampler(scene, grid);
  const Blur blur = make_blur(protocol, sampler.fine_mm(), sampler.fine_per_pixel());
  const NoiseMaker noise(scene, protocol, grid, noise_seed);
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
      std::vector<float> image(grid.slice_size(), 0.0F);
      std::vector<float> half;
      blur_and_decimate(mixed, grid, sampler.fine_per_pixel(), blur.main, half, blur.main_scale, image);
      if (!blur.wide.empty()) {
        blur_and_decimate(
            mixed, grid, sampler.fine_per_pixel(), blur.wide, half, 1.0F - blur.main_scale, image);
      }
      finish_slice(image, noise, protocol, grid, first + s, images.hu.data() + grid.index(0, 0, first + s));
    }
    if (progress) progress(static_cast<double>(first + count) / grid.slices);
  }
  return images;
}

}  // namespace focalhip::simulator
