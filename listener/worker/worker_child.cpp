#include "listener/worker/worker_child.h"

#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

#include "listener/support/fault_points.h"
#include "listener/support/utc_clock.h"
#include "listener/worker/lease_keeper.h"
#include "listener/worker/work_on_job.h"

namespace focalhip {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds ask_every{100};
constexpr std::chrono::minutes idle_life{10};  // then a fresh process takes over

volatile std::sig_atomic_t stop_wanted = 0;
void want_stop(int /*signal*/) { stop_wanted = 1; }

void listen_to_signals() {
  struct sigaction action {};
  action.sa_handler = want_stop;  // without SA_RESTART: sleeping ends
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

// Backstops behind the master's clock: a process that eats memory or computes on although nobody watches it
// any more.
void limit_resources(const LimitSettings& limits) {
  const rlimit memory{limits.job_memory_bytes, limits.job_memory_bytes};
  ::setrlimit(RLIMIT_AS, &memory);
  const auto cpu_s = static_cast<rlim_t>(limits.job_deadline.count() * (limits.threads_per_job + 1));
  const rlimit cpu{cpu_s, cpu_s};
  ::setrlimit(RLIMIT_CPU, &cpu);
  const rlimit core{0, 0};  // a core dump would hold patient data
  ::setrlimit(RLIMIT_CORE, &core);
}

void tell(int fd, WorkerMessage::Kind kind, const Job& job) {
  const WorkerMessage message{kind, job.attempt, job.generation, 0, job.id};
  [[maybe_unused]] const ssize_t written = ::write(fd, &message, sizeof message);
}

std::optional<Job> wait_for_job(JobStore& store, const std::string& owner) {
  const Clock::time_point begin = Clock::now();
  while (stop_wanted == 0 && Clock::now() - begin < idle_life) {
    const UtcMs now_ms = utc_now_ms();
    if (std::optional<Job> job = store.claim(owner, now_ms, now_ms + job_lease_ms)) return job;
    std::this_thread::sleep_for(ask_every);
  }
  return std::nullopt;
}

}  // namespace

int run_worker_child(const NodeConfig& config,
                     const WorkerMasterOptions& options,
                     const std::string& owner,
                     int master_fd) {
  const Log log("worker");
  listen_to_signals();
  limit_resources(config.limits);
  silence_dcmtk_log();
  const std::unique_ptr<JobStore> store = JobStore::open(config.store, config.node.data_folder);
  const std::optional<Job> job = wait_for_job(*store, owner);
  if (!job) return 0;
  fault_point("worker_after_claim");
  tell(master_fd, WorkerMessage::Kind::claimed, *job);
  const LeaseKeeper lease(config, *job, log);
  RunJobOptions run;
  run.work =
      options.work ? options.work : [&config](const JobTask& task) { return work_on_job(config, task); };
  run.on_worked = [&] { tell(master_fd, WorkerMessage::Kind::worked, *job); };
  run.stopping = [] { return stop_wanted != 0; };
  run_job(config, *store, *job, run, log);
  return 0;
}

}  // namespace focalhip
