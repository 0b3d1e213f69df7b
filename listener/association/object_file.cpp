#include "listener/association/object_file.h"

#include <cerrno>
#include <string_view>
#include <system_error>

#include <fcntl.h>

#include "listener/association/implementation_uid.h"
#include "listener/support/file_lock.h"

namespace focalhip {

namespace {

constexpr std::size_t buffer_bytes = 128U << 10U;

void append_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value & 0xFFU);
  out += static_cast<char>((value >> 8U) & 0xFFU);
}
void append_u32(std::string& out, std::size_t value) {
  append_u16(out, value & 0xFFFFU);
  append_u16(out, value >> 16U);
}

void append_short(std::string& out, unsigned element, std::string_view vr, std::string value, char padding) {
  if (value.size() % 2 != 0) value += padding;
  append_u16(out, 0x0002U);
  append_u16(out, element);
  out += vr;
  append_u16(out, value.size());
  out += value;
}

}  // namespace

std::string part10_header(const ObjectIdentity& identity) {
  std::string group;
  append_u16(group, 0x0002U);
  append_u16(group, 0x0001U);
  group += "OB";
  append_u16(group, 0);
  append_u32(group, 2);
  group += std::string("\0\1", 2);  // File Meta Information Version
  append_short(group, 0x0002U, "UI", identity.sop_class_uid, '\0');
  append_short(group, 0x0003U, "UI", identity.sop_instance_uid, '\0');
  append_short(group, 0x0010U, "UI", identity.transfer_syntax_uid, '\0');
  append_short(group, 0x0012U, "UI", std::string(implementation_class_uid), '\0');
  append_short(group, 0x0013U, "SH", std::string(implementation_version_name), ' ');
  if (!identity.source_ae_title.empty()) append_short(group, 0x0016U, "AE", identity.source_ae_title, ' ');

  std::string header(128, '\0');
  header += "DICM";
  std::string length;
  append_u32(length, group.size());
  append_u16(header, 0x0002U);
  append_u16(header, 0x0000U);
  header += "UL";
  append_u16(header, 4);
  return header + length + group;
}

ObjectFile::ObjectFile(std::filesystem::path file, const ObjectIdentity& identity, std::uint64_t most_bytes)
    : path_(std::move(file)),
      fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)),
      most_bytes_(most_bytes) {
  if (!fd_) throw std::system_error(errno, std::generic_category(), "creating " + path_.string());
  lock(fd_);
  buffer_.reserve(buffer_bytes);
  const std::string header = part10_header(identity);
  write(std::as_bytes(std::span(header)));
}

ObjectFile::~ObjectFile() {
  if (!kept_) ::unlink(path_.c_str());
}

void ObjectFile::write(std::span<const std::byte> bytes) noexcept {
  if (state_ != State::good) return;
  if (bytes.size() > most_bytes_ - size_) {
    state_ = State::too_large;
    return;
  }
  size_ += bytes.size();
  const bool large = bytes.size() >= buffer_bytes / 2;
  if (large || buffer_.size() + bytes.size() > buffer_bytes) {
    write_out(buffer_);
    buffer_.clear();
  }
  if (large)
    write_out(bytes);
  else
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void ObjectFile::write_out(std::span<const std::byte> bytes) noexcept {
  while (state_ == State::good && !bytes.empty()) {
    const ssize_t written = ::write(fd_.value(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      state_ = State::disk_error;
      error_ = errno;
      return;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

bool ObjectFile::flush() noexcept {
  write_out(buffer_);
  buffer_.clear();
  // The disk works while the file is checked; sync() then waits for less.
  if (state_ == State::good) ::sync_file_range(fd_.value(), 0, 0, SYNC_FILE_RANGE_WRITE);
  return state_ == State::good;
}

void ObjectFile::sync() {
  if (::fsync(fd_.value()) != 0)
    throw std::system_error(errno, std::generic_category(), "fsync of " + path_.string());
}

}  // namespace focalhip
