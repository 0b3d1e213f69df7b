#include "analysis/files/read_whole_file.h"

#include <fstream>
#include <system_error>

#include "analysis/files/input_error.h"

namespace focalhip {

std::string read_whole_file(const std::filesystem::path& file, std::size_t most_bytes) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) throw InputError(file, "no such file");
  const auto size = std::filesystem::file_size(file, failure);
  if (failure) throw InputError(file, "cannot be read (" + failure.message() + ")");
  if (size > most_bytes) {
    throw InputError(
        file, std::to_string(size) + " bytes, more than the " + std::to_string(most_bytes) + " allowed");
  }
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in || static_cast<std::size_t>(in.gcount()) != bytes.size())
    throw InputError(file, "cannot be read to its end");
  return bytes;
}

}  // namespace focalhip
