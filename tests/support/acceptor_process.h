#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/node_config.h"
#include "listener/association/address_book.h"
#include "listener/association/listen_socket.h"
#include "listener/association/receive_association.h"
#include "listener/association/run_acceptor.h"
#include "listener/spool/association_record.h"
#include "listener/support/log.h"

namespace focalhip::testing_support {

// run_acceptor in a child process on a free loopback port; its log goes to a file. Ends with the object.
class AcceptorProcess {
 public:
  AcceptorProcess(const NodeConfig& config, std::filesystem::path log_file) : log_file_(std::move(log_file)) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) {
      ::close(ends[0]);
      be_acceptor(config, ends[1]);
    }
    ::close(ends[1]);
    pollfd waiting{.fd = ends[0], .events = POLLIN, .revents = 0};
    const bool ready = ::poll(&waiting, 1, 20'000) == 1 &&
                       ::read(ends[0], &port_, sizeof port_) == static_cast<ssize_t>(sizeof port_);
    ::close(ends[0]);
    if (!ready) throw std::runtime_error("acceptor did not start: " + log());
  }
  ~AcceptorProcess() {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
    if (wait(std::chrono::seconds(10)) == -1) ::kill(pid_, SIGKILL);
    wait(std::chrono::seconds(5));
  }
  AcceptorProcess(const AcceptorProcess&) = delete;
  AcceptorProcess& operator=(const AcceptorProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool is_running() { return wait(std::chrono::milliseconds(0)) == -1; }
  void terminate() const { ::kill(pid_, SIGTERM); }
  // Exit status, 128 + signal, -1 = still running.
  int wait(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (pid_ > 0) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      } else if (std::chrono::steady_clock::now() >= end) {
        return -1;
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
    return status_;
  }
  [[nodiscard]] std::string log() const {
    std::ifstream in(log_file_);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  // Process ids of the receivers.
  [[nodiscard]] std::vector<pid_t> receivers() const {
    std::vector<pid_t> children;
    std::ifstream in("/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children");
    for (pid_t child = 0; in >> child;) children.push_back(child);
    return children;
  }

 private:
  [[noreturn]] void be_acceptor(const NodeConfig& config, int ready_fd) const {
    const int log_fd = ::open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log_fd, STDERR_FILENO);
    int status = 3;
    try {
      AcceptorOptions options;
      options.on_ready = [ready_fd](std::uint16_t port) {
        if (::write(ready_fd, &port, sizeof port) < 0) std::perror("ready");
        ::close(ready_fd);
      };
      status = run_acceptor(config, options);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(status);
  }

  std::filesystem::path log_file_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  int status_ = -1;
};

// One receiver on a free loopback port, without an acceptor: it takes the first connection.
class ReceiverProcess {
 public:
  ReceiverProcess(const NodeConfig& config, const std::filesystem::path& log_file) {
    create_spool_folders(spool_layout(config.node.data_folder, config.node.name));
    ListenSocket listener = open_listen_socket("127.0.0.1", 0);
    port_ = listener.port;
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) {
      ::dup2(::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), STDERR_FILENO);
      ::_exit(be_receiver(config, listener));
    }
  }
  ~ReceiverProcess() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ReceiverProcess(const ReceiverProcess&) = delete;
  ReceiverProcess& operator=(const ReceiverProcess&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  static int be_receiver(const NodeConfig& config, const ListenSocket& listener) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    silence_dcmtk_log();
    pollfd waiting{.fd = listener.fd.value(), .events = POLLIN, .revents = 0};
    ::poll(&waiting, 1, 20'000);
    UniqueFd socket(::accept4(listener.fd.value(), nullptr, nullptr, SOCK_CLOEXEC));
    return receive_association(config,
                               AddressBook(config.peers),
                               {.socket = std::move(socket),
                                .address = *parse_ip_address("127.0.0.1"),
                                .connected_at = std::chrono::steady_clock::now(),
                                .may_accept = [](std::uint32_t) { return true; }});
  }
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

// Everything in the spool's association folders, oldest first.
inline std::vector<ReceivedAssociation> received(const NodeConfig& config) {
  std::vector<ReceivedAssociation> associations;
  for (const auto& folder : list_association_folders(spool_layout(config.node.data_folder, config.node.name)))
    associations.push_back(read_association(folder));
  return associations;
}

inline NodeConfig reception_config(const std::filesystem::path& data_folder) {
  NodeConfig config;
  config.node.port = 0;
  config.node.data_folder = data_folder;
  Peer scanner;
  scanner.ae_title = "CTSCANNER";
  scanner.aliases = {"CT2"};
  scanner.host = "127.0.0.1";
  config.peers.push_back(scanner);
  config.limits.free_bytes_kept = 1U << 20U;
  return config;
}

}  // namespace focalhip::testing_support
