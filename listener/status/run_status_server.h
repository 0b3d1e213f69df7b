#pragma once

#include "config/node_config.h"

namespace focalhip {

// The status process: HTTP on config.status.bind:port until `stop_fd` becomes readable or is closed by the
// other end.
//   GET /         what is where and why, as a plain page
//   GET /health   JSON; 200 ok or degraded, 503 when the job store cannot be read
//   GET /metrics  Prometheus text
// Read only, no patient data. Returns 0; 1 when it cannot listen.
[[nodiscard]] int run_status_server(const NodeConfig& config, int stop_fd);

}  // namespace focalhip
