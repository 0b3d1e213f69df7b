#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace focalhip {

// What the header of the data set promises about a frame.
struct PromisedFrame {
  int rows = 0;
  int columns = 0;
  int bits_stored = 16;
  bool is_signed = false;
};

// Checks of compressed frames BEFORE a decoder sees them (the decoders of DCMTK 3.6.7 loop on a TEM marker,
// read short RLE fragments out of bounds and trust sizes; science: node E.2). Returns what is wrong, or
// nothing.

// Lossless JPEG (SOF3) or JPEG-LS (SOF55): marker segments up to the scan, one frame header of the promised
// size.
enum class JpegKind { lossless, jpeg_ls };
[[nodiscard]] std::optional<std::string> problem_in_jpeg(std::span<const std::uint8_t> bytes,
                                                         JpegKind kind,
                                                         const PromisedFrame& promised);

// RLE of 16-bit words: two segments inside the fragment. [PS3.5 G.5]
[[nodiscard]] std::optional<std::string> problem_in_rle(std::span<const std::uint8_t> bytes);

}  // namespace focalhip
