#pragma once

#include "config/node_config.h"

namespace focalhip {

// The collector process: tends the spool of its own node and, when it holds the lease of the job store, turns
// what all nodes received into jobs, until `stop_fd` becomes readable or is closed by the other end (-1 =
// never). Call it in a process of its own, directly after fork. Errors of the job store or the disk are
// logged and tried again. Returns 0.
[[nodiscard]] int run_collector(const NodeConfig& config, int stop_fd);

}  // namespace focalhip
