#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "config/node_config.h"
#include "listener/jobs/job_store.h"
#include "listener/support/log.h"

namespace focalhip {

// How long a job stays with a worker that is no longer heard of.
inline constexpr std::int64_t job_lease_ms = 30000;

// Renews the lease of a running job from a thread with its own connection. When the job has been overtaken (a
// later generation, or another worker after a long pause) the process ends at once: its result would be
// thrown away.
class LeaseKeeper {
 public:
  LeaseKeeper(const NodeConfig& config, const Job& job, const Log& log);

 private:
  void keep(const std::stop_token& stop);
  void renew_once();

  StoreSettings settings_;
  std::filesystem::path data_folder_;
  Job job_;
  Log log_;
  std::unique_ptr<JobStore> store_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace focalhip
