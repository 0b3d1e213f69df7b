#pragma once

#include <string>

#include "analysis/hip_report.h"

namespace focalhip {

// What report.json names of the source besides the report itself.
struct ReportSource {
  std::string series_instance_uid;
  std::string study_instance_uid;
};

// The text of report.json, schema 1 of the interface: fixed key order, a missing value is null, never 0 or
// -1. Units as the keys say (g/cm2, cm2, g, cm3 where DXA users expect them). UTF-8. Throws
// std::runtime_error when a number of the report is not finite.
[[nodiscard]] std::string report_json(const HipReport& report, const ReportSource& source);

}  // namespace focalhip
