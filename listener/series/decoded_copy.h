#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace focalhip {

// A compressed image decoded ahead of time: its stored words beside the spool, so that the last response of a
// sender is not followed by seconds of decoding. A cache: lost, old or damaged copies cost time, nothing
// else; the object itself stays the truth. Names: decoded_copy_of in spool_layout.h.
//
//   "FHWORDS1"  rows, columns (32 bits each)  SHA-256 of the words (32 bytes)  rows * columns words of 16
//   bits
//
// Numbers in the byte order of the machine; written and read on one machine and kept for an hour.

// Writes beside `copy` and renames. Not durable: the digest finds out. Throws std::system_error.
void write_decoded_copy(const std::filesystem::path& copy,
                        int rows,
                        int columns,
                        std::span<const std::uint16_t> words);

// nullopt: there is none, or it is not one of this size, or its bytes are damaged.
[[nodiscard]] std::optional<std::vector<std::uint16_t>> read_decoded_copy(const std::filesystem::path& copy,
                                                                          int rows,
                                                                          int columns);

}  // namespace focalhip
