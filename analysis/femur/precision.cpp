#include "analysis/femur/precision.h"

namespace focalhip {

namespace {

constexpr double confident_factor = 2.77;  // [Iscd]

// A least significant change as femur_proof prints it, back to the precision error.
constexpr std::optional<double> sd(double change) { return change / confident_factor; }

// THE TABLE: rows FN TR IT TH; columns aBMD (mg/cm2), area (mm2), BMC (mg), vBMD, trabecular, cortical
// (mg/cm3), volume (mm3). The numbers are the rows "least significant change of ..." (second figure) of
// femur_proof, run of 2026-11-28, experiments main and repeat, hips with real bone surfaces (ten bones, both
// sides), 20 femora, 20 degrees of freedom. Whoever replaces them names the new run here and in `source`.
constexpr std::array<PrecisionErrors, all_vois.size()> table{{
    {sd(11.36), sd(5.16), sd(28.90), sd(5.72), sd(7.29), sd(6.80), sd(49.30)},
    {sd(5.60), sd(35.72), sd(225.99), sd(2.49), sd(2.25), sd(5.77), sd(768.76)},
    {sd(10.98), sd(47.24), sd(297.89), sd(2.35), sd(2.38), sd(7.73), sd(1002.91)},
    {sd(4.21), sd(39.79), sd(242.94), sd(1.67), sd(1.69), sd(3.97), sd(567.27)},
}};
constexpr std::string_view source =
    "20 simulated femora of ten real bone shapes scanned twice, lying down anew; patients may vary more";

}  // namespace

const PrecisionErrors& precision_errors(VoiName voi) { return table[static_cast<std::size_t>(voi)]; }

std::string_view precision_source() { return source; }

double least_significant_change(double precision_error) { return confident_factor * precision_error; }

std::optional<double> least_significant_change(VoiName voi, VoiQuantity quantity) {
  const std::optional<double>& error = precision_errors(voi)[static_cast<std::size_t>(quantity)];
  if (!error) return std::nullopt;
  return least_significant_change(*error);
}

std::string least_significant_change_words(bool claimed) {
  const std::string definition = "Least significant change (95 %, 2.77 x precision error, ISCD)";
  if (!claimed)
    return definition + ": known only for scans with a phantom beside the patient and of grade A or B.";
  if (source.empty()) return definition + ": not determined for this version.";
  return definition + " from " + std::string(source) + ".";
}

}  // namespace focalhip
