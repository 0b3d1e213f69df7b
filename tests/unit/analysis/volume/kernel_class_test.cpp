#include "analysis/volume/kernel_class.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// The names science qct 1.2 lists, with their makers' variants of case and suffix.
TEST(KernelClass, KnowsTheNamesOfTheSpecification) {
  for (const char* name : {"B30s",
                           "B40f",
                           "Br36d",
                           "Br44",
                           "Br40d\\3",
                           "I30f\\3",
                           "FC01",
                           "FC13",
                           "STANDARD",
                           "Standard",
                           "SOFT",
                           "A",
                           "B"}) {
    EXPECT_EQ(kernel_class(name), KernelClass::soft) << name;
  }
  for (const char* name :
       {"B60s", "B70f", "Br64", "FC30", "FC81", "FC86", "BONE", "BONEPLUS", "LUNG", "EDGE", "YD"}) {
    EXPECT_EQ(kernel_class(name), KernelClass::sharp) << name;
  }
  for (const char* name : {"B50f", "Br49", "FC21", "DETAIL"})
    EXPECT_EQ(kernel_class(name), KernelClass::medium) << name;
  for (const char* name : {"", "\\", "B", "F", "??", "B99999999999999999999", "-40"}) {
    EXPECT_NE(kernel_class(name), KernelClass::sharp) << name;
  }
  EXPECT_EQ(kernel_class(""), KernelClass::unknown);
  EXPECT_EQ(kernel_class("XYZ"), KernelClass::unknown);
}

TEST(PlainKernel, KeepsPrintableNamesAndNothingElse) {
  EXPECT_EQ(plain_kernel("Br40d\\3"), "Br40d");
  EXPECT_EQ(plain_kernel("BONE PLUS "), "BONE PLUS");
  EXPECT_EQ(plain_kernel("a\nb\"c\x80"), "abc");
  EXPECT_EQ(plain_kernel("0123456789ABCDEFGHI"), "0123456789ABCDEF");
}

}  // namespace
}  // namespace focalhip
