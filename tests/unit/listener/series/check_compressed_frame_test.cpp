#include "listener/series/check_compressed_frame.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace focalhip {
namespace {

using Bytes = std::vector<std::uint8_t>;
using testing::HasSubstr;

constexpr PromisedFrame promised{.rows = 2, .columns = 3, .bits_stored = 12, .is_signed = true};

// SOI, SOF3 (12 bits, 2 x 3, 1 component), SOS.
Bytes lossless_jpeg() {
  return {0xFF, 0xD8, 0xFF, 0xC3, 0x00, 0x0B, 12, 0x00, 0x02, 0x00, 0x03, 1,    1,   0x11,
          0x00, 0xFF, 0xDA, 0x00, 0x08, 1,    1,  0x00, 1,    0x00, 0x00, 0xFF, 0xD9};
}

std::string problem(const Bytes& bytes, JpegKind kind = JpegKind::lossless) {
  return problem_in_jpeg(bytes, kind, promised).value_or("");
}

TEST(CheckJpeg, AcceptsALosslessFrameOfThePromisedSize) { EXPECT_EQ(problem(lossless_jpeg()), ""); }

TEST(CheckJpeg, AcceptsAJpegLsFrame) {
  Bytes bytes = lossless_jpeg();
  bytes[3] = 0xF7;
  EXPECT_EQ(problem(bytes, JpegKind::jpeg_ls), "");
  EXPECT_THAT(problem(bytes), HasSubstr("another kind"));
}

TEST(CheckJpeg, SkipsOtherSegmentsAndFillBytes) {
  Bytes bytes = lossless_jpeg();
  const Bytes comment{0xFF, 0xFE, 0x00, 0x04, 'h', 'i', 0xFF, 0xFF};
  bytes.insert(bytes.begin() + 2, comment.begin(), comment.end() - 1);
  EXPECT_EQ(problem(bytes), "");
}

TEST(CheckJpeg, RefusesATemMarkerThatDcmtkWouldLoopOn) {
  Bytes bytes{0xFF, 0xD8, 0xFF, 0x01};
  bytes.resize(500, 0);
  EXPECT_THAT(problem(bytes), HasSubstr("does not belong"));
}

TEST(CheckJpeg, RefusesAnotherSizeThanTheHeaderPromised) {
  Bytes bytes = lossless_jpeg();
  bytes[7] = 0xFF;
  EXPECT_THAT(problem(bytes), HasSubstr("3 x 65282, the header says 3 x 2"));
}

TEST(CheckJpeg, RefusesPrecisionsThatDoNotFit) {
  Bytes bytes = lossless_jpeg();
  for (const int precision : {0, 8, 11, 17, 255}) {
    bytes[6] = static_cast<std::uint8_t>(precision);
    EXPECT_THAT(problem(bytes), HasSubstr("does not fit")) << precision;
  }
}

TEST(CheckJpeg, RefusesColourLossyFramesAndASecondFrame) {
  Bytes bytes = lossless_jpeg();
  bytes[11] = 3;
  EXPECT_THAT(problem(bytes), HasSubstr("3 components"));
  bytes = lossless_jpeg();
  bytes[3] = 0xC1;
  EXPECT_THAT(problem(bytes), HasSubstr("another kind"));
  bytes = lossless_jpeg();
  const Bytes frame(bytes.begin() + 2, bytes.begin() + 15);
  bytes.insert(bytes.begin() + 2, frame.begin(), frame.end());
  EXPECT_THAT(problem(bytes), HasSubstr("another kind"));
}

TEST(CheckJpeg, SurvivesEveryTruncationAndEveryChangedByte) {
  const Bytes whole = lossless_jpeg();
  for (std::size_t size = 0; size < 23; ++size) {  // until the scan's header is complete something is missing
    EXPECT_NE(problem({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "") << size;
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      Bytes bytes = whole;
      bytes[i] = static_cast<std::uint8_t>(value);
      (void)problem(bytes);
      (void)problem(bytes, JpegKind::jpeg_ls);
    }
  }
}

Bytes rle(std::uint32_t segments, std::uint32_t first, std::uint32_t second, std::size_t size) {
  Bytes bytes(size, 0);
  const std::uint32_t words[] = {segments, first, second};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t b = 0; b < 4 && 4 * i + b < size; ++b)
      bytes[4 * i + b] = static_cast<std::uint8_t>(words[i] >> (8 * b));
  }
  return bytes;
}

TEST(CheckRle, AcceptsTwoSegmentsInsideTheFragment) {
  EXPECT_FALSE(problem_in_rle(rle(2, 64, 70, 80)).has_value());
}

TEST(CheckRle, RefusesWhatPointsOutside) {
  EXPECT_TRUE(problem_in_rle({}).has_value());
  EXPECT_TRUE(problem_in_rle(rle(2, 64, 70, 20)).has_value());  // shorter than the header
  EXPECT_TRUE(problem_in_rle(rle(1, 64, 0, 80)).has_value());
  EXPECT_TRUE(problem_in_rle(rle(15, 64, 70, 80)).has_value());
  EXPECT_TRUE(problem_in_rle(rle(2, 0, 70, 80)).has_value());
  EXPECT_TRUE(problem_in_rle(rle(2, 64, 64, 80)).has_value());
  EXPECT_TRUE(problem_in_rle(rle(2, 64, 80, 80)).has_value());
  EXPECT_TRUE(problem_in_rle(rle(2, 64, 0xFFFFFFFFU, 80)).has_value());
}

}  // namespace
}  // namespace focalhip
