#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

#include "listener/support/unique_fd.h"

namespace focalhip {

// A forked process at the other end of a packet socket (SOCK_SEQPACKET), for work that must not happen in its
// owner. It has nothing else open and ends when its owner goes or closes the socket. Make it single-threaded.
class HelperProcess {
 public:
  // `body` runs in the helper with its end of the socket. Throws std::system_error.
  HelperProcess(const std::string& role, const std::function<int(int socket)>& body);
  ~HelperProcess();  // waits for its end
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  [[nodiscard]] int socket() const { return socket_.value(); }

 private:
  UniqueFd socket_;
  pid_t process_ = 0;
};

}  // namespace focalhip
