#include "listener/support/durable_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include "listener/support/unique_fd.h"

namespace focalhip {

namespace {

[[noreturn]] void fail(const char* action, const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), std::string(action) + " " + path.string());
}

UniqueFd open_or_fail(const std::filesystem::path& path, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, 0640));
  if (!fd) fail("opening", path);
  return fd;
}

void sync_or_fail(const UniqueFd& fd, const std::filesystem::path& path) {
  if (::fsync(fd.value()) != 0) fail("fsync of", path);
}

void write_and_sync(const std::filesystem::path& path, std::string_view bytes, int flags) {
  const UniqueFd fd = open_or_fail(path, O_WRONLY | O_CREAT | flags);
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd.value(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  sync_or_fail(fd, path);
}

std::filesystem::path parent_of(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  return parent.empty() ? std::filesystem::path(".") : parent;
}

}  // namespace

void sync_file(const std::filesystem::path& file) { sync_or_fail(open_or_fail(file, O_RDONLY), file); }

void sync_folder(const std::filesystem::path& folder) {
  sync_or_fail(open_or_fail(folder, O_RDONLY | O_DIRECTORY), folder);
}

void create_folders_durably(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::is_directory(folder)) return;
  create_folders_durably(folder.parent_path());
  if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) fail("creating folder", folder);
  sync_folder(parent_of(folder));
}

void write_file_durably(const std::filesystem::path& file,
                        std::string_view bytes,
                        std::optional<FaultPoint> unnamed) {
  std::filesystem::path temporary = file;
  temporary += ".tmp";
  write_and_sync(temporary, bytes, O_TRUNC);
  if (unnamed) fault_point(*unnamed);
  rename_durably(temporary, file);
}

void write_new_file_synced(const std::filesystem::path& file, std::string_view bytes) {
  write_and_sync(file, bytes, O_EXCL);
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("renaming to", to);
  sync_folder(parent_of(to));
  if (parent_of(from) != parent_of(to)) sync_folder(parent_of(from));
}

std::string read_small_file(const std::filesystem::path& file, std::uintmax_t most_bytes) {
  const UniqueFd fd = open_or_fail(file, O_RDONLY);
  std::string bytes;
  std::string chunk(64U << 10U, '\0');
  for (;;) {
    const ssize_t count = ::read(fd.value(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("reading", file);
    if (count == 0) return bytes;
    bytes.append(chunk, 0, static_cast<std::size_t>(count));
    if (bytes.size() > most_bytes) {
      errno = EFBIG;
      fail("reading", file);
    }
  }
}

}  // namespace focalhip
