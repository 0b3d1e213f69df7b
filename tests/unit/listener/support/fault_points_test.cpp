#include "listener/support/fault_points.h"

#include <csignal>
#include <cstdlib>
#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// Each death test is a process of its own, because the environment is looked at once.
class FaultPoint : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(FaultPoint, NamesAreUnique) {
  const auto names = fault_point_names();
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
}

TEST_F(FaultPoint, DoesNothingWithoutTheEnvironment) {
  EXPECT_EXIT(
      {
        ::unsetenv("FOCALHIP_FAULT");
        fault_point("receiver_in_transfer");
        fault_point("no such point");
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0),
      "");
}

TEST_F(FaultPoint, KillsAtTheWantedPassing) {
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

TEST_F(FaultPoint, UnknownNamesAbortAsSoonAsFaultsAreWanted) {
  const auto with = [](const char* wanted, const char* passed) {
    ::setenv("FOCALHIP_FAULT", wanted, 1);
    fault_point(passed);
    std::_Exit(0);
  };
  EXPECT_EXIT(with("misspelt", "receiver_in_transfer"), ::testing::KilledBySignal(SIGABRT), "misspelt");
  EXPECT_EXIT(with("receiver_in_transfer", "misspelt"), ::testing::KilledBySignal(SIGABRT), "misspelt");
}

}  // namespace
}  // namespace focalhip
