#pragma once

#include <vector>

#include "analysis/hip_report.h"
#include "dicom_sr/render/page.h"

namespace focalhip {

// What a reader needs to judge the outline of one femur: a page of slices ("R SLICES") and, where it was
// measured and its cortex mapped, a page of its surface ("R SURFACE"). Right before left; none for a femur
// without pictures (no head was found: the summary says why). Every page has `rows` rows, at least 1024. Same
// report, same pixels.
[[nodiscard]] std::vector<Page> render_femur_pages(const HipReport& report, int rows);

}  // namespace focalhip
