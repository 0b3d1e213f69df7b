#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace focalhip {

// All bytes of a regular file. InputError when there is none, when it cannot be read or when it has more than
// `most_bytes` bytes (looked at before memory is taken).
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& file, std::size_t most_bytes);

}  // namespace focalhip
