#include "listener/supervisor/instance_lock.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(InstanceLock, IsHeldByOneAndFreeAfterwards) {
  std::string name = testing::TempDir() + "lock-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const std::filesystem::path file = std::filesystem::path(name) / "spool" / "node1" / "node.lock";
  {
    const std::optional<UniqueFd> held = take_instance_lock(file, std::chrono::milliseconds(0));
    ASSERT_TRUE(held.has_value());
    EXPECT_FALSE(take_instance_lock(file, std::chrono::milliseconds(60)).has_value());
  }
  EXPECT_TRUE(take_instance_lock(file, std::chrono::milliseconds(0)).has_value());
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace focalhip
