#include "listener/series/hu_table.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

int full_word(std::uint16_t word, bool is_signed) {
  return is_signed ? static_cast<int>(static_cast<std::int16_t>(word)) : static_cast<int>(word);
}

// The bits above the stored ones may hold anything (formerly overlays).
int stored_value(std::uint16_t word, const PixelMeaning& meaning) {
  const int shift = 16 - meaning.bits_stored;
  const auto lifted = static_cast<std::uint16_t>(word << shift);
  return full_word(lifted, meaning.is_signed) >> shift;
}

class Padding {
 public:
  explicit Padding(const PixelMeaning& meaning)
      : is_signed_(meaning.is_signed), is_given_(meaning.padding.has_value()) {
    if (!is_given_) return;
    std::tie(least_, most_) = std::minmax(
        {full_word((*meaning.padding)[0], is_signed_), full_word((*meaning.padding)[1], is_signed_)});
  }
  // Some writers give the padding value in the whole word, some in the stored bits.
  [[nodiscard]] bool covers(std::uint16_t word, int stored) const {
    return is_given_ && (is_inside(stored) || is_inside(full_word(word, is_signed_)));
  }

 private:
  [[nodiscard]] bool is_inside(int value) const { return value >= least_ && value <= most_; }

  bool is_signed_;
  bool is_given_;
  int least_ = 0;
  int most_ = 0;
};

}  // namespace

std::vector<std::int16_t> hu_of_every_word(const PixelMeaning& meaning) {
  expects(meaning.bits_stored >= 1 && meaning.bits_stored <= 16, "1 to 16 bits are stored");
  constexpr std::size_t words = 1U << 16U;
  const Padding padding(meaning);
  std::vector<std::int16_t> table(words, not_measured_hu);
  for (std::size_t i = 0; i < words; ++i) {
    const auto word = static_cast<std::uint16_t>(i);
    const int stored = stored_value(word, meaning);
    const double hu = meaning.slope_hu * stored + meaning.intercept_hu;
    if (padding.covers(word, stored) || !(hu > least_measured_hu)) continue;
    table[i] = static_cast<std::int16_t>(std::lround(std::min(hu, 32767.0)));
  }
  return table;
}

}  // namespace focalhip
