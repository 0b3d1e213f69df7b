#include "listener/worker/run_job.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <thread>

#include <sys/resource.h>

#include "listener/outbox/outbox.h"
#include "listener/support/fault_points.h"
#include "listener/support/utc_clock.h"
#include "listener/worker/predecessors.h"

namespace focalhip {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds longest_wait{30000};

std::int64_t ms_since(Clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin).count();
}

long peak_memory_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

JobTask task_of(const NodeConfig& config, JobStore& store, const Job& job) {
  JobTask task;
  task.job = job;
  task.input = job_input_from_json(job.what.input);
  task.predecessors = predecessors_of(store, job, config.node.data_folder);
  if (job.attempt > most_analysis_attempts) {
    task.refusal = NotMeasured{RefusalCode::processing_failed,
                               "the analysis stopped " + std::to_string(most_analysis_attempts) + " times"};
  }
  return task;
}

// nullopt: it failed and the job is back in the queue.
std::optional<JobResult> work_or_give_back(
    const NodeConfig& config, JobStore& store, const Job& job, const RunJobOptions& options, const Log& log) {
  std::string error;
  try {
    return options.work(task_of(config, store, job));
  } catch (const std::bad_alloc&) {
    error = "out of memory";
  } catch (const std::exception& exception) {
    error = exception.what();
  }
  log.error("WORK_FAILED", {{"job", job.id}, {"attempt", job.attempt}, {"error", error}});
  std::this_thread::sleep_for(options.first_wait *
                              job.attempt);  // what failed for reasons of the disk may recover
  if (!store.give_back(job, error, utc_now_ms())) log.info("OVERTAKEN", {{"job", job.id}});
  return std::nullopt;
}

// A full disk or a missing job store must not cost the result. False: stopped before it worked.
bool insist(const char* what,
            const RunJobOptions& options,
            const Log& log,
            const std::function<void()>& action) {
  for (milliseconds wait = options.first_wait;; wait = std::min(2 * wait, longest_wait)) {
    try {
      action();
      return true;
    } catch (const std::exception& exception) {
      log.error("WAITING", {{"for", what}, {"error", exception.what()}, {"ms", wait.count()}});
    }
    const Clock::time_point begin = Clock::now();
    while (ms_since(begin) < wait.count()) {
      if (options.stopping && options.stopping()) return false;
      std::this_thread::sleep_for(std::min(wait, milliseconds(100)));
    }
  }
}

void give_up(JobStore& store, const Job& job, const Log& log) {
  const std::string code(code_string(RefusalCode::processing_failed));
  if (!store.finish(job, code, "", {}, utc_now_ms())) return;
  store.alarm("NO_REPORT",
              "job " + std::to_string(job.id) + ": not even a refusal could be written: " + job.last_error,
              utc_now_ms());
  log.error("NO_REPORT", {{"job", job.id}, {"study", job.what.study_instance_uid}});
}

}  // namespace

std::vector<std::string> destinations_of_job(const NodeConfig& config, const Job& job) {
  std::vector<std::string> names;
  const Peer* peer = config.peer(job.what.calling_ae_title);
  if (peer == nullptr || peer->silent) return names;
  for (const Destination& destination : config.destinations_of(*peer)) names.push_back(destination.name);
  return names;
}

void run_job(
    const NodeConfig& config, JobStore& store, const Job& job, const RunJobOptions& options, const Log& log) {
  if (job.attempt > most_attempts) return give_up(store, job, log);
  const Clock::time_point begin = Clock::now();
  log.info("JOB_STARTED",
           {{"job", job.id},
            {"study", job.what.study_instance_uid},
            {"attempt", job.attempt},
            {"queued_ms", utc_now_ms() - job.changed_ms}});
  fault_point("worker_before_analysis");
  const std::optional<JobResult> result = work_or_give_back(config, store, job, options, log);
  if (!result) return;
  const std::int64_t work_ms = ms_since(begin);
  if (options.on_worked) options.on_worked();
  fault_point("worker_before_outbox");
  std::string folder;
  bool finished = false;
  const bool done =
      insist("outbox",
             options,
             log,
             [&] { folder = write_outbox(config.node.data_folder, job.id, job.attempt, result->objects); }) &&
      insist("job store", options, log, [&] {
        fault_point("worker_after_outbox");
        finished =
            store.finish(job, result->outcome_code, folder, destinations_of_job(config, job), utc_now_ms());
      });
  if (!done) return;
  fault_point("worker_after_finish");
  log.info(finished ? "JOB_DONE" : "OVERTAKEN",
           {{"job", job.id},
            {"study", job.what.study_instance_uid},
            {"outcome", result->outcome_code},
            {"objects", result->objects.size()},
            {"work_ms", work_ms},
            {"stages", result->stages},
            {"store_ms", ms_since(begin) - work_ms},
            {"peak_kib", peak_memory_kib()}});
  if (finished && config.peer(job.what.calling_ae_title) == nullptr) {
    store.alarm("NO_DESTINATION",
                "job " + std::to_string(job.id) + ": its sender is no longer configured",
                utc_now_ms());
  }
}

}  // namespace focalhip
