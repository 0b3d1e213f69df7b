#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/hip_report.h"
#include "dicom_sr/study_context.h"

namespace focalhip {

// A page of ours the report points to.
struct PageReference {
  SourceInstance instance;
  std::string series_instance_uid;
  int frame = 0;                     // 1-based in a multi-frame object, 0 in a single-frame one
  std::optional<Side> outline_of{};  // shows the outline of this femur
};

enum class SrClass { comprehensive_3d, enhanced };

struct SrRequest {
  SrClass sr_class = SrClass::comprehensive_3d;
  std::string role;                  // of the SOP Instance UID: "sr", "sr-enhanced", ...
  std::string file_name;             // "sr.dcm"
  std::vector<PageReference> pages;  // the first page is the summary
};

// The Structured Report, TID 1500 with TID 1501 groups and 2-D coordinates only, so that the same tree is
// legal in both SOP classes. A refused series gives the same document without measurements, completion
// PARTIAL, quality "Unusable", the coded reason and its detail. Throws std::runtime_error when something
// cannot be encoded.
[[nodiscard]] EncodedObject write_measurement_report(const HipReport& report,
                                                     const StudyContext& study,
                                                     const ResultStamp& stamp,
                                                     const SrRequest& request);

}  // namespace focalhip
