#pragma once

#include <functional>
#include <span>
#include <string>

#include <sys/types.h>

namespace focalhip {

struct ForkOptions {
  std::string role;                 // process name as `ps` shows it, at most 15 characters
  std::span<const int> kept_fds{};  // everything else above standard error is closed in the child
};

// Forks; the child runs `body`, ends with its value as status and never returns. The child dies with its
// parent (SIGKILL), has default signal handlers and an empty signal mask, writes to standard error only (its
// standard output is standard error) and ends with status 1 after a logged error when `body` throws. Call it
// only from a single-threaded process. Throws std::system_error when no process can be made.
[[nodiscard]] pid_t fork_child(const ForkOptions& options, const std::function<int()>& body);

// "status 3", "signal 9": of a status from waitpid.
[[nodiscard]] std::string ending_text(int wait_status);

}  // namespace focalhip
