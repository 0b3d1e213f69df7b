#include "listener/association/watchdog.h"

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener/association/listen_socket.h"
#include "tests/support/child_process.h"
#include "tests/support/raw_peer.h"

// The deadlines of an association; here and not among the unit tests because they take their seconds.
namespace focalhip {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing_support::RawPeer;
using testing_support::wait_until;

class WatchdogTest : public ::testing::Test {
 protected:
  // The thread collects SIGTERM; it must be blocked in the process as in a receiver.
  void SetUp() override {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals, &former_);
    socket_ = UniqueFd(::accept4(listener_.fd.value(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_TRUE(socket_);
  }
  void TearDown() override { ::pthread_sigmask(SIG_SETMASK, &former_, nullptr); }

  static ListenSocket blocking_listener() {
    ListenSocket listener = open_listen_socket("127.0.0.1", 0);
    return listener;
  }
  ListenSocket listener_ = blocking_listener();
  RawPeer peer_{listener_.port};
  UniqueFd socket_;
  LimitSettings limits_;
  sigset_t former_{};
};

TEST_F(WatchdogTest, EndsAConnectionWithoutRequest) {
  limits_.association_request = 1s;
  const Watchdog watchdog(socket_.value(), limits_, steady_clock::now());
  EXPECT_EQ(peer_.receive_pdu(5s).substr(0, 1), "\7");  // A-ABORT
  EXPECT_TRUE(peer_.closed_within(1s));
  EXPECT_EQ(watchdog.verdict(), "no association request within 1 s");
}

// The connection had been waiting in the acceptor already.
TEST_F(WatchdogTest, CountsFromTheConnection) {
  limits_.association_request = 10s;
  const Watchdog watchdog(socket_.value(), limits_, steady_clock::now() - 11s);
  EXPECT_TRUE(peer_.closed_within(2s));
}

TEST_F(WatchdogTest, WakesAReaderThatIsIdleTooLong) {
  limits_.idle = 1s;
  Watchdog watchdog(socket_.value(), limits_, steady_clock::now());
  watchdog.enter(AssociationPhase::idle);
  const auto begin = steady_clock::now();
  char byte = 0;
  EXPECT_EQ(::recv(socket_.value(), &byte, 1, 0), 0);
  EXPECT_GE(steady_clock::now() - begin, 900ms);
  EXPECT_LT(steady_clock::now() - begin, 5s);
  EXPECT_EQ(watchdog.verdict(), "idle for 1 s");
}

TEST_F(WatchdogTest, EndsADrip) {
  limits_.minimum_bytes_per_second = 1000;
  Watchdog watchdog(socket_.value(), limits_, steady_clock::now(), 1s);
  watchdog.enter(AssociationPhase::message);
  EXPECT_TRUE(wait_until([&] { return !peer_.send("x") || !watchdog.verdict().empty(); }, 6s));
  EXPECT_EQ(watchdog.verdict(), "slower than 1000 bytes/s");
}

TEST_F(WatchdogTest, LeavesAFastMessageAlone) {
  limits_.minimum_bytes_per_second = 1000;
  limits_.idle = 1s;  // does not apply inside a message
  Watchdog watchdog(socket_.value(), limits_, steady_clock::now(), 1s);
  watchdog.enter(AssociationPhase::message);
  const auto end = steady_clock::now() + 2500ms;
  std::string sink(10'000, '\0');
  while (steady_clock::now() < end) {
    ASSERT_TRUE(peer_.send(std::string(500, 'x')));
    ASSERT_GT(::recv(socket_.value(), sink.data(), sink.size(), 0), 0);
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_EQ(watchdog.verdict(), "");
}

TEST_F(WatchdogTest, StopsAnIdleAssociationOnSigterm) {
  Watchdog watchdog(socket_.value(), limits_, steady_clock::now());
  watchdog.enter(AssociationPhase::idle);
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ(peer_.receive_pdu(5s).substr(0, 1), "\7");
  EXPECT_TRUE(watchdog.stop_requested());
  EXPECT_EQ(watchdog.verdict(), "node is stopping");
}

TEST_F(WatchdogTest, LetsAMessageFinishOnSigterm) {
  Watchdog watchdog(socket_.value(), limits_, steady_clock::now());
  watchdog.enter(AssociationPhase::message);
  ::kill(::getpid(), SIGTERM);
  EXPECT_TRUE(wait_until([&] { return watchdog.stop_requested(); }, 5s));
  std::this_thread::sleep_for(300ms);  // three looks
  EXPECT_EQ(watchdog.verdict(), "");
}

}  // namespace
}  // namespace focalhip
