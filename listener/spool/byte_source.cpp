#include "listener/spool/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {
// Large enough that hashing pixel data is bound by the digest, small enough to stay in the cache.
constexpr std::size_t buffer_bytes = 128U << 10U;

[[noreturn]] void fail(int code, const std::string& name) {
  throw std::system_error(code, std::generic_category(), "reading " + name);
}
}  // namespace

// O_NONBLOCK: opening a pipe somebody put into a folder of files must not hang; it has no effect on regular
// files.
ByteSource::ByteSource(const std::filesystem::path& file)
    : name_(file.string()),
      fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)),
      buffer_(buffer_bytes) {
  if (!fd_) fail(errno, name_);
  struct stat status {};
  if (::fstat(fd_.value(), &status) != 0) fail(errno, name_);
  regular_ = S_ISREG(status.st_mode);
  if (regular_) size_ = static_cast<std::uint64_t>(status.st_size);
}

std::size_t ByteSource::buffered() {
  const std::uint64_t buffer_end = buffer_start_ + buffer_count_;
  if (position_ >= buffer_start_ && position_ < buffer_end)
    return static_cast<std::size_t>(buffer_end - position_);
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left(), buffer_.size()));
  if (wanted == 0) return 0;
  ssize_t count = 0;
  do {
    count = ::pread(fd_.value(), buffer_.data(), wanted, static_cast<off_t>(position_));
  } while (count < 0 && errno == EINTR);
  if (count < 0) fail(errno, name_);
  if (count == 0) fail(EIO, name_);  // shorter than it was
  buffer_start_ = position_;
  buffer_count_ = static_cast<std::size_t>(count);
  return buffer_count_;
}

void ByteSource::read(void* target, std::size_t count) {
  expects(count <= left(), "reading beyond the end");
  auto* out = static_cast<std::byte*>(target);
  while (count > 0) {
    const std::size_t part = std::min(count, buffered());
    std::memcpy(out, buffer_.data() + (position_ - buffer_start_), part);
    out += part;
    count -= part;
    position_ += part;
  }
}

std::string ByteSource::read_text(std::size_t count) {
  std::string text(count, '\0');
  read(text.data(), count);
  return text;
}

std::optional<std::array<std::uint8_t, 8>> ByteSource::peek8() {
  std::array<std::uint8_t, 8> bytes{};
  if (left() < bytes.size()) return std::nullopt;
  const std::uint64_t start = position_;
  read(bytes.data(), bytes.size());
  position_ = start;
  return bytes;
}

void ByteSource::skip(std::uint64_t count) {
  expects(count <= left(), "skipping beyond the end");
  position_ += count;
}

void ByteSource::digest(std::uint64_t count, Sha256& sha) {
  expects(count <= left(), "hashing beyond the end");
  while (count > 0) {
    const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(count, buffered()));
    sha.update(std::span(buffer_.data() + (position_ - buffer_start_), part));
    count -= part;
    position_ += part;
  }
}

}  // namespace focalhip
