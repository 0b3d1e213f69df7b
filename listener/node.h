#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/node_config.h"
#include "listener/supervisor/supervise.h"

namespace focalhip {

// The wiring: which processes make a node, and in which order they stop.
//
//   rank 0  acceptor (and its receivers)   nothing new comes in
//        1  collector                      nothing new is decided
//        2  workers, status                running jobs end
//        3  couriers, one per destination  what they are sending ends
//
// Each works on what the one before has left on disk; none talks to another. `bound_port`: where the acceptor
// listens; 0 = any free port, and the supervisor notes the one that was taken, for restarts.
[[nodiscard]] std::vector<ChildSpec> node_children(const NodeConfig& config,
                                                   std::shared_ptr<std::uint16_t> bound_port);

// `focalhip listen`: the node until SIGTERM or SIGINT. Prints `ready port=N` on standard output once it
// accepts. SIGHUP: reads `config_file` again; when it is valid, all processes are stopped in order and
// started with it. Returns the exit status: 0 clean end, 1 cannot start (port or data folder in use, job
// store unusable).
[[nodiscard]] int run_node(const NodeConfig& config, const std::filesystem::path& config_file);

// `focalhip work`: only workers, for a job store and data folder shared with a node. Same signals and status.
[[nodiscard]] int run_workers(const NodeConfig& config, const std::filesystem::path& config_file);

}  // namespace focalhip
