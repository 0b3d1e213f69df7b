#include "listener/support/fork_child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener/support/log.h"

namespace focalhip {

namespace {

void default_signals() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2, SIGPIPE}) {
    ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void close_all_but(std::span<const int> kept) {
  std::vector<int> sorted(kept.begin(), kept.end());
  std::sort(sorted.begin(), sorted.end());
  unsigned int first = STDERR_FILENO + 1;
  for (const int fd : sorted) {
    if (fd < static_cast<int>(first)) continue;
    if (fd > static_cast<int>(first)) ::close_range(first, static_cast<unsigned int>(fd) - 1U, 0);
    first = static_cast<unsigned int>(fd) + 1U;
  }
  ::close_range(first, UINT_MAX, 0);
}

// The last frame of every process of ours: nothing leaves it as an exception.
int run_guarded(const std::string& role, const std::function<int()>& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    Log(role).error("FAILED", {{"error", error.what()}});
  } catch (...) {
    Log(role).error("FAILED", {{"error", "unknown exception"}});
  }
  return 1;
}

[[noreturn]] void become_child(const ForkOptions& options, const std::function<int()>& body, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // the parent died before the line above
  ::prctl(PR_SET_NAME, options.role.substr(0, 15).c_str());
  default_signals();
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  close_all_but(options.kept_fds);
  const int status = run_guarded(options.role, body);
  std::fflush(nullptr);
  ::_exit(status);
}

}  // namespace

pid_t fork_child(const ForkOptions& options, const std::function<int()>& body) {
  std::fflush(nullptr);  // or the child would print it again
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork " + options.role);
  if (child == 0) become_child(options, body, parent);
  return child;
}

std::string ending_text(int wait_status) {
  if (WIFSIGNALED(wait_status)) return "signal " + std::to_string(WTERMSIG(wait_status));
  return "status " + std::to_string(WEXITSTATUS(wait_status));
}

}  // namespace focalhip
