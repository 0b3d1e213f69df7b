#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace focalhip {

// A file that cannot be used. The text is one sentence that starts with the place: "FILE: reason",
// "FILE:LINE: reason" or "FILE:LINE: column N (NAME): reason". Lines and columns count from 1.
class InputError : public std::runtime_error {
 public:
  InputError(const std::filesystem::path& file, const std::string& reason)
      : std::runtime_error(file.string() + ": " + reason) {}
  InputError(const std::filesystem::path& file, std::size_t line, const std::string& reason)
      : std::runtime_error(file.string() + ":" + std::to_string(line) + ": " + reason) {}
};

}  // namespace focalhip
