#pragma once

#include <filesystem>
#include <string_view>

namespace focalhip {

// Replaces `file` as a whole or not at all: a temporary file beside it, then rename. Not made durable against
// a power cut (listener/support/durable_file.h is). Throws std::runtime_error naming the file.
void write_whole_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace focalhip
