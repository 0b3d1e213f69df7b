#pragma once

#include <span>
#include <string>

#include "analysis/hip_report.h"
#include "dicom_sr/render/page.h"
#include "dicom_sr/study_context.h"
#include "dicom_sr/write_measurement_report.h"

namespace focalhip {

struct SecondaryCaptureObject {
  EncodedObject object;
  PageReference reference;  // of its first page
};

// All pages in one Multi-frame True Color Secondary Capture ("sc-1.dcm"). All pages must have one size.
[[nodiscard]] SecondaryCaptureObject write_multiframe_capture(std::span<const Page> pages,
                                                              const HipReport& report,
                                                              const StudyContext& study,
                                                              const ResultStamp& stamp);

// One page in a single-frame Secondary Capture ("sc-<number>-single.dcm"), number from 1.
[[nodiscard]] SecondaryCaptureObject write_single_capture(const Page& page,
                                                          int number,
                                                          const HipReport& report,
                                                          const StudyContext& study,
                                                          const ResultStamp& stamp);

}  // namespace focalhip
