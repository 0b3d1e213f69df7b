#include "tests/proof/statistics_null/null_fields.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "tests/support/icosphere.h"

namespace focalhip::proof {

namespace {

constexpr int few_averages = 13;
constexpr int many_averages = 31;

// The noise's lattice is wider than the mask, so that smoothing meets no border there.
constexpr int mask_width = 20;
constexpr int margin = 6;
constexpr int noise_width = mask_width + 2 * margin;
constexpr float kernel_sigma_voxels = 2.0F;

}  // namespace

SphereFields::SphereFields(Caps caps) {
  test::Icosphere sphere = test::icosphere(4);
  vertices_ = std::move(sphere.vertices);
  auto made = region_of_triangles(static_cast<int>(vertices_.size()), sphere.triangles);
  if (!std::holds_alternative<SearchRegion>(made)) throw std::logic_error("a sphere that is no surface");
  region_ = std::get<SearchRegion>(std::move(made));
  std::vector<std::vector<int>> around(vertices_.size());
  for (const auto& [a, b] : region_.edges) {
    around[static_cast<std::size_t>(a)].push_back(b);
    around[static_cast<std::size_t>(b)].push_back(a);
  }
  first_.push_back(0);
  for (const auto& points : around) {
    neighbours_.insert(neighbours_.end(), points.begin(), points.end());
    first_.push_back(neighbours_.size());
  }
  for (const auto& v : vertices_) mask_.push_back(caps == Caps::kept || std::abs(v[2]) < 0.8F ? 1 : 0);
}

void SphereFields::average(std::vector<float>& values, std::vector<float>& next, int times) const {
  for (int time = 0; time < times; ++time) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      float sum = 0.0F;
      for (std::size_t k = first_[i]; k < first_[i + 1]; ++k)
        sum += values[static_cast<std::size_t>(neighbours_[k])];
      next[i] = 0.5F * values[i] + 0.5F * sum / static_cast<float>(first_[i + 1] - first_[i]);
    }
    values.swap(next);
  }
}

void SphereFields::draw(std::mt19937_64& random, std::span<float> values) const {
  std::normal_distribution<float> normal;
  std::vector<float> rough(vertices_.size());
  std::vector<float> smooth(vertices_.size());
  std::vector<float> next(vertices_.size());
  for (float& value : rough) value = normal(random);
  for (float& value : smooth) value = normal(random);
  average(rough, next, few_averages);
  average(smooth, next, many_averages);
  // Averaging k times leaves a variance like 1/k.
  const float gain_rough = std::sqrt(static_cast<float>(few_averages));
  const float gain_smooth = std::sqrt(static_cast<float>(many_averages));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float share = 0.5F * (1.0F + vertices_[i][2]);
    values[i] = std::sqrt(share) * gain_rough * rough[i] + std::sqrt(1.0F - share) * gain_smooth * smooth[i];
  }
}

LatticeFields::LatticeFields() {
  std::vector<std::uint8_t> inside;
  for (int z = 0; z < mask_width; ++z) {
    for (int y = 0; y < mask_width; ++y) {
      for (int x = 0; x < mask_width; ++x) {
        const auto part = [](int i, double radius) { return (i - 9.5) / radius; };
        const double r2 = std::pow(part(x, 9.8), 2) + std::pow(part(y, 8.5), 2) + std::pow(part(z, 9.8), 2);
        inside.push_back(r2 <= 1.0 ? 1 : 0);
        if (r2 > 1.0) continue;
        place_.push_back(
            static_cast<std::size_t>(x + margin + noise_width * (y + margin + noise_width * (z + margin))));
      }
    }
  }
  region_ = region_of_lattice({mask_width, mask_width, mask_width}, inside);
  mask_.assign(place_.size(), 1);
  for (int i = -margin; i <= margin; ++i) {
    kernel_.push_back(
        std::exp(-0.5F * static_cast<float>(i * i) / (kernel_sigma_voxels * kernel_sigma_voxels)));
  }
}

void LatticeFields::draw(std::mt19937_64& random, std::span<float> values) const {
  std::normal_distribution<float> normal;
  constexpr std::size_t n = noise_width;
  std::vector<float> noise(n * n * n);
  for (float& value : noise) value = normal(random);
  std::vector<float> next(noise.size());
  for (const std::size_t stride : {std::size_t{1}, n, n * n}) {
    for (std::size_t i = 0; i < noise.size(); ++i) {
      const std::size_t at = i / stride % n;
      float sum = 0.0F;
      const std::size_t low = at < margin ? margin - at : 0;
      const std::size_t high = std::min<std::size_t>(2 * margin, n - 1 - at + margin);
      for (std::size_t k = low; k <= high; ++k) sum += kernel_[k] * noise[i + k * stride - margin * stride];
      next[i] = sum;
    }
    noise.swap(next);
  }
  for (std::size_t p = 0; p < values.size(); ++p) values[p] = noise[place_[p]];
}

}  // namespace focalhip::proof
