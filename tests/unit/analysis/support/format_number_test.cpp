#include "analysis/support/format_number.h"

#include <limits>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(FormatNumber, RoundsToTheDecimalsAsked) {
  EXPECT_EQ(fixed(3.14159, 2), "3.14");
  EXPECT_EQ(fixed(-0.05, 1), "-0.1");
  EXPECT_EQ(fixed(12.0, 0), "12");
}

TEST(FormatNumber, HoldsTheLargestDouble) {
  EXPECT_EQ(fixed(std::numeric_limits<double>::max(), 3).size(), 309U + 4U);
}

}  // namespace
}  // namespace focalhip
