#include "listener/supervisor/instance_lock.h"

#include <cerrno>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include "listener/support/durable_file.h"

namespace focalhip {

std::optional<UniqueFd> take_instance_lock(const std::filesystem::path& lock_file,
                                           std::chrono::milliseconds patience) {
  create_folders_durably(lock_file.parent_path());
  UniqueFd fd(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!fd) throw std::system_error(errno, std::generic_category(), "open " + lock_file.string());
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::flock(fd.value(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "lock " + lock_file.string());
    }
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return fd;
}

}  // namespace focalhip
