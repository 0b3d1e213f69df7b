#include "analysis/femur/precision.h"

namespace focalhip {

namespace {

constexpr double confident_factor = 2.77;  // [Iscd]

// A least significant change as femur_proof prints it, back to the precision error.
constexpr std::optional<double> sd(double change) { return change / confident_factor; }

// THE TABLE: rows FN TR IT TH; columns aBMD (mg/cm2), area (mm2), BMC (mg), vBMD, trabecular, cortical
// (mg/cm3), volume (mm3). The numbers are the rows "least significant change of ..." (second figure) of
// femur_proof, run of 2026-11-28, experiments main and repeat, hips of the simulator's own shapes, 20 femora,
// 20 degrees of freedom. Whoever replaces them names the new run here and in `source`.
constexpr std::array<PrecisionErrors, all_vois.size()> table{{
    {sd(9.04), sd(7.76), sd(42.31), sd(3.51), sd(4.82), sd(4.63), sd(163.94)},
    {sd(4.88), sd(27.43), sd(148.15), sd(1.55), sd(1.83), sd(3.34), sd(660.31)},
    {sd(8.73), sd(32.82), sd(224.20), sd(2.03), sd(2.14), sd(5.68), sd(598.47)},
    {sd(4.75), sd(35.79), sd(255.86), sd(1.26), sd(1.32), sd(2.96), sd(637.67)},
}};
constexpr std::string_view source =
    "20 simulated femora scanned twice, lying down anew; not from patients, who may vary more";

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
