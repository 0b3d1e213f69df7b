#include "listener/worker/run_worker_master.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener/jobs/job_store.h"
#include "listener/support/fault_points.h"
#include "listener/support/fork_child.h"
#include "listener/support/unique_fd.h"
#include "listener/support/utc_clock.h"
#include "listener/worker/worker_child.h"

namespace focalhip {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds wait_after_failure{1000};

UniqueFd block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  UniqueFd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) throw std::system_error(errno, std::generic_category(), "signalfd");
  return fd;
}

// One place for a child.
struct Slot {
  std::string owner;  // of the jobs of whoever works here
  pid_t pid = 0;      // 0 = empty
  UniqueFd messages;
  std::optional<Job> job;  // claimed; only what fencing needs
  std::optional<Clock::time_point> deadline;
  Clock::time_point start_at = Clock::now();
  bool late = false;
};

class WorkerMaster {
 public:
  WorkerMaster(const NodeConfig& config, const WorkerMasterOptions& options)
      : config_(config), options_(options), signals_(block_signals()) {
    for (int slot = 0; slot < std::max(1, config.limits.workers); ++slot)
      slots_.push_back(empty_slot(options.owner + "/" + std::to_string(slot)));
  }

  int run() {
    fault_point("master_before_take_back");
    take_back(options_.owner);
    fault_point("master_after_take_back");
    while (!stop_wanted_) {
      for (Slot& slot : slots_) {
        if (slot.pid == 0 && slot.start_at <= Clock::now()) start(slot);
      }
      wait_for_events();
      for (Slot& slot : slots_) kill_if_late(slot);
    }
    drain();
    return 0;
  }

 private:
  static Slot empty_slot(std::string owner) {
    Slot slot;
    slot.owner = std::move(owner);
    return slot;
  }

  void start(Slot& slot) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    const std::array kept = {write_end.value()};
    slot = empty_slot(slot.owner);
    slot.messages = std::move(read_end);
    slot.pid = fork_child({"worker", kept},
                          [&] { return run_worker_child(config_, options_, slot.owner, write_end.value()); });
    fault_point("master_after_fork");
  }

  void wait_for_events() {
    std::vector<pollfd> polled{{signals_.value(), POLLIN, 0}};
    for (const Slot& slot : slots_) {
      if (slot.messages) polled.push_back({slot.messages.value(), POLLIN, 0});
    }
    constexpr int tick_ms = 200;  // deadlines and waits are kept to this
    if (::poll(polled.data(), polled.size(), tick_ms) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    signalfd_siginfo info{};
    while (::read(signals_.value(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      if (info.ssi_signo != SIGCHLD) stop_wanted_ = true;
    }
    for (Slot& slot : slots_) read_messages(slot);
    reap();
  }

  void read_messages(Slot& slot) {
    WorkerMessage message;
    while (slot.messages) {
      const ssize_t count = ::read(slot.messages.value(), &message, sizeof message);
      if (count == 0) slot.messages.reset();  // its end: the child is gone or will be
      if (count != static_cast<ssize_t>(sizeof message)) return;
      if (message.kind == WorkerMessage::Kind::worked) {
        slot.deadline.reset();  // waiting for a disk is not the job's fault
        continue;
      }
      slot.job.emplace();
      slot.job->id = message.job_id;
      slot.job->attempt = message.attempt;
      slot.job->generation = message.generation;
      slot.deadline = Clock::now() + config_.limits.job_deadline;
      fault_point("master_after_claimed");
    }
  }

  void kill_if_late(Slot& slot) {
    if (slot.pid == 0 || !slot.deadline || Clock::now() < *slot.deadline || slot.late) return;
    slot.late = true;
    log_.error("DEADLINE", {{"job", slot.job->id}, {"seconds", config_.limits.job_deadline.count()}});
    ::kill(slot.pid, SIGKILL);
  }

  void reap() {
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0; pid = ::waitpid(-1, &status, WNOHANG)) {
      const auto slot = std::find_if(
          slots_.begin(), slots_.end(), [pid](const Slot& candidate) { return candidate.pid == pid; });
      if (slot != slots_.end()) child_ended(*slot, status);
    }
  }

  void child_ended(Slot& slot, int status) {
    read_messages(slot);  // what it said last
    const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!good) {
      log_.error("WORKER_ENDED",
                 {{"pid", slot.pid}, {"how", ending_text(status)}, {"job", slot.job ? slot.job->id : 0}});
      fault_point("master_before_give_back");
      if (slot.job)
        record_failure(*slot.job, slot.late ? "exceeded its time" : "ended by " + ending_text(status));
      else
        take_back(slot.owner);  // it may have died between claiming and saying so
    }
    slot = empty_slot(slot.owner);
    slot.start_at = Clock::now() + (good ? milliseconds(0) : wait_after_failure);
  }

  void record_failure(const Job& job, const std::string& error) {
    with_store("recorder", [&](JobStore& store) {
      fault_point("master_in_give_back");
      static_cast<void>(store.give_back(job, error, utc_now_ms()));
    });
  }

  void take_back(const std::string& owner) const {
    with_store("take_back", [&](JobStore& store) {
      const int count = store.take_back(owner, utc_now_ms());
      if (count > 0) log_.warning("TAKEN_BACK", {{"jobs", count}});
    });
  }

  // In a short-lived child with a connection of its own, waited for; once more when it is killed. A failure
  // is logged there; the job's lease then runs out by itself.
  void with_store(const char* role, const std::function<void(JobStore&)>& action) const {
    for (int tries = 0; tries < 2; ++tries) {
      const pid_t child = fork_child({role}, [&] {
        ::alarm(30);
        action(*JobStore::open(config_.store, config_.node.data_folder));
        return 0;
      });
      int status = 0;
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
      if (!WIFSIGNALED(status)) return;
    }
  }

  // Idle children end at once, busy ones after their job; what is left is killed and its job given back.
  void drain() {
    const auto running = [](const Slot& slot) { return slot.pid != 0; };
    for (const Slot& slot : slots_) {
      if (running(slot)) ::kill(slot.pid, SIGTERM);
    }
    fault_point("master_in_drain");
    const Clock::time_point end = Clock::now() + options_.drain;
    while (std::any_of(slots_.begin(), slots_.end(), running) && Clock::now() < end) wait_for_events();
    for (const Slot& slot : slots_) {
      if (running(slot)) ::kill(slot.pid, SIGKILL);
    }
    while (std::any_of(slots_.begin(), slots_.end(), running)) wait_for_events();
  }

  const NodeConfig& config_;
  const WorkerMasterOptions& options_;
  Log log_{"workers"};
  UniqueFd signals_;
  std::vector<Slot> slots_;
  bool stop_wanted_ = false;
};

}  // namespace

int run_worker_master(const NodeConfig& config, const WorkerMasterOptions& options) {
  return WorkerMaster(config, options).run();
}

}  // namespace focalhip
