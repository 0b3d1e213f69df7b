#include "listener/support/fault_points.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

// Each death test is a process of its own, because the environment is looked at once.
class FaultPoints : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(FaultPoints, NamesAreUniqueAndSayWhoDies) {
  std::set<std::string_view> names;
  for (const FaultStep& step : fault_steps) {
    EXPECT_TRUE(names.insert(step.name).second) << step.name;
    const std::string_view last_word = step.process.substr(step.process.rfind(' ') + 1);
    EXPECT_TRUE(step.name.starts_with(std::string(last_word) + "_")) << step.name;
  }
}

TEST_F(FaultPoints, DoesNothingWithoutTheEnvironment) {
  EXPECT_EXIT(
      {
        ::unsetenv("FOCALHIP_FAULT");
        fault_point("receiver_in_transfer");
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0),
      "");
}

TEST_F(FaultPoints, KillsAtTheWantedPassing) {
  const auto passing = [](int times) {
    ::setenv("FOCALHIP_FAULT", "receiver_in_transfer:3", 1);
    for (int i = 0; i < times; ++i) {
      fault_point("receiver_in_transfer");
      fault_point("worker_in_outbox");
    }
    std::_Exit(0);
  };
  EXPECT_EXIT(passing(2), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(passing(3), ::testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FaultPoints, SeveralAreListedWithCommasAndOneMayWait) {
  const auto passing = [] {
    ::setenv("FOCALHIP_FAULT", "receiver_in_transfer:2,worker_in_outbox+50", 1);
    const auto begin = std::chrono::steady_clock::now();
    fault_point("worker_in_outbox");
    if (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(50)) std::_Exit(1);
    fault_point("receiver_in_transfer");
    fault_point("receiver_in_transfer");
    std::_Exit(2);
  };
  EXPECT_EXIT(passing(), ::testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FaultPoints, StrikesOnceOverAllProcesses) {
  const testing_support::TemporaryFolder folder;
  const std::string file = (folder.path() / "once").string();
  const auto passing = [&file] {
    ::setenv("FOCALHIP_FAULT", "receiver_in_transfer", 1);
    ::setenv("FOCALHIP_FAULT_ONCE", file.c_str(), 1);
    fault_point("receiver_in_transfer");
    std::_Exit(0);
  };
  std::ofstream(file + ".receiver_in_transfer") << "somebody has died already";
  EXPECT_EXIT(passing(), ::testing::ExitedWithCode(0), "");
}

// An unlisted name in the code does not compile.
TEST_F(FaultPoints, AnUnknownNameInTheEnvironmentAborts) {
  const auto with = [](const char* wanted) {
    ::setenv("FOCALHIP_FAULT", wanted, 1);
    fault_point("receiver_in_transfer");
    std::_Exit(0);
  };
  EXPECT_EXIT(with("misspelt"), ::testing::KilledBySignal(SIGABRT), "misspelt");
}

}  // namespace
}  // namespace focalhip
