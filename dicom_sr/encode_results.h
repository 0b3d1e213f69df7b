#pragma once

#include <vector>

#include "analysis/hip_report.h"
#include "dicom_sr/study_context.h"

namespace focalhip {

// Every object of one report: secondary capture pages (multi-frame true colour, with single-frame
// alternatives) and the Structured Report (Comprehensive 3D SR, with an Enhanced SR twin). A refused report
// gives a refusal SR and page. Throws std::runtime_error when a value cannot be encoded; nothing is skipped.
[[nodiscard]] std::vector<EncodedObject> encode_results(const HipReport& report,
                                                        const StudyContext& study,
                                                        const ResultStamp& stamp);

}  // namespace focalhip
