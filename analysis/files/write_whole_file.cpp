#include "analysis/files/write_whole_file.h"

#include <fstream>
#include <stdexcept>

namespace focalhip {

namespace {

std::filesystem::path temporary_of(const std::filesystem::path& file) {
  std::filesystem::path temporary = file;
  temporary += ".tmp";
  return temporary;
}

bool write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  return !stream.fail();
}

}  // namespace

void write_whole_file(const std::filesystem::path& file, std::string_view bytes) {
  write_whole_files({{file, bytes}});
}

void write_whole_files(const std::vector<WholeFile>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (write_bytes(temporary_of(files[i].file), files[i].bytes)) continue;
    std::error_code ignored;
    for (std::size_t k = 0; k <= i; ++k) {
      const std::filesystem::path temporary = temporary_of(files[k].file);
      if (std::filesystem::is_regular_file(temporary, ignored)) std::filesystem::remove(temporary, ignored);
    }
    throw std::runtime_error("cannot write " + files[i].file.string());
  }
  for (const WholeFile& one : files) {
    std::error_code error;
    std::filesystem::rename(temporary_of(one.file), one.file, error);
    if (error) throw std::runtime_error("cannot write " + one.file.string() + ": " + error.message());
  }
}

}  // namespace focalhip
