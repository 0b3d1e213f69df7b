#include "testdata/simulator/texture_field.h"

#include <cmath>

#include "testdata/simulator/counter_random.h"

namespace focalhip::simulator {
namespace {

// In-place periodic Gaussian smoothing along one axis of a cube.
void smooth_axis(std::vector<float>& values, int nodes, std::size_t stride, double sigma) {
  const int reach = std::max(1, static_cast<int>(std::ceil(3.5 * sigma)));
  std::vector<double> kernel;
  for (int i = -reach; i <= reach; ++i) kernel.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
  const auto n = static_cast<std::size_t>(nodes);
  std::vector<double> line(n);
  for (std::size_t start = 0; start < values.size(); ++start) {
    if ((start / stride) % n != 0) continue;
    for (int i = 0; i < nodes; ++i) {
      double sum = 0.0;
      for (int j = -reach; j <= reach; ++j) {
        const int wrapped = ((i + j) % nodes + nodes) % nodes;
        sum += kernel[static_cast<std::size_t>(j + reach)] *
               values[start + stride * static_cast<std::size_t>(wrapped)];
      }
      line[static_cast<std::size_t>(i)] = sum;
    }
    for (std::size_t i = 0; i < n; ++i) values[start + stride * i] = static_cast<float>(line[i]);
  }
}

void normalise(std::vector<float>& values) {
  double sum = 0.0;
  double squares = 0.0;
  for (const float v : values) {
    sum += v;
    squares += static_cast<double>(v) * v;
  }
  const double mean = sum / static_cast<double>(values.size());
  const double sd = std::sqrt(squares / static_cast<double>(values.size()) - mean * mean);
  for (float& v : values) v = static_cast<float>((v - mean) / sd);
}

}  // namespace

TextureField::TextureField(std::uint64_t seed, double correlation_mm, int nodes, double step_mm)
    : nodes_(nodes), step_mm_(step_mm) {
  const auto n = static_cast<std::size_t>(nodes);
  values_.resize(n * n * n);
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = rough_normal(mix_bits(seed, 77, i));
  // White noise smoothed with sigma has correlation exp(-r^2 / (4 sigma^2)).
  const double sigma = 0.5 * correlation_mm / step_mm;
  smooth_axis(values_, nodes, 1, sigma);
  smooth_axis(values_, nodes, n, sigma);
  smooth_axis(values_, nodes, n * n, sigma);
  normalise(values_);
}

double TextureField::sample(Vec3 p_mm) const {
  const auto split = [&](double coordinate) {
    const double position = coordinate / step_mm_;
    const double floor = std::floor(position);
    const int low = ((static_cast<int>(floor) % nodes_) + nodes_) % nodes_;
    struct {
      std::size_t low;
      std::size_t high;
      double fraction;
    } const cell{static_cast<std::size_t>(low),
                 low + 1 == nodes_ ? 0U : static_cast<std::size_t>(low) + 1U,
                 position - floor};
    return cell;
  };
  const auto x = split(p_mm.x);
  const auto y = split(p_mm.y);
  const auto z = split(p_mm.z);
  const auto n = static_cast<std::size_t>(nodes_);
  const auto row = [&](std::size_t j, std::size_t k) {
    const std::size_t base = n * (j + n * k);
    return values_[base + x.low] + x.fraction * (values_[base + x.high] - values_[base + x.low]);
  };
  const auto plane = [&](std::size_t k) {
    const double low = row(y.low, k);
    return low + y.fraction * (row(y.high, k) - low);
  };
  const double low = plane(z.low);
  return low + z.fraction * (plane(z.high) - low);
}

}  // namespace focalhip::simulator
