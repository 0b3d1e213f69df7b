#include <algorithm>
#include <array>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/write_series.h"

namespace focalhip::simulator {
namespace {

std::uint64_t digest(std::string_view text, std::uint64_t key) {
  std::uint64_t state = mix_bits(key);
  for (const char c : text) state = mix_bits(state ^ static_cast<unsigned char>(c));
  return mix_bits(state ^ text.size());
}

// Decimal digits of the 128-bit number high * 2^64 + low.
std::string decimal(std::uint64_t high, std::uint64_t low) {
  std::array<std::uint32_t, 4> limbs{static_cast<std::uint32_t>(high >> 32U),
                                     static_cast<std::uint32_t>(high),
                                     static_cast<std::uint32_t>(low >> 32U),
                                     static_cast<std::uint32_t>(low)};
  std::string digits;
  while (std::any_of(limbs.begin(), limbs.end(), [](std::uint32_t limb) { return limb != 0; })) {
    std::uint64_t remainder = 0;
    for (std::uint32_t& limb : limbs) {
      const std::uint64_t value = (remainder << 32U) | limb;
      limb = static_cast<std::uint32_t>(value / 10U);
      remainder = value % 10U;
    }
    digits += static_cast<char>('0' + static_cast<int>(remainder));
  }
  if (digits.empty()) digits.push_back('0');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

std::string derived_uid(std::string_view text) {
  std::string uid = "2.25.";
  uid += decimal(digest(text, 11), digest(text, 23));
  return uid;
}

}  // namespace focalhip::simulator
