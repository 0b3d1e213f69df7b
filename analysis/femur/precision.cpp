#include "analysis/femur/precision.h"

namespace focalhip {

namespace {

constexpr double confident_factor = 2.77;  // [Iscd]

// THE TABLE. Rows FN TR IT TH; columns aBMD (mg/cm2), area (mm2), BMC (mg), vBMD, trabecular, cortical
// (mg/cm3), volume (mm3): root mean square SD of the rows "least significant change of ..." of femur_proof
// (the second number there, divided by 2.77). Nothing is determined yet. Whoever fills it names the run in
// `source` and in README.md (Proof).
constexpr std::array<PrecisionErrors, all_vois.size()> table{};
constexpr std::string_view source{};

}  // namespace

const PrecisionErrors& precision_errors(VoiName voi) { return table[static_cast<std::size_t>(voi)]; }

std::string_view precision_source() { return source; }

double least_significant_change(double precision_error) { return confident_factor * precision_error; }

std::optional<double> least_significant_change(VoiName voi, VoiQuantity quantity) {
  const std::optional<double>& error = precision_errors(voi)[static_cast<std::size_t>(quantity)];
  if (!error) return std::nullopt;
  return least_significant_change(*error);
}

std::string least_significant_change_words() {
  const std::string definition = "Least significant change (95 %, 2.77 x precision error, ISCD)";
  if (source.empty()) return definition + ": not determined for this version.";
  return definition + " from " + std::string(source) + ".";
}

}  // namespace focalhip
