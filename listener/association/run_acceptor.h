#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>

#include "config/node_config.h"

namespace focalhip {

struct AcceptorOptions {
  // Called once when connections are accepted, with the bound port (config.node.port may be 0). Runs in
  // the acceptor process: typically writes to a pipe the supervisor reads.
  std::function<void(std::uint16_t port)> on_ready;
  // How long open associations may go on after SIGTERM before they are aborted.
  std::chrono::milliseconds drain{2000};
};

// The socket cannot be bound: the program ends with status 1.
struct CannotListen : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The acceptor process: owns the listening socket, forks one receiver per association (receive_association.h)
// and never parses a byte of a peer. Single-threaded; call it in a process of its own, directly after fork:
// it installs signal handlers, reaps all children of the process and returns after SIGTERM or SIGINT (0 =
// clean end). Sweeps incoming/ and creates the spool folders before it listens. Throws CannotListen, or
// std::system_error when the spool cannot be prepared.
[[nodiscard]] int run_acceptor(const NodeConfig& config, const AcceptorOptions& options);

}  // namespace focalhip
