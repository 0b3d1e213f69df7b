#include "tests/proof/cortex_hips/change_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "tests/proof/cortex_hips/hip_changes.h"
#include "tests/proof/cortex_hips/hip_sums.h"
#include "tests/support/agreement.h"

namespace focalhip::proof {

namespace {

// Over the half-maximum area of a flat Gaussian defect: what a Gaussian smoothing leaves of its contrast.
double share_after_smoothing(double defect_fwhm, double smoothing_fwhm) {
  const double four_ln2 = 4.0 * std::numbers::ln2;
  const double radius2 = 0.25 * defect_fwhm * defect_fwhm;
  const double defect2 = defect_fwhm * defect_fwhm;
  const double smoothed2 = defect2 + smoothing_fwhm * smoothing_fwhm;
  const auto mean_within = [&](double fwhm2) {
    const double a = four_ln2 * radius2 / fwhm2;
    return (1.0 - std::exp(-a)) / a;
  };
  return defect2 / smoothed2 * mean_within(smoothed2) / mean_within(defect2);
}

// One defect as it was seen.
struct SeenDefect {
  double fwhm_mm = 0.0;
  double depth = 0.0;
  std::string place;
  const Values* value = nullptr;
  [[nodiscard]] double of(const std::string& what) const { return value_of(*value, place + "." + what); }
};

std::vector<SeenDefect> seen_defects(const HipProofSize& size,
                                     const std::string& column,
                                     const Cases& cases) {
  std::vector<SeenDefect> seen;
  for (const CaseValues& one : cases) {
    const int person = static_cast<int>(one.of.seed - hip_case(size, column, 0, "defect").seed);
    for (const std::string_view place : place_names) {
      SeenDefect defect{.fwhm_mm = defect_fwhm_mm(person),
                        .depth = defect_depth(person),
                        .place = std::string(place),
                        .value = &one.value};
      if (defect.of("loss") > 0.0) seen.push_back(std::move(defect));
    }
  }
  return seen;
}

std::vector<double> shares(const std::vector<SeenDefect>& defects,
                           const std::function<bool(const SeenDefect&)>& chosen,
                           const std::string& what) {
  std::vector<double> found;
  for (const SeenDefect& one : defects)
    if (chosen(one)) found.push_back(100.0 * one.of(what) / one.of("loss"));
  return found;
}

void defect_rows(ProofTable& table, const std::vector<SeenDefect>& defects) {
  for (const double width : {8.0, 12.0, 15.0}) {
    const auto of_width = [&](const SeenDefect& one) { return one.fwhm_mm == width; };
    const std::string name = "defect of " + text(width, 0) + " mm, ";
    const std::vector<double> raw = shares(defects, of_width, "seen");
    const std::string row = name + "contrast recovered in the raw map, %";
    if (width < 12.0) {
      told_mean(table, row, raw, 1);
    } else if (raw.size() < 2) {
      table.row(row, ">= 80", "not measured", "", false);
    } else {
      // Two places in either femur of a person.
      const int persons = std::max(2, static_cast<int>(raw.size() / 4));
      const test::Interval interval = test::mean_interval(raw, persons);
      const auto recovered = std::ranges::count_if(raw, [](double share) { return share >= 80.0; });
      table.row(row,
                ">= 80",
                text(test::mean(raw), 1) + " (SD " + text(test::standard_deviation(raw), 1) + ", least " +
                    text(*std::ranges::min_element(raw), 1) + ", " + std::to_string(recovered) + " of " +
                    std::to_string(raw.size()) + " above 80)",
                text(interval.low, 1) + " .. " + text(interval.high, 1),
                test::mean(raw) >= 80.0);
    }
    for (const double depth : {0.2, 0.3, 0.4}) {
      told_mean(
          table,
          name + text(100.0 * depth, 0) + " % thinner: the same, %",
          shares(
              defects, [&](const SeenDefect& one) { return of_width(one) && one.depth == depth; }, "seen"),
          1);
    }
    for (const int fwhm : smoothing_fwhm_mm) {
      const std::vector<double> left = shares(defects, of_width, "seen" + std::to_string(fwhm));
      const std::string label =
          name + "contrast left after smoothing by " + std::to_string(fwhm) +
          " mm, %; theory, flat: " + text(100.0 * share_after_smoothing(width, fwhm), 1);
      if (width == 8.0 && fwhm == 5 && !left.empty()) {
        table.row(label + " [cbm 8.4 e]", ">= 25", text(test::mean(left), 1), "", test::mean(left) >= 25.0);
      } else {
        told_mean(table, label, left, 1);
      }
    }
  }
  std::vector<double> cbmd;
  std::vector<double> true_cbmd;
  std::vector<double> ectd;
  std::vector<double> prior;
  for (const SeenDefect& one : defects) {
    cbmd.push_back(one.of("cbmd") / one.of("n"));
    true_cbmd.push_back(one.of("true_cbmd") / one.of("n"));
    ectd.push_back((one.of("ectd") - one.of("true_ectd")) / one.of("n"));
    prior.push_back(100.0 * one.of("prior") / one.of("n"));
  }
  told_mean(table, "defects, thinning alone: false change of CBMD, %", cbmd, 2);
  told_mean(table, "the same, true change, %", true_cbmd, 2);
  told_mean(table, "defects: change of ECTD, measured minus true, mg/cm3", ectd, 1);
  told_mean(table, "defects: vertices whose CBMD is the prior's, %", prior, 0);
}

// Another density of the whole cortex: how much of it CBMD shows, by thickness.
void density_rows(ProofTable& table, const Cases& first, const Cases& dense) {
  std::vector<double> of_bone;
  for (const CaseValues& one : first) {
    const Values* other = same_femur(dense, one);
    if (other == nullptr || value_of(*other, "bone.cbmd") <= 0.0 || value_of(one.value, "bone.cbmd") <= 0.0)
      continue;
    of_bone.push_back(100.0 * (other->at("bone.cbmd") - one.value.at("bone.cbmd")) /
                      (other->at("bone.true_cbmd") - one.value.at("bone.true_cbmd")));
  }
  told_mean(table, "+-12 % of density, whole cortex: recovered in the bone's own density, %", of_bone, 1);
  for (std::size_t b = 0; b < thickness_bands.size(); ++b) {
    const std::string band = "band" + std::to_string(b);
    std::vector<double> recovered;
    double n = 0.0;
    double prior = 0.0;
    for (const CaseValues& one : first) {
      const Values* other = same_femur(dense, one);
      const double before = value_of(one.value, band + ".n");
      const double after = other == nullptr ? 0.0 : value_of(*other, band + ".n");
      if (before < 30.0 || after < 30.0) continue;
      const double seen =
          value_of(*other, band + ".cbmd") / after - value_of(one.value, band + ".cbmd") / before;
      const double truth =
          value_of(*other, band + ".true_cbmd") / after - value_of(one.value, band + ".true_cbmd") / before;
      recovered.push_back(100.0 * seen / truth);
      n += after;
      prior += value_of(*other, band + ".prior");
    }
    if (recovered.size() < 2) continue;
    told_mean(table,
              "+-12 % of density, whole cortex, CTh " + span_text(thickness_bands[b]) +
                  ": recovered by CBMD, %; prior dominates " + text(100.0 * prior / n, 0) + " %",
              recovered,
              1);
  }
}

// Another density in a few places: what CBMD shows of it, and what CTh shows instead.
void patch_rows(ProofTable& table, const Cases& patched) {
  for (std::size_t b = 0; b < thickness_bands.size(); ++b) {
    const std::string band = "band" + std::to_string(b);
    std::vector<double> recovered;
    std::vector<double> in_thickness;
    std::vector<double> in_mass;
    double n = 0.0;
    double prior = 0.0;
    for (const CaseValues& one : patched) {
      const auto of = [&](const char* what) { return value_of(one.value, band + "." + what); };
      if (of("n") < 10.0) continue;
      recovered.push_back(100.0 * of("seen") / of("change"));
      in_thickness.push_back(100.0 * (of("cth") - of("true_cth")) / of("change"));
      in_mass.push_back(100.0 * of("cm") / of("true_cm"));
      n += of("n");
      prior += of("prior");
    }
    if (recovered.size() < 2) continue;
    const std::string name =
        "+-12 % of density, patches of 15 mm, CTh " + span_text(thickness_bands[b]) + ": ";
    told_mean(table,
              name + "recovered by CBMD, %; prior dominates " + text(100.0 * prior / n, 0) + " %",
              recovered,
              1);
    told_mean(table, name + "seen as CTh instead, % of the change", in_thickness, 1);
    told_mean(table, name + "recovered by CM, %", in_mass, 1);
  }
}

// Errors of scans that are disturbed, and whether the report says so.
void trouble_rows(ProofTable& table, const std::string& name, const Cases& cases) {
  table.told(name + ": femora not mapped",
             text(static_cast<double>(cases.size()) - total(cases, "mapped"), 0) + " of " +
                 std::to_string(cases.size()));
  for (std::size_t b = 0; b < thickness_bands.size(); ++b) {
    const Spread error = spread(cases, "band" + std::to_string(b));
    if (error.n < 50.0) continue;
    table.told(name + ": CTh " + span_text(thickness_bands[b]) + ", bias / SD, mm",
               text(error.mean, 3) + " / " + text(error.sd, 3) + of_count(error.n));
  }
  table.told(name + ": CBMD from 2 mm, %; ECTD, mg/cm3; invalid, %",
             text(spread(cases, "cbmd").mean, 2) + "; " + text(spread(cases, "ectd").mean, 2) + "; " +
                 text(100.0 * total(cases, "failed") / std::max(1.0, total(cases, "tried")), 2));
  table.told(name + ": cap, not measured for its joint, %; of the measured off by more than 1 mm, %",
             text(100.0 * total(cases, "cap.left_out") / std::max(1.0, total(cases, "cap.all")), 1) + "; " +
                 text(100.0 * total(cases, "cap.wrong") / std::max(1.0, total(cases, "cap.n")), 3));
  std::vector<double> uneven;
  for (const CaseValues& one : cases)
    if (one.value.contains("spread")) uneven.push_back(100.0 * one.value.at("spread"));
  told_mean(table, name + ": cortical density differs between regions by, %", uneven, 1);
}

int noted(const Cases& cases, const std::string& note) {
  return static_cast<int>(total(cases, "note." + note));
}

// Wrong and right alarms of the notes about the joint and about uneven density. [cbm 10.4, 10.5]
void note_rows(ProofTable& table, const Cases& first, const Cases& arthritic, const Cases& uneven) {
  table.rate("severe arthritis: the closed joint is noted",
             noted(arthritic, "joint"),
             static_cast<int>(arthritic.size()),
             0.95);
  table.rate("shaft 15 % less dense: uneven density is noted",
             noted(uneven, "uneven"),
             static_cast<int>(uneven.size()),
             0.95);
  const auto healthy = static_cast<int>(first.size());
  table.none("open joint noted as closed", noted(first, "joint"), healthy);
  table.none("even density noted as uneven", noted(first, "uneven"), healthy);
}

}  // namespace

void change_rows(ProofTable& table,
                 const HipProofSize& size,
                 const std::string& column,
                 const FemurResults& results) {
  const Cases first = variant_of(results, column, "first");
  defect_rows(table, seen_defects(size, column, variant_of(results, column, "defect")));
  density_rows(table, first, variant_of(results, column, "dense"));
  patch_rows(table, variant_of(results, column, "patch"));
  for (const double overshoot : overshoots)
    trouble_rows(table,
                 "sharp kernel, overshoot " + text(100.0 * overshoot, 0) + " %",
                 variant_of(results, column, sharp_variant(overshoot)));
  const Cases arthritic = variant_of(results, column, "arthritic");
  const Cases uneven = variant_of(results, column, "uneven");
  trouble_rows(table, "severe arthritis", arthritic);
  trouble_rows(table, "hardened beam", variant_of(results, column, "hardened"));
  trouble_rows(table, "shaft 15 % less dense", uneven);
  note_rows(table, first, arthritic, uneven);
}

}  // namespace focalhip::proof
