#include "analysis/volume/grade_kernel.h"

#include <string>

#include "analysis/support/format_number.h"
#include "analysis/volume/kernel_class.h"

namespace focalhip {

namespace {

// Blur of soft kernels. Below: sharp; above: smoother than any the science was tried with. [science: qct 1.2]
constexpr double sharpest_fwhm_mm = 1.0;
constexpr double softest_fwhm_mm = 1.8;

std::string named(std::string_view kernel) {
  return kernel.empty() ? "no reconstruction kernel in the header" : "kernel " + std::string(kernel);
}

std::string measured(double fwhm_mm) { return "measured blur " + fixed(fwhm_mm, 2) + " mm"; }

KernelGrade graded(Grade grade, NoteCode code, const std::string& detail) {
  return {.grade = grade, .notes = {{code, detail}}};
}

}  // namespace

KernelGrade grade_kernel(std::string_view kernel, std::optional<double> in_plane_fwhm_mm) {
  const KernelClass by_name = kernel_class(kernel);
  if (!in_plane_fwhm_mm) {
    if (by_name == KernelClass::soft) return {};
    if (by_name == KernelClass::sharp)
      return graded(Grade::c, NoteCode::kernel_sharp, named(kernel) + ", a soft one is needed for grade A");
    return graded(Grade::b, NoteCode::kernel_unknown, named(kernel) + ", blur not measured");
  }
  const std::string blur = measured(*in_plane_fwhm_mm);
  if (*in_plane_fwhm_mm < sharpest_fwhm_mm) {
    return graded(Grade::c,
                  NoteCode::kernel_sharp,
                  named(kernel) + ", " + blur + ", at least " + fixed(sharpest_fwhm_mm, 1) + " mm needed");
  }
  if (*in_plane_fwhm_mm > softest_fwhm_mm) {
    return graded(Grade::b,
                  NoteCode::kernel_unknown,
                  named(kernel) + ", " + blur + ", at most " + fixed(softest_fwhm_mm, 1) + " mm for grade A");
  }
  if (by_name == KernelClass::soft) return {};
  return graded(Grade::b, NoteCode::kernel_unknown, named(kernel) + ", " + blur + " as of a soft one");
}

}  // namespace focalhip
