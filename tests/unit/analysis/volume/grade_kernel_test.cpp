#include "analysis/volume/grade_kernel.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

struct KernelRow {
  const char* kernel;
  std::optional<double> fwhm_mm;
  Grade expected;
};
class GradeKernel : public testing::TestWithParam<KernelRow> {};

// Row "kernel" of science qct 1.2: A the class of the atlas (soft), B unknown or full width 1.0 to 1.8 mm, C
// sharp (0.6 to 1.0 mm). The name counts where nothing was measured; the measurement overrules it.
INSTANTIATE_TEST_SUITE_P(TableOfTheScience,
                         GradeKernel,
                         testing::Values(KernelRow{"FC13", std::nullopt, Grade::a},
                                         KernelRow{"FC13", 1.3, Grade::a},
                                         KernelRow{"FC13", 0.95, Grade::c},  // soft by name only
                                         KernelRow{"FC13", 2.0, Grade::b},
                                         KernelRow{"", std::nullopt, Grade::b},
                                         KernelRow{"XYZ", 1.3, Grade::b},
                                         KernelRow{"XYZ", 0.7, Grade::c},
                                         KernelRow{"FC81", std::nullopt, Grade::c},
                                         KernelRow{"FC81", 1.3, Grade::b},  // sharp by name only
                                         KernelRow{"Br49", std::nullopt, Grade::b}));

TEST_P(GradeKernel, FollowsTheTable) {
  const KernelGrade grade = grade_kernel(GetParam().kernel, GetParam().fwhm_mm);
  EXPECT_EQ(grade.grade, GetParam().expected) << GetParam().kernel;
  EXPECT_EQ(grade.notes.empty(), GetParam().expected == Grade::a);
  if (GetParam().expected == Grade::c) {
    EXPECT_EQ(grade.notes.at(0).code, NoteCode::kernel_sharp);
  }
}

}  // namespace
}  // namespace focalhip
