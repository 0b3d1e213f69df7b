#include "listener/series/check_compressed_frame.h"

namespace focalhip {

namespace {

// Markers. [ITU-T T.81 table B.1; T.87 C.1.1]
constexpr std::uint8_t start_of_image = 0xD8;
constexpr std::uint8_t start_of_scan = 0xDA;
constexpr std::uint8_t first_standalone = 0xD0;  // RST0 .. RST7, SOI, EOI carry no length
constexpr std::uint8_t last_standalone = 0xD9;
constexpr std::uint8_t temporary = 0x01;  // TEM carries no length either

std::uint8_t frame_marker(JpegKind kind) { return kind == JpegKind::lossless ? 0xC3 : 0xF7; }

bool is_frame_marker(std::uint8_t marker) {
  const bool is_sof = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  return is_sof || marker == 0xF7;
}

int u16_be(std::span<const std::uint8_t> bytes, std::size_t at) { return bytes[at] << 8 | bytes[at + 1]; }
std::uint32_t u32_le(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1]) << 8U |
         static_cast<std::uint32_t>(bytes[at + 2]) << 16U | static_cast<std::uint32_t>(bytes[at + 3]) << 24U;
}

// `segment` starts after the marker: length (2), precision, rows (2), columns (2), components.
std::optional<std::string> problem_in_frame_header(std::span<const std::uint8_t> segment,
                                                   const PromisedFrame& promised) {
  if (segment.size() < 8) return "compressed frame header is too short";
  const int precision = segment[2];
  if (u16_be(segment, 3) != promised.rows || u16_be(segment, 5) != promised.columns) {
    return "compressed frame is " + std::to_string(u16_be(segment, 5)) + " x " +
           std::to_string(u16_be(segment, 3)) + ", the header says " + std::to_string(promised.columns) +
           " x " + std::to_string(promised.rows);
  }
  if (segment[7] != 1) return "compressed frame has " + std::to_string(segment[7]) + " components, 1 needed";
  // Up to 8 bits the decoder would write bytes, not words; fewer bits than stored lose the sign.
  if (precision < 9 || precision > 16 || (promised.is_signed && precision < promised.bits_stored)) {
    return "compressed frame of " + std::to_string(precision) + " bits does not fit the header";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> problem_in_jpeg(std::span<const std::uint8_t> bytes,
                                           JpegKind kind,
                                           const PromisedFrame& promised) {
  if (bytes.size() < 4 || bytes[0] != 0xFF || bytes[1] != start_of_image)
    return "compressed frame has no start";
  bool has_frame_header = false;
  std::size_t at = 2;
  while (at + 4 <= bytes.size()) {
    if (bytes[at] != 0xFF) return "compressed frame has no marker where one belongs";
    const std::uint8_t marker = bytes[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == temporary || marker == 0 || (marker >= first_standalone && marker <= last_standalone)) {
      return "compressed frame has a marker that does not belong before the scan";
    }
    const auto length = static_cast<std::size_t>(u16_be(bytes, at + 2));
    if (length < 2 || length > bytes.size() - at - 2) return "compressed frame has a segment beyond its end";
    if (marker == start_of_scan) {
      if (!has_frame_header) return "compressed frame has no frame header";
      return std::nullopt;
    }
    if (is_frame_marker(marker)) {
      if (marker != frame_marker(kind) || has_frame_header)
        return "compressed frame is of another kind of JPEG";
      if (auto problem = problem_in_frame_header(bytes.subspan(at + 2, length), promised)) return problem;
      has_frame_header = true;
    }
    at += 2 + length;
  }
  return "compressed frame has no scan";
}

std::optional<std::string> problem_in_rle(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t header_bytes = 64;
  constexpr std::uint32_t segments_needed = 2;
  if (bytes.size() <= header_bytes) return "RLE frame is shorter than its header";
  if (u32_le(bytes, 0) != segments_needed) return "RLE frame of 16-bit words needs 2 segments";
  const std::uint32_t first = u32_le(bytes, 4);
  const std::uint32_t second = u32_le(bytes, 8);
  if (first != header_bytes || second <= first || second >= bytes.size())
    return "RLE segment lies outside the frame";
  return std::nullopt;
}

}  // namespace focalhip
