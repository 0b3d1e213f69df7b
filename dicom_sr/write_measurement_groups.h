#pragma once

#include <span>

#include "dicom_sr/result_groups.h"
#include "dicom_sr/sr_tree.h"
#include "dicom_sr/write_measurement_report.h"

namespace focalhip {

// True when every slice of the measured grid has its source image, so that points can be shown in images.
[[nodiscard]] bool can_be_located(const HipReport& report, const StudyContext& study);

// The container Imaging Measurements with one TID 1501 group for each entry. Needs can_be_located().
void write_measurement_groups(SrTree& tree,
                              std::span<const ResultGroup> groups,
                              const HipReport& report,
                              const StudyContext& study,
                              const ResultStamp& stamp,
                              std::span<const PageReference> pages);

}  // namespace focalhip
