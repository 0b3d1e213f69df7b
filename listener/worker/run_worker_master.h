#pragma once

#include <chrono>
#include <string>

#include "config/node_config.h"
#include "listener/worker/run_job.h"

namespace focalhip {

struct WorkerMasterOptions {
  // Owner name of the jobs of this master: used by no other living process. A master that starts again under
  // the same name gives what its killed predecessor was running back to the queue at once.
  std::string owner;
  std::chrono::milliseconds drain{20000};  // how long running jobs may go on after SIGTERM
  WorkOnJob work;                          // tests replace it; empty = work_on_job
};

// The worker master process: keeps limits.workers children that each claim one job, work on it and end; kills
// what exceeds its deadline and gives back what died. Single-threaded, without a connection to the job store:
// whatever needs one is done by a child. Call it in a process of its own, directly after fork; returns 0
// after SIGTERM or SIGINT.
[[nodiscard]] int run_worker_master(const NodeConfig& config, const WorkerMasterOptions& options);

}  // namespace focalhip
