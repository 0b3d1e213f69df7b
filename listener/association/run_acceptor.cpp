#include "listener/association/run_acceptor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "listener/association/address_book.h"
#include "listener/association/canned_pdu.h"
#include "listener/association/child_table.h"
#include "listener/association/listen_socket.h"
#include "listener/association/receive_association.h"
#include "listener/association/waiting_connections.h"
#include "listener/spool/association_record.h"
#include "listener/spool/spool_layout.h"
#include "listener/support/fault_points.h"
#include "listener/support/log.h"

namespace focalhip {

namespace {

using std::chrono::steady_clock;

constexpr int most_accepted_a_round = 64;
constexpr std::chrono::milliseconds out_of_descriptors_pause{50};

UniqueFd block_and_watch_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals, signal);
  if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "blocking signals");
  UniqueFd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) throw std::system_error(errno, std::generic_category(), "signalfd");
  return fd;
}

// Closes everything above standard error but these two.
void close_all_but(int first, int second) {
  const auto low = static_cast<unsigned int>(std::min(first, second));
  const auto high = static_cast<unsigned int>(std::max(first, second));
  constexpr unsigned int lowest = STDERR_FILENO + 1;
  if (low > lowest) ::close_range(lowest, low - 1, 0);
  if (high > low + 1) ::close_range(low + 1, high - 1, 0);
  ::close_range(high + 1, ~0U, 0);
}

class Acceptor {
 public:
  explicit Acceptor(const NodeConfig& config)
      : config_(config),
        spool_(spool_layout(config.node.data_folder, config.node.name)),
        book_(config.peers),
        waiting_(config.limits.association_request) {}

  int run(const AcceptorOptions& options);

 private:
  void prepare();
  void wait_and_handle(int timeout_ms);
  void read_signals();
  void accept_some();
  void greet(UniqueFd socket, const IpAddress& address);
  void refuse(UniqueFd socket, const IpAddress& address, const CannedPdu& rejection, std::string_view reason);
  void start_receiver(WaitingConnection connection);
  [[nodiscard]] bool has_disk_space() const;
  [[noreturn]] void be_receiver(WaitingConnection connection, UniqueFd channel);
  void reap();
  void drain(std::chrono::milliseconds limit);
  [[nodiscard]] int timeout_ms() const;

  const NodeConfig& config_;
  SpoolLayout spool_;
  AddressBook book_;
  Log log_{"acceptor"};
  UniqueFd signals_;
  ListenSocket listener_;
  WaitingConnections waiting_;
  ChildTable children_;
  bool stop_ = false;
};

void Acceptor::prepare() {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  signals_ = block_and_watch_signals();
  silence_dcmtk_log();
  dcmDataDict.rdlock();  // loads the dictionary once; the receivers inherit it
  dcmDataDict.rdunlock();
  create_spool_folders(spool_);
  fault_point("acceptor_before_sweep");
  sweep_incoming(spool_);
  for (const std::string& peer : book_.unreachable()) log_.warning("PEER_ADDRESS_UNKNOWN", {{"peer", peer}});
}

int Acceptor::run(const AcceptorOptions& options) {
  prepare();
  fault_point("acceptor_before_listen");
  listener_ = open_listen_socket(config_.node.bind, config_.node.port);
  log_.info("LISTENING", {{"bind", config_.node.bind}, {"port", listener_.port}});
  fault_point("acceptor_before_ready");
  if (options.on_ready) options.on_ready(listener_.port);
  while (!stop_) wait_and_handle(timeout_ms());
  log_.info("STOPPING", {{"associations", children_.all().size()}});
  drain(options.drain);
  return 0;
}

void Acceptor::wait_and_handle(int timeout_ms) {
  std::vector<pollfd> watched;
  const auto watch = [&watched](int fd) { watched.push_back({.fd = fd, .events = POLLIN, .revents = 0}); };
  watch(signals_.value());
  watch(listener_.fd.value());  // -1 while stopping: ignored by poll
  for (const ReceiverChild& child : children_.all()) watch(child.channel.value());
  const std::size_t first_waiting = watched.size();
  waiting_.watch(watched);
  if (::poll(watched.data(), watched.size(), timeout_ms) < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "poll");

  std::size_t index = 2;
  for (ReceiverChild& child : children_.all())
    if (watched[index++].revents != 0) children_.answer(child, config_.peers.size(), config_.limits);
  std::vector<WaitingConnection> speaking = waiting_.handle(std::span(watched).subspan(first_waiting));
  if (watched[0].revents != 0) read_signals();
  reap();
  if (stop_) return;
  for (WaitingConnection& connection : speaking) start_receiver(std::move(connection));
  if (watched[1].revents != 0) accept_some();
  for (const IpAddress& address : waiting_.expire(steady_clock::now()))
    log_.info("CONNECTION_CLOSED", {{"reason", "nothing received"}, {"address", to_text(address)}});
}

void Acceptor::read_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.value(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
    if (info.ssi_signo != static_cast<std::uint32_t>(SIGCHLD)) stop_ = true;
}

// At most some connections a round: children and signals must get their turn in a flood.
void Acceptor::accept_some() {
  for (int i = 0; i < most_accepted_a_round; ++i) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    UniqueFd socket(
        ::accept4(listener_.fd.value(), reinterpret_cast<sockaddr*>(&address), &length, SOCK_CLOEXEC));
    if (socket) {
      greet(std::move(socket), ip_address_of(address));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      log_.warning("OUT_OF_DESCRIPTORS", {{"waiting", waiting_.count()}});
      if (!waiting_.give_up_oldest()) std::this_thread::sleep_for(out_of_descriptors_pause);
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void Acceptor::greet(UniqueFd socket, const IpAddress& address) {
  const int on = 1;
  // Without this each response waits for the sender's delayed acknowledgement: 40 ms per object.
  ::setsockopt(socket.value(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket.value(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (!book_.knows(address))
    return refuse(std::move(socket), address, reject_unknown_caller, "unknown address");
  waiting_.hold(std::move(socket), address, steady_clock::now());
}

void Acceptor::refuse(UniqueFd socket,
                      const IpAddress& address,
                      const CannedPdu& rejection,
                      std::string_view reason) {
  log_.warning("CONNECTION_REFUSED", {{"reason", reason}, {"address", to_text(address)}});
  waiting_.reject(std::move(socket), rejection, steady_clock::now());
}

bool Acceptor::has_disk_space() const {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(spool_.root, error);
  return !error && space.available >= config_.limits.free_bytes_kept;
}

void Acceptor::start_receiver(WaitingConnection connection) {
  const auto refuse_for_now = [&](std::string_view reason) {
    refuse(std::move(connection.socket), connection.address, reject_over_limit, reason);
  };
  if (!children_.has_room(connection.address, config_.limits)) return refuse_for_now("too many associations");
  if (!has_disk_space()) return refuse_for_now("disk is nearly full");
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return refuse_for_now("no socket pair");
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  fault_point("acceptor_before_fork");
  const pid_t pid = ::fork();
  if (pid == 0) be_receiver(std::move(connection), std::move(theirs));
  if (pid < 0) return refuse_for_now("cannot fork");
  children_.add({.pid = pid, .address = connection.address, .peer_index = {}, .channel = std::move(ours)});
  fault_point("acceptor_after_fork");
}

// In the child: only its own connection stays open, whatever the acceptor or those before it had. SIGTERM
// stays blocked, the receiver's watchdog collects it.
void Acceptor::be_receiver(WaitingConnection connection, UniqueFd channel) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  close_all_but(connection.socket.value(), channel.value());
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  const int status = receive_association(
      config_,
      book_,
      {.socket = std::move(connection.socket),
       .address = connection.address,
       .connected_at = connection.since,
       .may_accept = [&channel](std::uint32_t peer_index) { return ask_acceptor(channel, peer_index); }});
  ::_exit(status);
}

void Acceptor::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const std::optional<ReceiverChild> child = children_.remove(pid);
    if (!child || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) continue;
    log_.error("RECEIVER_LOST",
               {{"pid", pid},
                {"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0},
                {"address", to_text(child->address)}});
    fault_point("acceptor_before_lost_sweep");
    try {
      sweep_incoming(spool_, pid);
    } catch (const std::system_error& error) {
      log_.error("SWEEP_FAILED", {{"error", error.code().message()}});
    }
  }
}

// Until the next deadline of a connection we hold; for ever when there is none.
int Acceptor::timeout_ms() const {
  const std::optional<steady_clock::time_point> next = waiting_.next_deadline();
  if (!next) return -1;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*next - steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, 60'000));
}

void Acceptor::drain(std::chrono::milliseconds limit) {
  listener_.fd.reset();
  waiting_.close_silent();
  for (const ReceiverChild& child : children_.all()) ::kill(child.pid, SIGTERM);
  fault_point("acceptor_in_drain");
  const steady_clock::time_point end = steady_clock::now() + limit;
  while (!children_.empty() && steady_clock::now() < end) wait_and_handle(50);
  for (const ReceiverChild& child : children_.all()) ::kill(child.pid, SIGKILL);
  while (!children_.empty()) wait_and_handle(50);
}

}  // namespace

int run_acceptor(const NodeConfig& config, const AcceptorOptions& options) {
  return Acceptor(config).run(options);
}

}  // namespace focalhip
