#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace focalhip {

// Replaces `file` as a whole or not at all: a temporary file beside it, then rename. Not made durable against
// a power cut (listener/support/durable_file.h is). Throws std::runtime_error naming the file.
void write_whole_file(const std::filesystem::path& file, std::string_view bytes);

// Files that belong together: all are written beside their places before the first takes its place, so that a
// full disk leaves none of them.
struct WholeFile {
  std::filesystem::path file;
  std::string_view bytes;
};
void write_whole_files(const std::vector<WholeFile>& files);

}  // namespace focalhip
