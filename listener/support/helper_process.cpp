#include "listener/support/helper_process.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <sys/socket.h>
#include <sys/wait.h>

#include "listener/support/fork_child.h"

namespace focalhip {

HelperProcess::HelperProcess(const std::string& role, const std::function<int(int socket)>& body) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  socket_ = UniqueFd(ends[0]);
  const UniqueFd helper_end(ends[1]);
  const std::array kept = {helper_end.value()};
  process_ = fork_child({role, kept}, [&] { return body(helper_end.value()); });
}

HelperProcess::~HelperProcess() {
  socket_.reset();
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

}  // namespace focalhip
