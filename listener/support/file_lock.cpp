#include "listener/support/file_lock.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>

namespace focalhip {

void lock(const UniqueFd& file) {
  while (::flock(file.value(), LOCK_EX) != 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "locking a file");
  }
}

bool try_lock(const UniqueFd& file) {
  while (::flock(file.value(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "locking a file");
  }
  return true;
}

bool is_locked(const std::filesystem::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd && errno == ENOENT) return false;
  if (!fd) throw std::system_error(errno, std::generic_category(), "opening " + file.string());
  return !try_lock(fd);
}

}  // namespace focalhip
