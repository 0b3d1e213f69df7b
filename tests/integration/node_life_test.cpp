// Start, stop and resume; death at each step of each protocol is kill_matrix_test.cpp.
#include <array>
#include <fstream>

#include <netinet/in.h>
#include <sys/socket.h>

#include "listener/support/unique_fd.h"
#include "tests/integration/node_fixture.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

const std::string study_1 = "1.2.826.0.1.3680043.9999.1";

class NodeLife : public NodeTest {
 protected:
  // The whole answer, header included.
  static std::string http_get(std::uint16_t port, const std::string& path) {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = testing_support::loopback_address(port);
    if (::connect(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return {};
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    if (::send(socket.value(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
    std::string answer;
    std::array<char, 4096> block{};
    for (ssize_t count = 0; (count = ::recv(socket.value(), block.data(), block.size(), 0)) > 0;) {
      answer.append(block.data(), static_cast<std::size_t>(count));
    }
    return answer;
  }
  int listen_status() {
    ChildProcess node(program("listen"), folder() / "logs" / "second.log");
    return node.wait(60s);
  }
  [[nodiscard]] std::string second_log() const {
    std::ifstream file(folder() / "logs" / "second.log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(NodeLife, SigtermEndsAnIdleNodeCleanlyAndSoon) {
  start_node();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(stop_node(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(NodeLife, APortInUseIsStatusOne) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = testing_support::loopback_address(0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(socket.value(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(socket.value(), 1), 0);
  ASSERT_EQ(::getsockname(socket.value(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  write_config("");
  std::ifstream in(config_file());
  std::string toml{std::istreambuf_iterator<char>(in), {}};
  toml.replace(toml.find("port = 0"), 8, "port = " + std::to_string(ntohs(address.sin_port)));
  std::ofstream(config_file()) << toml;
  EXPECT_EQ(listen_status(), 1);
  EXPECT_NE(second_log().find(std::to_string(ntohs(address.sin_port))), std::string::npos) << second_log();
  EXPECT_EQ(second_log().find("ready port"), std::string::npos);
}

TEST_F(NodeLife, TwoNodesCannotShareADataFolder) {
  start_node();
  EXPECT_EQ(listen_status(), 1);
  EXPECT_NE(second_log().find("another node"), std::string::npos) << second_log();
}

TEST_F(NodeLife, EveryProblemOfTheConfigurationIsPrintedWithStatusTwo) {
  write_config("[limits]\nworkers = -1\n");
  std::ofstream(config_file()) << "[node]\nport = 70000\nunknown = 1\n[series]\nquiet_seconds = \"long\"\n";
  EXPECT_EQ(listen_status(), 2);
  for (const char* key : {"node.port", "node.unknown", "series.quiet_seconds"}) {
    EXPECT_NE(second_log().find(key), std::string::npos) << key << "\n" << second_log();
  }
}

TEST_F(NodeLife, SighupWithABadConfigurationChangesNothingAndWithAGoodOneRestartsTheProcesses) {
  start_sink();
  start_node();
  std::ofstream(config_file()) << "[node]\nport = 70000\n";
  ::kill(node_pid(), SIGHUP);
  ASSERT_TRUE(wait_until([&] { return logs().find("CONFIG_PROBLEM") != std::string::npos; }, 10s));
  write_config("[[peer]]\nae_title = \"NEWCOMER\"\nhost = \"127.0.0.1\"\nport = 11999\n");
  ::kill(node_pid(), SIGHUP);
  ASSERT_TRUE(wait_until([&] { return logs().find("RELOADING") != std::string::npos; }, 10s));
  ASSERT_TRUE(wait_until(
      [&] {
        ChildProcess echo(
            {"echoscu", "-aet", "NEWCOMER", "-aec", "FOCALHIP", "127.0.0.1", std::to_string(node_port())},
            folder() / "logs" / "echoscu.log");
        return echo.wait(20s) == 0;
      },
      30s))
      << "the same port, the new peer";
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  expect_one_report(wait_for_reports(1), study_1);
}

TEST_F(NodeLife, AKilledProcessIsReplacedAndTheNodeGoesOn) {
  start_sink();
  start_node();
  for (const char* role : {"acceptor", "collector", "workers", "courier"}) {
    ASSERT_TRUE(wait_until([&] { return !processes_named(role).empty(); }, 20s)) << role;
    const pid_t killed = processes_named(role).front();
    ::kill(killed, SIGKILL);
    ASSERT_TRUE(wait_until(
        [&] {
          const std::vector<pid_t> now = processes_named(role);
          return !now.empty() && now.front() != killed;
        },
        20s))
        << role;
  }
  ASSERT_TRUE(wait_until([&] { return testing_support::port_answers(node_port()); }, 20s));
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  expect_one_report(wait_for_reports(1), study_1);
  EXPECT_EQ(stop_node(), 0);
}

TEST_F(NodeLife, AKilledSupervisorTakesItsProcessesAlongAndTheNextNodeContinues) {
  start_node();  // the destination is down, so that something is under way when it dies
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  kill_node();
  start_sink();
  start_node();
  expect_one_report(wait_for_reports(1), study_1);
  EXPECT_EQ(stop_node(), 0);
}

TEST_F(NodeLife, TheStatusServerTellsWithoutPatientData) {
  const std::uint16_t port = testing_support::free_port();
  start_sink();
  start_node({.fault = "", .more_toml = "[status]\nport = " + std::to_string(port) + "\n"});
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  static_cast<void>(wait_for_reports(1));
  ASSERT_TRUE(wait_until([&] { return testing_support::port_answers(port); }, 10s));
  std::this_thread::sleep_for(1s);  // a snapshot lives for a second
  const std::string health = http_get(port, "/health");
  EXPECT_NE(health.find("200 OK"), std::string::npos) << health;
  EXPECT_NE(health.find("\"status\": \"ok\""), std::string::npos) << health;
  EXPECT_NE(http_get(port, "/metrics").find("focalhip_deliveries{state=\"delivered\"} 1"), std::string::npos);
  const std::string page = http_get(port, "/");
  EXPECT_NE(page.find("R_NOT_HIP"), std::string::npos) << page;
  EXPECT_EQ(page.find("GEHEIM"), std::string::npos);
  EXPECT_NE(http_get(port, "/../etc/passwd").find("404"), std::string::npos);
  EXPECT_EQ(stop_node(), 0);
}

TEST_F(NodeLife, WorkIsDoneByAnotherProcessWithTheSameStore) {
  start_sink();
  start_node();
  ChildProcess workers(program("work"), folder() / "logs" / "work.log");
  ASSERT_TRUE(wait_until([&] { return workers.output().find("ready workers") != std::string::npos; }, 20s));
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  expect_one_report(wait_for_reports(1), study_1);
  workers.kill(SIGTERM);
  EXPECT_EQ(workers.wait(40s), 0);
}

}  // namespace
}  // namespace focalhip
