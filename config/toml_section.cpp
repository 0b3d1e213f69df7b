#include "config/toml_section.h"

#include <fstream>

namespace focalhip {

namespace {

constexpr std::uintmax_t largest_file_bytes = 1U << 20;

// The text of the file, or why there is none.
std::string read_text(const std::filesystem::path& file, std::string& text) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return "no such file";
  if (!std::filesystem::is_regular_file(file, error)) return "not a file";
  if (std::filesystem::file_size(file, error) > largest_file_bytes || error) return "larger than 1 MiB";
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  if (!stream) return "cannot be read";
  text = content.str();
  return {};
}

}  // namespace

std::variant<toml::table, ConfigProblem> parse_toml_file(const std::filesystem::path& file) {
  std::string text;
  if (const std::string why = read_text(file, text); !why.empty()) return ConfigProblem{file, 0, "file", why};
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const int line = static_cast<int>(error.source().begin.line);
    return ConfigProblem{file, line, "syntax", std::string(error.description())};
  }
}

}  // namespace focalhip
