#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include "analysis/files/csv_table.h"
#include "analysis/files/field_files.h"
#include "analysis/files/read_points_csv.h"

namespace focalhip::fuzz {

// A file in memory with a name.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("input", MFD_CLOEXEC)) {
    is_written_ = ::write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] bool is_written() const { return is_written_; }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
  bool is_written_ = false;
};

// Any bytes as a file of the statistics; the first chooses the reader: t table, n numbers, i integers, p
// points, f shape of a field (its data: what follows the first zero byte), l lattice. "read": it was read;
// "malformed": refused with a sentence.
inline std::string read_statistics_bytes(std::string_view bytes) {
  if (bytes.empty()) return "malformed";
  const char reader = bytes.front();
  bytes.remove_prefix(1);
  const CsvLimits limits{.file_bytes = 1U << 20U, .columns = 64};
  const std::size_t zero = reader == 'f' ? bytes.find('\0') : std::string_view::npos;
  const MemoryFile file(bytes.substr(0, zero));
  const MemoryFile data(zero == std::string_view::npos ? std::string_view{} : bytes.substr(zero + 1));
  if (!file.is_written() || !data.is_written()) return "malformed";
  try {
    if (reader == 't') {
      const CsvTable table = read_csv_table(file.path(), limits);
      for (std::size_t row = 0; row < table.rows.size(); ++row) {
        for (std::size_t c = 0; c < table.header.size(); ++c) (void)table.number(row, c);
      }
    } else if (reader == 'n') {
      (void)read_numeric_csv(file.path(), limits);
    } else if (reader == 'i') {
      (void)read_integer_csv(file.path(), 3, 0, 1000, limits);
    } else if (reader == 'p') {
      (void)read_points_csv(file.path());
    } else if (reader == 'f') {
      (void)read_field_file(data.path(), file.path(), {.values = 1U << 16U});
    } else if (reader == 'l') {
      (void)read_lattice_file(file.path());
    } else {
      return "malformed";
    }
  } catch (const InputError&) {
    return "malformed";
  }
  return "read";
}

}  // namespace focalhip::fuzz
