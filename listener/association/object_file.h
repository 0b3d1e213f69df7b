#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "listener/support/unique_fd.h"

namespace focalhip {

// What our own file meta information says of an object.
struct ObjectIdentity {
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::string transfer_syntax_uid;
  std::string source_ae_title;
};

// Preamble, prefix and group 0002 of a Part 10 file. [PS3.10] 7.1
[[nodiscard]] std::string part10_header(const ObjectIdentity& identity);

// A file in incoming/: created, locked, filled, synced; removed again unless it was kept. Data set bytes are
// written as they came. A failed or over-long write is remembered, later bytes are ignored: the rest of the
// message must be read from the network all the same.
class ObjectFile {
 public:
  enum class State { good, disk_error, too_large };

  // Throws std::system_error when the file cannot be created or the header not be written.
  ObjectFile(std::filesystem::path file, const ObjectIdentity& identity, std::uint64_t most_bytes);
  ~ObjectFile();
  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;

  void write(std::span<const std::byte> bytes) noexcept;
  // Hands everything to the kernel and asks it to begin writing to the disk. False: state() is not good.
  [[nodiscard]] bool flush() noexcept;
  void sync();  // fsync; throws std::system_error
  void keep() { kept_ = true; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] int error() const { return error_; }  // errno of disk_error
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void write_out(std::span<const std::byte> bytes) noexcept;

  std::filesystem::path path_;
  UniqueFd fd_;
  std::uint64_t most_bytes_;
  std::vector<std::byte> buffer_;
  std::uint64_t size_ = 0;  // bytes accepted, those in the buffer included
  State state_ = State::good;
  int error_ = 0;
  bool kept_ = false;
};

}  // namespace focalhip
