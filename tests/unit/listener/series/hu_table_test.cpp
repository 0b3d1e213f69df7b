#include "listener/series/hu_table.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

std::int16_t hu(const PixelMeaning& meaning, int word) {
  return hu_of_every_word(meaning).at(static_cast<std::uint16_t>(word));
}

TEST(HuTable, AppliesSlopeAndInterceptToSignedWords) {
  const PixelMeaning meaning{
      .bits_stored = 16, .is_signed = true, .slope_hu = 1.0, .intercept_hu = -24.0, .padding = {}};
  EXPECT_EQ(hu(meaning, 0), -24);
  EXPECT_EQ(hu(meaning, -1000), -1024);
  EXPECT_EQ(hu(meaning, 3000), 2976);
}

TEST(HuTable, ReadsTheSignFromTheStoredBits) {
  PixelMeaning meaning{
      .bits_stored = 12, .is_signed = true, .slope_hu = 1.0, .intercept_hu = 0.0, .padding = {}};
  EXPECT_EQ(hu(meaning, 0x0FFF), -1);
  EXPECT_EQ(hu(meaning, 0x07FF), 2047);
  EXPECT_EQ(hu(meaning, 0xF001), 1);  // bits above the stored ones mean nothing
  meaning.is_signed = false;
  EXPECT_EQ(hu(meaning, 0x0FFF), 4095);
  EXPECT_EQ(hu(meaning, 0xFFFF), 4095);
}

TEST(HuTable, RoundsAndLimitsToTheRangeOfTheVolume) {
  const PixelMeaning meaning{
      .bits_stored = 16, .is_signed = true, .slope_hu = 0.5, .intercept_hu = 0.0, .padding = {}};
  EXPECT_EQ(hu(meaning, 3), 2);  // 1.5 away from zero
  EXPECT_EQ(hu(meaning, -3), -2);
  const PixelMeaning steep{
      .bits_stored = 16, .is_signed = true, .slope_hu = 100.0, .intercept_hu = 0.0, .padding = {}};
  EXPECT_EQ(hu(steep, 32767), 32767);
}

TEST(HuTable, MarksWhatNoMaterialIs) {
  const PixelMeaning meaning{
      .bits_stored = 16, .is_signed = true, .slope_hu = 1.0, .intercept_hu = 0.0, .padding = {}};
  EXPECT_EQ(hu(meaning, -1099), -1099);
  EXPECT_EQ(hu(meaning, -1100), not_measured_hu);  // valid = above -1100 HU (qct 1.3)
  EXPECT_EQ(hu(meaning, -2048), not_measured_hu);
  EXPECT_EQ(hu(meaning, -32768), not_measured_hu);
}

TEST(HuTable, ComparesPaddingBeforeTheRescale) {
  PixelMeaning meaning{
      .bits_stored = 16, .is_signed = true, .slope_hu = 1.0, .intercept_hu = -1024.0, .padding = {}};
  meaning.padding = {0, 0};
  EXPECT_EQ(hu(meaning, 0), not_measured_hu);
  EXPECT_EQ(hu(meaning, 1024), 0);  // HU 0 is not padding
}

TEST(HuTable, TakesThePaddingRangeInEitherOrder) {
  PixelMeaning meaning{
      .bits_stored = 16, .is_signed = true, .slope_hu = 1.0, .intercept_hu = 0.0, .padding = {}};
  meaning.padding = {static_cast<std::uint16_t>(-1000), static_cast<std::uint16_t>(-1010)};
  for (const int word : {-1000, -1005, -1010}) EXPECT_EQ(hu(meaning, word), not_measured_hu) << word;
  EXPECT_EQ(hu(meaning, -999), -999);
  EXPECT_EQ(hu(meaning, -1011), -1011);
}

TEST(HuTable, FindsPaddingOutsideTheStoredBits) {
  PixelMeaning meaning{
      .bits_stored = 12, .is_signed = false, .slope_hu = 1.0, .intercept_hu = -1024.0, .padding = {}};
  meaning.padding = {0xF830, 0xF830};
  EXPECT_EQ(hu(meaning, 0xF830), not_measured_hu);
  EXPECT_EQ(hu(meaning, 0x0830), 0x0830 - 1024);
}

}  // namespace
}  // namespace focalhip
