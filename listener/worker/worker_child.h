#pragma once

#include <cstdint>
#include <string>

#include "listener/worker/run_worker_master.h"

namespace focalhip {

// What a child tells its master through a pipe; written whole (smaller than PIPE_BUF).
struct WorkerMessage {
  enum class Kind : std::int32_t { claimed, worked };
  Kind kind = Kind::claimed;
  std::int32_t attempt = 0;
  std::int32_t generation = 0;
  std::int32_t reserved = 0;
  std::int64_t job_id = 0;
};

// The life of one child: waits for a job, works on it within its limits, ends. Without a job it ends after
// some minutes. `owner`: of its job, its own among all living processes. `master_fd`: the pipe. Returns the
// exit status.
[[nodiscard]] int run_worker_child(const NodeConfig& config,
                                   const WorkerMasterOptions& options,
                                   const std::string& owner,
                                   int master_fd);

}  // namespace focalhip
