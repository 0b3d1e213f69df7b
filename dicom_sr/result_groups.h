#pragma once

#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "analysis/hip_report.h"
#include "dicom_sr/codes.h"

namespace focalhip {

// One number of the report as it is printed, in the SR and on the page alike.
struct ResultValue {
  Code quantity;
  Code unit;
  std::optional<std::string> number{};        // decimal text; absent = could not be computed
  Code missing = codes::measurement_failure;  // why, when absent (CID 42)
  bool is_mean = false;
  bool is_k2hpo4 = false;          // a density or mass in K2HPO4 equivalent
  bool is_hydroxyapatite = false;  // ... as hydroxyapatite
  // Least significant change, same unit and basis; absent = not determined. `change` is its concept.
  std::optional<std::string> least_change{};
  Code change{};
};

// One measurement group (TID 1501): what belongs to one region of one side, or to the calibration.
struct ResultGroup {
  std::string tracking_id;  // "R-FN", "R-FN-CTX", "L-GEO", "CALIB"
  Code finding;
  std::optional<Side> side{};
  std::optional<VoiName> voi{};
  std::optional<Code> method{};
  std::optional<Code> site{};
  std::optional<Code> region{};  // topographical modifier of the site
  std::string algorithm;
  std::vector<ResultValue> values{};           // headline values first: some viewers show only five
  Eigen::Vector3d centre_patient_mm{0, 0, 0};  // where a viewer draws the group
};

// Groups of everything measured: R-FN ... L-TH, then R-FN-CTX ... L-TH-CTX where the cortex was mapped, then
// R-GEO, L-GEO, then CALIB. Units are those of the
// output (g/cm2, cm2, cm3, g, mg/cm3); this is the only place that converts.
[[nodiscard]] std::vector<ResultGroup> result_groups(const HipReport& report);

// The groups of one side's four regions are found by this.
[[nodiscard]] const ResultGroup* find_group(const std::vector<ResultGroup>& groups, Side side, VoiName voi);

[[nodiscard]] const ResultGroup* find_cortex_group(const std::vector<ResultGroup>& groups,
                                                   Side side,
                                                   VoiName voi);

}  // namespace focalhip
