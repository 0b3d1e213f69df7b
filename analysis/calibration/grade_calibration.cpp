#include "analysis/calibration/grade_calibration.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/calibration/phantoms.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

// A figure is A within `a`, B within `b`, C within `c`, otherwise R. Equal limits leave no room for a grade.
struct Band {
  double low;
  double high;
  [[nodiscard]] bool holds(double value) const { return value >= low && value <= high; }
};

struct Check {
  std::string what;  // with unit
  double value;
  int decimals;
  Band a;
  Band b;
  Band c;
};

constexpr double unlimited = 1e30;
constexpr double reference_kvp = 120.0;

Grade grade_of(const Check& check) {
  if (check.a.holds(check.value)) return Grade::a;
  if (check.b.holds(check.value)) return Grade::b;
  if (check.c.holds(check.value)) return Grade::c;
  return Grade::r;
}

std::string allowed(const Band& band, int decimals) {
  if (band.low <= -unlimited) return "at most " + fixed(band.high, decimals);
  if (band.high >= unlimited) return "at least " + fixed(band.low, decimals);
  return fixed(band.low, decimals) + " to " + fixed(band.high, decimals);
}

void apply(const Check& check, CalibrationGrade& result) {
  const Grade grade = std::isfinite(check.value) ? grade_of(check) : Grade::r;
  if (grade == Grade::a) return;
  result.grade = worse(result.grade, grade);
  const std::string found = check.what + " " + fixed(check.value, check.decimals) + ", ";
  if (grade == Grade::r) {
    result.failures.push_back(found + allowed(check.c, check.decimals) + " accepted");
  } else {
    result.notes.push_back(
        {NoteCode::grade_calibration, found + allowed(check.a, check.decimals) + " for grade A"});
  }
}

Check at_most(std::string what, double value, int decimals, double a, double b, double c) {
  return {std::move(what), value, decimals, {-unlimited, a}, {-unlimited, b}, {-unlimited, c}};
}

Check at_least(std::string what, double value, int decimals, double a, double b) {
  return {std::move(what), value, decimals, {a, unlimited}, {b, unlimited}, {b, unlimited}};
}

Check within(std::string what, double value, int decimals, Band a, Band b) {
  return {std::move(what), value, decimals, a, b, b};
}

// Effective energies usual for a tube voltage behind a pelvis, grade A: 58 .. 68 keV at 100 kVp, 64 .. 80 at
// 120, 70 .. 84 at 140 (science qct 2.4), straight lines between. Half as wide again on either side for B.
Check energy_check(double kvp, double energy_kev) {
  const auto line = [kvp](double at_100, double at_120, double at_140) {
    return kvp <= reference_kvp ? at_100 + (kvp - 100.0) * (at_120 - at_100) / 20.0
                                : at_120 + (kvp - reference_kvp) * (at_140 - at_120) / 20.0;
  };
  const Band usual{line(58.0, 64.0, 70.0), line(68.0, 80.0, 84.0)};
  const double half = 0.5 * (usual.high - usual.low);
  return within("effective energy (keV)", energy_kev, 1, usual, {usual.low - half, usual.high + half});
}

void check_slope(const CalibrationQuality& quality, CalibrationGrade& result) {
  const double kvp = quality.kvp.value_or(reference_kvp);
  if (std::abs(kvp - reference_kvp) > 0.5) {
    apply(energy_check(kvp, quality.effective_energy_kev), result);
    return;
  }
  // The table's row "slope 1 / sigma_CT" (0.65 .. 0.87, 0.59 .. 0.95) is this one, rounded.
  apply(within("sigma_CT (HU per mg/cm3)", quality.sigma_ct_hu_per_mg_cm3, 3, {1.15, 1.55}, {1.05, 1.70}),
        result);
}

void check_rods_used(const CalibrationQuality& quality, CalibrationGrade& result) {
  if (quality.rods_used == quality.rods_in_phantom) return;
  std::string text =
      std::to_string(quality.rods_used) + " of " + std::to_string(quality.rods_in_phantom) + " rods used";
  for (const std::string& reason : quality.excluded) text += "; " + reason;
  const bool usable =
      quality.rods_used + 1 >= quality.rods_in_phantom && quality.rods_used >= least_rods_judged;
  if (usable) {
    result.grade = worse(result.grade, Grade::b);
    result.notes.push_back({NoteCode::grade_calibration, text});
  } else {
    result.grade = Grade::r;
    result.failures.push_back(text);
  }
}

// Two or three rods lie on a line whatever they are: nothing inside the scan checks them.
void check_rods_in_phantom(const CalibrationQuality& quality, CalibrationGrade& result) {
  if (quality.rods_in_phantom >= least_rods_judged) return;
  result.grade = worse(result.grade, Grade::b);
  result.notes.push_back(
      {NoteCode::grade_calibration,
       "a phantom of " + std::to_string(quality.rods_in_phantom) + " rods cannot show that it fits"});
}

}  // namespace

CalibrationGrade grade_calibration(const CalibrationQuality& quality) {
  CalibrationGrade result;
  check_rods_used(quality, result);
  check_rods_in_phantom(quality, result);
  if (quality.r_squared) apply(at_least("R2 of the rods", *quality.r_squared, 4, 0.9990, 0.9980), result);
  if (quality.residual_max_hu) {
    apply(at_most("largest rod residual (HU)", *quality.residual_max_hu, 1, 8.0, 15.0, 15.0), result);
  }
  check_slope(quality, result);
  apply(within("beta_CT (HU)", quality.beta_ct_hu, 1, {-15.0, 15.0}, {-30.0, 30.0}), result);
  apply(at_most("rod noise over muscle noise", quality.noise_ratio_max, 2, 1.3, 1.6, 2.0), result);
  apply(at_most("spread of rod pitch (%)", 100.0 * quality.pitch_spread, 1, 5.0, 10.0, 10.0), result);
  apply(at_most("spread of rod radius (%)", 100.0 * quality.radius_spread, 1, 5.0, 10.0, 10.0), result);
  apply(at_most("drift along the rods (HU/mm)", quality.drift_max_hu_per_mm, 3, 0.03, 0.1, 0.1), result);
  if (quality.density_drift > 0.0) {
    result.grade = worse(result.grade, Grade::b);
    result.notes.push_back({NoteCode::grade_calibration,
                            "a density of 300 mg/cm3 would change by " +
                                fixed(100.0 * quality.density_drift, 1) +
                                " % along z: the calibration is linear in z"});
  }
  return result;
}

}  // namespace focalhip
