#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "listener/series/dicom_header.h"
#include "listener/series/hu_table.h"

namespace focalhip {

// The pixels of one CT image as stored, and what they mean.
struct StoredSlice {
  int rows = 0;
  int columns = 0;
  PixelMeaning meaning;
  std::vector<std::uint16_t> words;  // rows * columns, column fastest
};

// Native little endian, JPEG lossless, JPEG-LS lossless and RLE. `frame` counts from 1, 0 is a single-frame
// image. Everything is checked against the header before a decoder runs. Of a multi-frame object only the
// frame's bytes are in memory, and only during the call. Throws Refusal: not_hu, header_inconsistent,
// unsupported_syntax. The words of a single-frame compressed image are taken from `decoded_copy` when there
// is a good one.
[[nodiscard]] StoredSlice decode_slice(DcmFileFormat& object,
                                       int frame = 0,
                                       const std::filesystem::path& decoded_copy = {});

}  // namespace focalhip
