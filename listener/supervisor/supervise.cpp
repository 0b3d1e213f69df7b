#include "listener/supervisor/supervise.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener/supervisor/notify_service_manager.h"
#include "listener/support/fault_points.h"
#include "listener/support/fork_child.h"
#include "listener/support/log.h"
#include "listener/support/unique_fd.h"

namespace focalhip {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Child {
  ChildSpec spec;
  RestartBackoff backoff;
  pid_t pid = 0;  // 0 = not running
  UniqueFd ready_pipe;
  bool was_ready = false;
  Clock::time_point started;
  std::optional<Clock::time_point> start_at;
};

UniqueFd block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  UniqueFd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) throw std::system_error(errno, std::generic_category(), "signalfd");
  return fd;
}

void write_message(int fd, const std::string& message) {
  [[maybe_unused]] const ssize_t written = ::write(fd, message.data(), message.size());
}

class Supervisor {
 public:
  Supervisor(std::vector<ChildSpec> specs, const SuperviseOptions& options)
      : options_(options), log_(options.role), signals_(block_signals()) {
    adopt(std::move(specs));
  }

  int run() {
    while (!failed_start_ && !stop_wanted_) {
      start_due_children();
      wait_for_events(time_to_next_event());
      if (reload_wanted_) reload();
      if (watchdog_) notify_service_manager("WATCHDOG=1");
    }
    stop_all();
    return failed_start_.value_or(0);
  }

 private:
  void adopt(std::vector<ChildSpec> specs) {
    children_.clear();
    for (ChildSpec& spec : specs) {
      Child child{std::move(spec), RestartBackoff(options_.backoff), 0, {}, false, {}, Clock::now()};
      children_.push_back(std::move(child));
    }
  }

  void start_due_children() {
    for (Child& child : children_) {
      if (child.start_at && *child.start_at <= Clock::now()) start(child);
    }
  }

  // No process or descriptor to be had: tried again later, like a child that died at once.
  void start(Child& child) {
    try {
      start_or_throw(child);
    } catch (const std::system_error& error) {
      child.start_at = Clock::now() + child.backoff.wait_after(milliseconds(0));
      log_.error("CANNOT_START", {{"child", child.spec.role}, {"error", error.what()}});
    }
  }

  void start_or_throw(Child& child) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    child.ready_pipe = UniqueFd(ends[0]);
    const UniqueFd write_end(ends[1]);
    std::vector<int> kept = options_.kept_fds;
    kept.push_back(write_end.value());
    child.start_at.reset();
    child.started = Clock::now();
    child.pid = fork_child({child.spec.role, kept}, [&child, &write_end] {
      return child.spec.run([&](const std::string& message) { write_message(write_end.value(), message); });
    });
    log_.info("STARTED", {{"child", child.spec.role}, {"pid", child.pid}});
  }

  [[nodiscard]] milliseconds time_to_next_event() const {
    milliseconds wait = watchdog_.value_or(milliseconds(60000));
    for (const Child& child : children_) {
      if (!child.start_at) continue;
      const auto until = std::chrono::ceil<milliseconds>(*child.start_at - Clock::now());
      wait = std::clamp(until, milliseconds(0), wait);
    }
    return wait;
  }

  void wait_for_events(milliseconds longest) {
    std::vector<pollfd> polled{{signals_.value(), POLLIN, 0}};
    for (const Child& child : children_) {
      if (child.ready_pipe) polled.push_back({child.ready_pipe.value(), POLLIN, 0});
    }
    if (::poll(polled.data(), polled.size(), static_cast<int>(longest.count())) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    read_signals();
    // First the messages, then the endings: a child that was ready and died at once was ready.
    for (Child& child : children_) read_ready_pipe(child, polled);
    reap();
  }

  void read_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.value(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) stop_wanted_ = true;
      if (info.ssi_signo == SIGHUP) reload_wanted_ = true;
    }
  }

  void read_ready_pipe(Child& child, const std::vector<pollfd>& polled) {
    const bool readable = std::any_of(polled.begin(), polled.end(), [&child](const pollfd& entry) {
      return child.ready_pipe && entry.fd == child.ready_pipe.value() && entry.revents != 0;
    });
    if (!readable) return;
    std::array<char, 256> text{};
    const ssize_t count = ::read(child.ready_pipe.value(), text.data(), text.size());
    child.ready_pipe.reset();  // one message a life
    if (count <= 0) return;
    child.was_ready = true;
    if (child.spec.start_must_succeed) fault_point("supervisor_before_ready");
    if (options_.on_ready) {
      options_.on_ready(child.spec.role, std::string(text.data(), static_cast<std::size_t>(count)));
    }
    announce_when_all_are_ready();
  }

  void announce_when_all_are_ready() {
    const bool all = std::all_of(children_.begin(), children_.end(), [](const Child& child) {
      return child.was_ready || !child.spec.start_must_succeed;
    });
    if (!all || announced_) return;
    announced_ = true;
    notify_service_manager("READY=1");
    fault_point("supervisor_after_ready");
  }

  void reap() {
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0; pid = ::waitpid(-1, &status, WNOHANG)) {
      const auto child = std::find_if(
          children_.begin(), children_.end(), [pid](const Child& candidate) { return candidate.pid == pid; });
      if (child != children_.end()) child_ended(*child, status);
    }
  }

  void child_ended(Child& child, int status) {
    child.pid = 0;
    child.ready_pipe.reset();
    if (stopping_) return;
    const auto run = std::chrono::duration_cast<milliseconds>(Clock::now() - child.started);
    if (child.spec.start_must_succeed && !child.was_ready && WIFEXITED(status) && WEXITSTATUS(status) != 0) {
      failed_start_ = WEXITSTATUS(status);
      return;
    }
    fault_point("supervisor_before_restart");
    const milliseconds wait = child.backoff.wait_after(run);
    child.start_at = Clock::now() + wait;
    log_.warning("CHILD_ENDED",
                 {{"child", child.spec.role},
                  {"how", ending_text(status)},
                  {"run_ms", run.count()},
                  {"restart_in_ms", wait.count()}});
  }

  void stop_all() {
    stopping_ = true;
    notify_service_manager("STOPPING=1");
    log_.info("STOPPING");
    std::set<int> ranks;
    for (Child& child : children_) {
      child.start_at.reset();
      ranks.insert(child.spec.stop_rank);
    }
    for (const int rank : ranks) {
      stop_rank(rank);
      fault_point("supervisor_in_stop");
    }
    log_.info("STOPPED");
    stopping_ = false;
  }

  void stop_rank(int rank) {
    const Clock::time_point begin = Clock::now();
    const auto of_rank = [rank](const Child& child) {
      return child.pid != 0 && child.spec.stop_rank == rank;
    };
    for (const Child& child : children_) {
      if (of_rank(child)) ::kill(child.pid, SIGTERM);
    }
    while (std::any_of(children_.begin(), children_.end(), of_rank)) {
      for (Child& child : children_) {
        if (of_rank(child)) kill_when_late(child, Clock::now() - begin);
      }
      wait_for_events(milliseconds(100));
    }
  }

  // A process that does not even go after SIGKILL hangs in the kernel: it is left behind.
  void kill_when_late(Child& child, Clock::duration waited) {
    if (waited < child.spec.stop_grace) return;
    if (waited > child.spec.stop_grace + milliseconds(5000)) {
      log_.error("LEFT_BEHIND", {{"child", child.spec.role}, {"pid", child.pid}});
      child.pid = 0;
      return;
    }
    log_.warning("KILLED", {{"child", child.spec.role}, {"reason", "did not stop in time"}});
    ::kill(child.pid, SIGKILL);
  }

  void reload() {
    reload_wanted_ = false;
    if (!options_.on_reload) return;
    std::optional<std::vector<ChildSpec>> specs = options_.on_reload();
    if (!specs) return;
    log_.info("RELOADING");
    stop_all();
    fault_point("supervisor_in_reload");
    if (stop_wanted_) return;
    adopt(std::move(*specs));
  }

  SuperviseOptions options_;
  Log log_;
  UniqueFd signals_;
  std::vector<Child> children_;
  std::optional<milliseconds> watchdog_ = watchdog_interval();
  std::optional<int> failed_start_;
  bool stop_wanted_ = false;
  bool reload_wanted_ = false;
  bool stopping_ = false;
  bool announced_ = false;
};

}  // namespace

int supervise(std::vector<ChildSpec> children, const SuperviseOptions& options) {
  return Supervisor(std::move(children), options).run();
}

}  // namespace focalhip
