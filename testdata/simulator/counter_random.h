#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

// Counter-based random numbers: a value depends on (seed, stream, counter) only, never on the order of calls
// or the number of threads. The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
namespace focalhip::simulator {

[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t seed,
                                               std::uint64_t stream,
                                               std::uint64_t counter) {
  return mix_bits(mix_bits(mix_bits(seed) ^ stream) ^ counter);
}

// Approximately normal, mean 0, variance 1, |value| < 3.47: sum of four uniforms of 16 bits. Meant for fields
// that are filtered afterwards, where it is indistinguishable from a normal deviate and three times as fast.
[[nodiscard]] constexpr float rough_normal(std::uint64_t bits) {
  constexpr float per_unit = 1.7320508F / 65536.0F;  // sqrt(12 / 4) / 2^16
  const auto sum = static_cast<std::int32_t>((bits & 0xFFFFU) + ((bits >> 16U) & 0xFFFFU) +
                                             ((bits >> 32U) & 0xFFFFU) + (bits >> 48U));
  return per_unit * static_cast<float>(sum - 131070);
}

// Sequential view on one stream, for drawing parameters.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  // Uniform in (0, 1).
  [[nodiscard]] double uniform() {
    return (static_cast<double>(mix_bits(seed_, stream_, counter_++) >> 11U) + 0.5) * 0x1.0p-53;
  }
  [[nodiscard]] double uniform(double low, double high) { return low + (high - low) * uniform(); }

  // Normal by Box and Muller, limited to +-2.5 SD so that no draw leaves what anatomy allows.
  [[nodiscard]] double normal(double mean, double sd) {
    while (true) {
      const double radius = std::sqrt(-2.0 * std::log(uniform()));
      const double deviate = radius * std::cos(2.0 * std::numbers::pi * uniform());
      if (std::abs(deviate) <= 2.5) return mean + sd * deviate;
    }
  }

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t counter_ = 0;
};

}  // namespace focalhip::simulator
