#include "listener/association/listen_socket.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "listener/association/run_acceptor.h"

namespace focalhip {

namespace {

constexpr int backlog = 1024;

[[noreturn]] void fail(const std::string& bind_address, std::uint16_t port, const std::string& why) {
  throw CannotListen("cannot listen on " + bind_address + " port " + std::to_string(port) + ": " + why);
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv4, &address, sizeof ipv4);
  std::memcpy(&ipv6, &address, sizeof ipv6);
  return ntohs(address.ss_family == AF_INET ? ipv4.sin_port : ipv6.sin6_port);
}

}  // namespace

ListenSocket open_listen_socket(const std::string& bind_address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(
      bind_address.empty() ? nullptr : bind_address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) fail(bind_address, port, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  UniqueFd fd(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) fail(bind_address, port, std::strerror(errno));
  // A restarted node must not wait for old connections in TIME_WAIT; a second listener is still refused.
  const int on = 1;
  ::setsockopt(fd.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.value(), found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd.value(), backlog) != 0)
    fail(bind_address, port, std::strerror(errno));
  const std::uint16_t actual_port = bound_port(fd.value());
  return {.fd = std::move(fd), .port = actual_port};
}

}  // namespace focalhip
