#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace focalhip::testing_support {

// Upper layer PDUs byte by byte, for what no well-behaved library sends. [PS3.8] 9.3
inline std::string big_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>((value >> shift) & 0xFFU);
  return text;
}
inline std::string pdu(char type, std::string_view body) {
  return std::string(1, type) + '\0' + big_endian(static_cast<std::uint32_t>(body.size()), 4) +
         std::string(body);
}
inline std::string item(char type, std::string_view body) {
  return std::string(1, type) + '\0' + big_endian(static_cast<std::uint32_t>(body.size()), 2) +
         std::string(body);
}

struct ProposedContext {
  std::string abstract_syntax;
  std::vector<std::string> transfer_syntaxes;
};

// Context ids are 1, 3, 5, ...
inline std::string associate_request(std::string calling,
                                     std::string called,
                                     const std::vector<ProposedContext>& contexts,
                                     const std::string& application_context = "1.2.840.10008.3.1.1.1") {
  calling.resize(16, ' ');
  called.resize(16, ' ');
  std::string body = big_endian(1, 2) + std::string(2, '\0') + called + calling + std::string(32, '\0');
  body += item(0x10, application_context);
  char id = 1;
  for (const ProposedContext& context : contexts) {
    std::string sub = std::string(1, id) + std::string(3, '\0') + item(0x30, context.abstract_syntax);
    for (const std::string& syntax : context.transfer_syntaxes) sub += item(0x40, syntax);
    body += item(0x20, sub);
    id = static_cast<char>(id + 2);
  }
  body += item(0x50, item(0x51, big_endian(16384, 4)) + item(0x52, "1.2.3.4.5"));
  return pdu(1, body);
}

inline std::string data_pdu(char context_id, bool command, bool last, std::string_view bytes) {
  const char control = static_cast<char>((command ? 1 : 0) | (last ? 2 : 0));
  return pdu(4,
             big_endian(static_cast<std::uint32_t>(bytes.size() + 2), 4) + context_id + control +
                 std::string(bytes));
}

// Group 0000 in implicit little endian.
class CommandBytes {
 public:
  CommandBytes& text(std::uint16_t element, std::string value) {
    if (value.size() % 2 != 0) value += '\0';
    return add(element, value);
  }
  CommandBytes& number(std::uint16_t element, std::uint16_t value) {
    return add(element, {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)});
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  CommandBytes& add(std::uint16_t element, const std::string& value) {
    const auto size = static_cast<std::uint32_t>(value.size());
    bytes_ += std::string(2, '\0');
    bytes_ += {static_cast<char>(element & 0xFF), static_cast<char>(element >> 8)};
    for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>((size >> shift) & 0xFFU);
    bytes_ += value;
    return *this;
  }
  std::string bytes_;
};

inline std::string store_command(const std::string& sop_class, const std::string& sop_instance) {
  return CommandBytes()
      .text(0x0002, sop_class)
      .number(0x0100, 0x0001)
      .number(0x0110, 1)
      .number(0x0700, 0)
      .number(0x0800, 0x0001)
      .text(0x1000, sop_instance)
      .bytes();
}

class RawPeer {
 public:
  explicit RawPeer(std::uint16_t port, const std::string& from_address = "127.0.0.1")
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, from_address.c_str(), &address.sin_addr);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      close();
      throw std::runtime_error("connect failed");
    }
  }
  RawPeer(RawPeer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  RawPeer& operator=(RawPeer&&) = delete;
  ~RawPeer() { close(); }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  // Resets the connection instead of closing it.
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  // False when the node has closed the connection.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // One whole PDU, or what came before the end of the connection or of the time; "" = nothing.
  [[nodiscard]] std::string receive_pdu(std::chrono::milliseconds limit = std::chrono::seconds(10)) const {
    std::string bytes = receive(6, limit);
    if (bytes.size() < 6) return bytes;
    std::uint32_t length = 0;
    for (std::size_t i = 2; i < 6; ++i) length = (length << 8U) | static_cast<unsigned char>(bytes[i]);
    return bytes + receive(length, limit);
  }
  [[nodiscard]] bool closed_within(std::chrono::milliseconds limit) const {
    const auto end = std::chrono::steady_clock::now() + limit;
    char byte = 0;
    while (wait_readable(end)) {
      if (::recv(fd_, &byte, 1, 0) <= 0) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] bool wait_readable(std::chrono::steady_clock::time_point end) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, static_cast<int>(left.count())) == 1;
  }
  [[nodiscard]] std::string receive(std::size_t count, std::chrono::milliseconds limit) const {
    const auto end = std::chrono::steady_clock::now() + limit;
    std::string bytes;
    while (bytes.size() < count && wait_readable(end)) {
      std::array<char, 4096> chunk{};
      const ssize_t got = ::recv(fd_, chunk.data(), std::min(chunk.size(), count - bytes.size()), 0);
      if (got <= 0) break;
      bytes.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return bytes;
  }
  int fd_;
};

}  // namespace focalhip::testing_support
