#include "listener/association/run_acceptor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <deque>
#include <system_error>
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
#include "listener/spool/association_record.h"
#include "listener/spool/spool_layout.h"
#include "listener/support/log.h"

namespace focalhip {

namespace {

using std::chrono::steady_clock;

// Connections that have not sent a byte cost a descriptor, not a process.
constexpr std::size_t most_silent = 512;
// A rejected peer gets this long to read its rejection and close; closing first would reset it away.
constexpr std::chrono::seconds linger{2};

struct Waiting {
  UniqueFd socket;
  IpAddress address;
  steady_clock::time_point since;
};

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
        book_(config.peers) {}

  int run(const AcceptorOptions& options);

 private:
  void prepare();
  void wait_and_handle(int timeout_ms);
  void read_signals();
  void accept_all();
  void greet(UniqueFd socket, const IpAddress& address);
  void reject(UniqueFd socket, const CannedPdu& pdu);
  void start_receiver(Waiting connection);
  [[nodiscard]] bool has_disk_space() const;
  [[noreturn]] void be_receiver(Waiting connection, UniqueFd channel);
  void expire();
  void reap();
  void drain(std::chrono::milliseconds limit);
  [[nodiscard]] int timeout_ms() const;

  const NodeConfig& config_;
  SpoolLayout spool_;
  AddressBook book_;
  Log log_{"acceptor"};
  UniqueFd signals_;
  ListenSocket listener_;
  std::deque<Waiting> silent_;    // accepted, nothing received yet; oldest first
  std::deque<Waiting> rejected_;  // answered, waiting for the peer to close
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
  sweep_incoming(spool_);
  for (const std::string& peer : book_.unreachable()) log_.warning("PEER_ADDRESS_UNKNOWN", {{"peer", peer}});
}

int Acceptor::run(const AcceptorOptions& options) {
  prepare();
  listener_ = open_listen_socket(config_.node.bind, config_.node.port);
  log_.info("LISTENING", {{"bind", config_.node.bind}, {"port", listener_.port}});
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
  for (const Waiting& connection : silent_) watch(connection.socket.value());
  for (const Waiting& connection : rejected_) watch(connection.socket.value());
  if (::poll(watched.data(), watched.size(), timeout_ms) < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "poll");

  // Indices first: the containers change below.
  std::size_t index = 2;
  for (ReceiverChild& child : children_.all())
    if (watched[index++].revents != 0) children_.answer(child, config_.peers.size(), config_.limits);
  std::vector<Waiting> speaking;
  const auto has_spoken = [&](Waiting& connection) {
    if (watched[index++].revents == 0) return false;
    // Closed without a word (port scans, health checks of load balancers): not worth a process.
    char ignored = 0;
    if (::recv(connection.socket.value(), &ignored, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
      speaking.push_back(std::move(connection));
    return true;
  };
  silent_.erase(std::remove_if(silent_.begin(), silent_.end(), has_spoken), silent_.end());
  const auto has_closed = [&](Waiting& connection) {
    if (watched[index++].revents == 0) return false;
    char ignored[4096];
    return ::recv(connection.socket.value(), ignored, sizeof ignored, MSG_DONTWAIT) <= 0;
  };
  rejected_.erase(std::remove_if(rejected_.begin(), rejected_.end(), has_closed), rejected_.end());

  if (watched[0].revents != 0) read_signals();
  reap();
  if (stop_) return;
  for (Waiting& connection : speaking) start_receiver(std::move(connection));
  if (watched[1].revents != 0) accept_all();
  expire();
}

void Acceptor::read_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.value(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
    if (info.ssi_signo != static_cast<std::uint32_t>(SIGCHLD)) stop_ = true;
}

void Acceptor::accept_all() {
  for (;;) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    UniqueFd socket(
        ::accept4(listener_.fd.value(), reinterpret_cast<sockaddr*>(&address), &length, SOCK_CLOEXEC));
    if (socket) {
      greet(std::move(socket), ip_address_of(address));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      log_.warning("OUT_OF_DESCRIPTORS", {{"silent", silent_.size()}});
      if (silent_.empty()) return;
      silent_.pop_front();
      continue;
    }
    if (errno != EINTR && errno != ECONNABORTED) return;
  }
}

void Acceptor::greet(UniqueFd socket, const IpAddress& address) {
  const int on = 1;
  // Without this each response waits for the sender's delayed acknowledgement: 40 ms per object.
  ::setsockopt(socket.value(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket.value(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (!book_.knows(address)) {
    log_.warning("CONNECTION_REFUSED", {{"reason", "unknown address"}, {"address", to_text(address)}});
    return reject(std::move(socket), reject_unknown_caller);
  }
  if (silent_.size() >= most_silent) silent_.pop_front();
  silent_.push_back({.socket = std::move(socket), .address = address, .since = steady_clock::now()});
}

void Acceptor::reject(UniqueFd socket, const CannedPdu& pdu) {
  send_canned(socket.value(), pdu);
  ::shutdown(socket.value(), SHUT_WR);
  if (rejected_.size() >= most_silent) rejected_.pop_front();
  rejected_.push_back({.socket = std::move(socket), .address = {}, .since = steady_clock::now()});
}

bool Acceptor::has_disk_space() const {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(spool_.root, error);
  return !error && space.available >= config_.limits.free_bytes_kept;
}

void Acceptor::start_receiver(Waiting connection) {
  const std::string address = to_text(connection.address);
  if (!children_.has_room(connection.address, config_.limits)) {
    log_.warning("CONNECTION_REFUSED", {{"reason", "too many associations"}, {"address", address}});
    return reject(std::move(connection.socket), reject_over_limit);
  }
  if (!has_disk_space()) {
    log_.error("CONNECTION_REFUSED", {{"reason", "disk is nearly full"}, {"address", address}});
    return reject(std::move(connection.socket), reject_over_limit);
  }
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    log_.error("CONNECTION_REFUSED", {{"reason", "no socket pair"}, {"address", address}});
    return reject(std::move(connection.socket), reject_over_limit);
  }
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ours.reset();
    be_receiver(std::move(connection), std::move(theirs));
  }
  if (pid < 0) {
    log_.error("CONNECTION_REFUSED", {{"reason", "cannot fork"}, {"address", address}});
    return reject(std::move(connection.socket), reject_over_limit);
  }
  children_.add({.pid = pid, .address = connection.address, .peer_index = {}, .channel = std::move(ours)});
}

// In the child: only its own connection stays open, whatever the acceptor or those before it had. SIGTERM
// stays blocked, the receiver's watchdog collects it.
void Acceptor::be_receiver(Waiting connection, UniqueFd channel) {
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

void Acceptor::expire() {
  const steady_clock::time_point now = steady_clock::now();
  while (!silent_.empty() && now - silent_.front().since > config_.limits.association_request) {
    log_.info("CONNECTION_CLOSED",
              {{"reason", "nothing received"}, {"address", to_text(silent_.front().address)}});
    silent_.pop_front();
  }
  while (!rejected_.empty() && now - rejected_.front().since > linger) rejected_.pop_front();
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
    try {
      sweep_incoming(spool_, pid);
    } catch (const std::system_error& error) {
      log_.error("SWEEP_FAILED", {{"error", error.code().message()}});
    }
  }
}

// Until the next deadline of a connection we hold; for ever when there is none.
int Acceptor::timeout_ms() const {
  std::optional<steady_clock::time_point> next;
  if (!silent_.empty()) next = silent_.front().since + config_.limits.association_request;
  if (!rejected_.empty())
    next = std::min(next.value_or(steady_clock::time_point::max()), rejected_.front().since + linger);
  if (!next) return -1;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(*next - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, 60'000));
}

void Acceptor::drain(std::chrono::milliseconds limit) {
  listener_.fd.reset();
  silent_.clear();
  for (const ReceiverChild& child : children_.all()) ::kill(child.pid, SIGTERM);
  const steady_clock::time_point end = steady_clock::now() + limit;
  while (!children_.empty() && steady_clock::now() < end) wait_and_handle(50);
  for (const ReceiverChild& child : children_.all()) ::kill(child.pid, SIGKILL);
  while (!children_.empty()) {
    wait_and_handle(50);
  }
}

}  // namespace

int run_acceptor(const NodeConfig& config, const AcceptorOptions& options) {
  return Acceptor(config).run(options);
}

}  // namespace focalhip
