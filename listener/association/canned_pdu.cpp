#include "listener/association/canned_pdu.h"

#include <sys/socket.h>
#include <sys/types.h>

namespace focalhip {

void send_canned(int socket, const CannedPdu& pdu) noexcept {
  [[maybe_unused]] const ssize_t sent = ::send(socket, pdu.data(), pdu.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace focalhip
