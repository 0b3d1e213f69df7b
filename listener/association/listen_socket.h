#pragma once

#include <cstdint>
#include <string>

#include "listener/support/unique_fd.h"

namespace focalhip {

struct ListenSocket {
  UniqueFd fd;  // non-blocking, CLOEXEC
  std::uint16_t port = 0;
};

// Binds and listens. Port 0 = any free one. Throws CannotListen (run_acceptor.h), "address in use" included.
[[nodiscard]] ListenSocket open_listen_socket(const std::string& bind_address, std::uint16_t port);

}  // namespace focalhip
