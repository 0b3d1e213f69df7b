#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "listener/support/digest.h"
#include "listener/support/unique_fd.h"

namespace focalhip {

// A regular file read forward with a fixed buffer. Its size is taken once; a file that becomes shorter while
// it is read is an I/O error. All errors throw std::system_error; asking for more than left() is the caller's
// mistake.
class ByteSource {
 public:
  explicit ByteSource(const std::filesystem::path& file);
  [[nodiscard]] bool is_regular() const { return regular_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t left() const { return size_ - position_; }

  void read(void* target, std::size_t count);
  [[nodiscard]] std::string read_text(std::size_t count);
  // The next eight bytes without moving on; absent when fewer are left.
  [[nodiscard]] std::optional<std::array<std::uint8_t, 8>> peek8();
  void skip(std::uint64_t count);
  void digest(std::uint64_t count, Sha256& sha);

 private:
  [[nodiscard]] std::size_t buffered();  // bytes at the position; refills, at least 1 unless at the end

  std::string name_;
  UniqueFd fd_;
  bool regular_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t buffer_start_ = 0;
  std::size_t buffer_count_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace focalhip
