#pragma once

#include <filesystem>

#include "listener/support/unique_fd.h"

namespace focalhip {

// flock(2) says whether the process that works on a file is alive: the kernel drops the lock however it dies,
// and no process id can be mistaken for another.

// Waits for the lock (a sweeper holds it for a moment only). Throws std::system_error.
void lock(const UniqueFd& file);

// Takes the lock or returns false because somebody holds it. Throws std::system_error on other errors.
[[nodiscard]] bool try_lock(const UniqueFd& file);

// Whether a living process holds the lock. A missing file is held by nobody.
[[nodiscard]] bool is_locked(const std::filesystem::path& file);

}  // namespace focalhip
