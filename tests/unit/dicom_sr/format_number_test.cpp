#include "dicom_sr/format_number.h"

#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(DecimalText, RoundsToTheDecimalsAskedFor) {
  EXPECT_EQ(decimal_text(0.71249, 3), "0.712");
  EXPECT_EQ(decimal_text(248.65, 0), "249");
  EXPECT_EQ(decimal_text(-10.125, 2), "-10.12");
}

TEST(DecimalText, NeverWritesANegativeZero) {
  EXPECT_EQ(decimal_text(-0.0001, 3), "0.000");
  EXPECT_EQ(decimal_text(-0.001, 3), "-0.001");
}

TEST(DecimalText, RefusesWhatADecimalStringCannotHold) {
  EXPECT_EQ(decimal_text(1234567890123.45, 2), "1234567890123.45");            // 16 characters
  EXPECT_THROW((void)decimal_text(12345678901234.56, 2), std::runtime_error);  // 17 characters
  EXPECT_THROW((void)decimal_text(1e300, 1), std::runtime_error);
  EXPECT_THROW((void)decimal_text(std::numeric_limits<double>::quiet_NaN(), 1), std::runtime_error);
  EXPECT_THROW((void)decimal_text(std::numeric_limits<double>::infinity(), 1), std::runtime_error);
}

}  // namespace
}  // namespace focalhip
