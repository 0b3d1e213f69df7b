#include "listener/supervisor/supervise.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener/support/fork_child.h"

namespace focalhip {
namespace {

using std::chrono::milliseconds;

bool wait_until(const std::function<bool()>& condition) {
  for (int step = 0; step < 500; ++step) {  // 5 s: a hundred times what the slowest step below needs
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

// Gone, or a zombie that nobody has collected yet.
bool has_ended(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(") ");
  return name_end == std::string::npos || text[name_end + 2] == 'Z';
}

// Runs supervise() in a process of its own; everything is observed through a text file that children append
// to.
class Supervise : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "supervise-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    SuperviseOptions options;
    options.backoff.first = milliseconds(20);
    options.on_ready = [this](const std::string& role, const std::string& message) {
      note("ready " + role + " " + message);
    };
    options_ = options;
  }
  void TearDown() override {
    if (supervisor_ > 0) {
      ::kill(supervisor_, SIGKILL);
      ::waitpid(supervisor_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  void note(const std::string& line) const {
    std::ofstream(folder_ / "events", std::ios::app) << line + "\n" << std::flush;
  }
  [[nodiscard]] std::string events() const {
    std::ifstream file(folder_ / "events");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] bool seen(const std::string& text) const { return events().find(text) != std::string::npos; }
  [[nodiscard]] std::size_t count(const std::string& text) const {
    std::size_t found = 0;
    const std::string all = events();
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++found;
    return found;
  }
  // The process id a child noted last.
  [[nodiscard]] pid_t pid_of(const std::string& role) const {
    const std::string all = events();
    const std::size_t at = all.rfind("run " + role + " ");
    return at == std::string::npos ? 0 : std::stoi(all.substr(at + 5 + role.size()));
  }

  // Notes that it runs, tells that it is ready, waits for SIGTERM and notes that it ends.
  [[nodiscard]] ChildSpec patient_child(const std::string& role, int stop_rank = 0) const {
    ChildSpec spec;
    spec.role = role;
    spec.stop_rank = stop_rank;
    spec.run = [this, role](const ReportReady& report_ready) {
      sigset_t signals;
      sigemptyset(&signals);
      sigaddset(&signals, SIGTERM);
      ::sigprocmask(SIG_BLOCK, &signals, nullptr);
      note("run " + role + " " + std::to_string(::getpid()));
      report_ready("yes");
      int signal = 0;
      ::sigwait(&signals, &signal);
      note("end " + role);
      return 0;
    };
    return spec;
  }

  void start(const std::vector<ChildSpec>& children) {
    supervisor_ = fork_child({"test"}, [&] { return supervise(children, options_); });
  }
  // -1 when it does not end.
  [[nodiscard]] int ending_status() {
    int status = 0;
    pid_t ended = 0;
    if (!wait_until([&] { return (ended = ::waitpid(supervisor_, &status, WNOHANG)) != 0; })) return -1;
    supervisor_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
  }

  std::filesystem::path folder_;
  SuperviseOptions options_;
  pid_t supervisor_ = 0;
};

TEST_F(Supervise, StopsInTheOrderOfRanksAndEndsWithStatusZero) {
  start({patient_child("couriers", 2), patient_child("acceptor", 0), patient_child("collector", 1)});
  ASSERT_TRUE(wait_until([&] { return count("ready ") == 3; })) << events();
  ::kill(supervisor_, SIGTERM);
  EXPECT_EQ(ending_status(), 0);
  const std::string all = events();
  EXPECT_LT(all.find("end acceptor"), all.find("end collector"));
  EXPECT_LT(all.find("end collector"), all.find("end couriers"));
}

TEST_F(Supervise, StartsAKilledChildAgain) {
  start({patient_child("a"), patient_child("b")});
  ASSERT_TRUE(wait_until([&] { return count("ready ") == 2; })) << events();
  const pid_t first = pid_of("a");
  ::kill(first, SIGKILL);
  EXPECT_TRUE(wait_until([&] { return count("ready a") == 2; })) << events();
  EXPECT_NE(pid_of("a"), first);
  EXPECT_EQ(count("ready b"), 1U);
}

TEST_F(Supervise, EndsWithTheStatusOfAChildThatHadToStart) {
  ChildSpec refused;
  refused.role = "refused";
  refused.start_must_succeed = true;
  refused.run = [](const ReportReady&) { return 7; };
  start({patient_child("other"), refused});
  EXPECT_EQ(ending_status(), 7);
}

TEST_F(Supervise, KillsAChildThatDoesNotStop) {
  ChildSpec deaf;
  deaf.role = "deaf";
  deaf.stop_grace = milliseconds(100);
  deaf.run = [this](const ReportReady& report_ready) {
    ::signal(SIGTERM, SIG_IGN);
    note("run deaf " + std::to_string(::getpid()));
    report_ready("yes");
    while (true) ::pause();
    return 0;
  };
  start({deaf});
  ASSERT_TRUE(wait_until([&] { return seen("ready deaf"); }));
  ::kill(supervisor_, SIGTERM);
  EXPECT_EQ(ending_status(), 0);
  EXPECT_TRUE(has_ended(pid_of("deaf")));
}

TEST_F(Supervise, ChildrenDieWithAKilledSupervisor) {
  start({patient_child("a"), patient_child("b")});
  ASSERT_TRUE(wait_until([&] { return count("ready ") == 2; })) << events();
  ::kill(supervisor_, SIGKILL);
  ::waitpid(supervisor_, nullptr, 0);
  supervisor_ = 0;
  for (const char* role : {"a", "b"}) {
    EXPECT_TRUE(wait_until([&] { return has_ended(pid_of(role)); })) << role;
  }
}

TEST_F(Supervise, ReloadReplacesTheChildrenAndABadConfigurationChangesNothing) {
  int reloads = 0;
  options_.on_reload = [this, &reloads]() -> std::optional<std::vector<ChildSpec>> {
    note("reload");
    if (++reloads == 1) return std::nullopt;
    return std::vector<ChildSpec>{patient_child("new")};
  };
  start({patient_child("old")});
  ASSERT_TRUE(wait_until([&] { return seen("ready old"); }));
  ::kill(supervisor_, SIGHUP);
  ASSERT_TRUE(wait_until([&] { return count("reload") == 1; }));
  EXPECT_FALSE(seen("end old"));
  ::kill(supervisor_, SIGHUP);
  EXPECT_TRUE(wait_until([&] { return seen("ready new"); })) << events();
  EXPECT_TRUE(seen("end old"));
}

}  // namespace
}  // namespace focalhip
