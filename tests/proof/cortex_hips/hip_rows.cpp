#include "tests/proof/cortex_hips/hip_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "tests/proof/cortex_hips/hip_changes.h"
#include "tests/proof/cortex_hips/hip_values.h"
#include "tests/support/agreement.h"

namespace focalhip::proof {

namespace {

constexpr int persons_at_least = 3;  // for a row that needs a spread

double value_of(const Values& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? 0.0 : found->second;
}

using Cases = std::vector<CaseValues>;

// Sum of a value over the femora.
double total(const Cases& cases, const std::string& name) {
  double sum = 0.0;
  for (const CaseValues& one : cases) sum += value_of(one.value, name);
  return sum;
}

// The cases of a variant, in the order of the persons, right before left.
Cases variant_of(const FemurResults& results, const std::string& column, const std::string& variant) {
  Cases cases = results.of("cortex", column);
  std::erase_if(cases, [&](const CaseValues& one) { return one.of.variant != variant; });
  return cases;
}

const Values* same_femur(const Cases& cases, const CaseValues& as) {
  for (const CaseValues& one : cases)
    if (one.of.seed == as.of.seed && one.side == as.side) return &one.value;
  return nullptr;
}

struct Spread {
  double n = 0.0;
  double mean = 0.0;
  double sd = 0.0;
};
Spread spread(const Cases& cases, const std::string& name) {
  Spread s{.n = total(cases, name + ".n")};
  if (s.n < 2.0) return s;
  s.mean = total(cases, name + ".sum") / s.n;
  s.sd = std::sqrt(std::max(0.0, total(cases, name + ".squares") / s.n - s.mean * s.mean));
  return s;
}

std::string span_text(const Band& band) { return text(band.low, 2) + "-" + text(band.high, 2) + " mm"; }
std::string of_count(double n) { return " (n " + text(n, 0) + ")"; }

// Bias against a limit, interval of the mean over femora.
void mean_row(ProofTable& table, const std::string& name, const std::vector<double>& errors, double most) {
  const std::string target = "+-" + text(most, 0);
  if (errors.size() < 2) return table.row(name, target, "not measured", "", false);
  const test::Interval interval = test::mean_interval(errors);
  table.row(name,
            target,
            text(test::mean(errors), 2) + " (SD " + text(test::standard_deviation(errors), 2) + ", n " +
                std::to_string(errors.size()) + ")",
            text(interval.low, 2) + " .. " + text(interval.high, 2),
            std::abs(test::mean(errors)) <= most);
}

void told_mean(ProofTable& table, const std::string& name, const std::vector<double>& values, int decimals) {
  if (values.size() < 2) return table.told(name, "not measured");
  table.told(name,
             text(test::mean(values), decimals) + " (SD " + text(test::standard_deviation(values), decimals) +
                 ", n " + std::to_string(values.size()) + ")");
}

void vertex_rows(ProofTable& table, const Cases& first) {
  table.none("femora whose cortex was not mapped",
             static_cast<int>(static_cast<double>(first.size()) - total(first, "mapped")),
             static_cast<int>(first.size()));
  for (std::size_t b = 0; b < thickness_bands.size(); ++b) {
    const Spread error = spread(first, "band" + std::to_string(b));
    const Band& band = thickness_bands[b];
    if (error.n < 50.0) continue;
    const double most_sd = band.high <= 2.0 ? 0.20 : 0.05 * (band.low + band.high);
    table.row("CTh " + span_text(band) + ", bias / SD, mm",
              "<= 0.05 / " + text(most_sd, 2),
              text(error.mean, 3) + " / " + text(error.sd, 3) + of_count(error.n),
              "",
              std::abs(error.mean) <= 0.05 && error.sd <= most_sd);
  }
  const double tried = total(first, "tried");
  const double invalid = tried > 0.0 ? 100.0 * total(first, "failed") / tried : 100.0;
  table.row("invalid, %", "<= 2", text(invalid, 2), "", invalid <= 2.0);
  const Spread ectd = spread(first, "ectd");
  table.row("ECTD bias (SD), mg/cm3",
            "+-10",
            text(ectd.mean, 2) + " (" + text(ectd.sd, 1) + ")",
            "",
            ectd.n > 0.0 && std::abs(ectd.mean) <= 10.0);
  const Spread cbmd = spread(first, "cbmd");
  table.row("CBMD bias (SD) where the cortex has 2 mm, %",
            "+-3",
            text(cbmd.mean, 2) + " (" + text(cbmd.sd, 2) + ")",
            "",
            cbmd.n > 0.0 && std::abs(cbmd.mean) <= 3.0);
  table.told("vertices off by more than 1 mm, %: outside the cap; of the cap",
             text(100.0 * total(first, "wrong") / std::max(1.0, ectd.n), 3) + "; " +
                 text(100.0 * total(first, "cap.wrong") / std::max(1.0, total(first, "cap.n")), 3));
}

void mesh_rows(ProofTable& table, const Cases& first) {
  double fewest = 1e9;
  double most = 0.0;
  int disks = 0;
  int mapped = 0;
  for (const CaseValues& one : first) {
    const double vertices = value_of(one.value, "mesh.vertices");
    if (!(vertices > 0.0)) continue;
    ++mapped;
    fewest = std::min(fewest, vertices);
    most = std::max(most, vertices);
    disks += value_of(one.value, "mesh.euler") == 1.0 ? 1 : 0;
  }
  table.row("vertices of the surface, fewest .. most",
            "6000 .. 11000",
            mapped == 0 ? "not measured" : text(fewest, 0) + " .. " + text(most, 0),
            "",
            mapped > 0 && fewest >= 6000.0 && most <= 11000.0);
  table.rate("surface of genus 0 with one rim", disks, mapped, 1.0);
  const double triangles = total(first, "mesh.triangles");
  const double good = triangles > 0.0 ? 100.0 * (1.0 - total(first, "mesh.thin") / triangles) : 0.0;
  table.row("triangles with a least angle of 25 degrees, %", ">= 99", text(good, 2), "", good >= 99.0);
}

void means_rows(ProofTable& table, const Cases& first) {
  for (const std::string name : {"FN", "TR", "IT", "neck", "front"}) {
    std::vector<double> cth;
    std::vector<double> ectd;
    std::vector<double> cbmd;
    for (const CaseValues& one : first) {
      const auto of = [&](const char* what) { return value_of(one.value, name + "." + what); };
      if (!(of("area") > 0.0)) continue;
      cth.push_back(100.0 * (of("cth") / of("true_cth") - 1.0));
      ectd.push_back((of("ectd") - of("true_ectd")) / of("area"));
      cbmd.push_back(100.0 * (of("cbmd") / of("true_cbmd") - 1.0));
    }
    const std::string label = name.size() > 2 ? "patch of 20 mm, " + name : name;
    mean_row(table, label + ": mean CTh of the population, measured minus true, %", cth, 5.0);
    mean_row(table, label + ": mean ECTD, mg/cm3", ectd, 10.0);
    mean_row(table, label + ": mean CBMD, %", cbmd, 3.0);
  }
}

void repeat_rows(ProofTable& table, const Cases& first, const Cases& again) {
  for (const std::string voi : {"FN", "TR", "IT", "TH"}) {
    for (const std::string what : {"cth", "cm", "cbmd", "ectd"}) {
      std::vector<std::vector<double>> repeats;
      std::vector<double> all;
      for (const CaseValues& one : first) {
        const Values* other = same_femur(again, one);
        const std::string key = "reported." + voi + "." + what;
        if (other == nullptr || !one.value.contains(key) || !other->contains(key)) continue;
        repeats.push_back({one.value.at(key), other->at(key)});
        all.push_back(test::mean(repeats.back()));
      }
      const std::string name = voi + " mean " + what + ", two scans, ";
      const bool judged = what == "cth";
      if (repeats.size() < persons_at_least) {
        if (judged) table.row(name + "RMS-CV, %", "<= 1.8", "not measured", "", false);
        if (judged) table.row(name + "ICC(2,1)", ">= 0.95", "not measured", "", false);
        continue;
      }
      const test::Precision precision = test::precision_of(repeats);
      if (!judged) {
        const bool density = what == "ectd";
        table.told(name + (density ? "RMS-SD, mg/cm3" : "RMS-CV, %"),
                   density ? text(precision.rms_sd, 2) : text(100.0 * precision.rms_cv, 2));
        continue;
      }
      const double cv = 100.0 * precision.rms_cv;
      const test::Interval interval = test::deviation_interval(cv, precision.degrees_of_freedom);
      table.row(name + "RMS-CV, %",
                "<= 1.8",
                text(cv, 2) + of_count(static_cast<double>(repeats.size())),
                text(interval.low, 2) + " .. " + text(interval.high, 2),
                cv <= 1.8);
      const test::Agreement agreement = test::icc_2_1(repeats);
      table.row(name + "ICC(2,1); population " + text(test::mean(all), 2) + " +- " +
                    text(test::standard_deviation(all), 2) + " mm",
                ">= 0.95",
                text(agreement.icc, 4),
                text(agreement.interval.low, 4) + " .. " + text(agreement.interval.high, 4),
                agreement.icc >= 0.95);
    }
  }
}

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
      const test::Interval interval = test::mean_interval(raw);
      table.row(row,
                ">= 80",
                text(test::mean(raw), 1) + " (SD " + text(test::standard_deviation(raw), 1) + ", least " +
                    text(*std::ranges::min_element(raw), 1) + ", n " + std::to_string(raw.size()) + ")",
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

// What a kernel that enhances edges does to values whose model knows none. [cbm 10.3]
void kernel_rows(ProofTable& table, double overshoot, const Cases& sharp) {
  const std::string name = "sharp kernel, overshoot " + text(100.0 * overshoot, 0) + " %: ";
  table.told(name + "femora not mapped",
             text(static_cast<double>(sharp.size()) - total(sharp, "mapped"), 0) + " of " +
                 std::to_string(sharp.size()));
  for (std::size_t b = 0; b < thickness_bands.size(); ++b) {
    const Spread error = spread(sharp, "band" + std::to_string(b));
    if (error.n < 50.0) continue;
    table.told(name + "CTh " + span_text(thickness_bands[b]) + ", bias / SD, mm",
               text(error.mean, 3) + " / " + text(error.sd, 3) + of_count(error.n));
  }
  const Spread cbmd = spread(sharp, "cbmd");
  const Spread ectd = spread(sharp, "ectd");
  table.told(name + "CBMD from 2 mm, %; ECTD, mg/cm3; invalid, %",
             text(cbmd.mean, 2) + "; " + text(ectd.mean, 2) + "; " +
                 text(100.0 * total(sharp, "failed") / std::max(1.0, total(sharp, "tried")), 2));
}

void bone_rows(ProofTable& table, const Cases& first) {
  std::vector<double> error;
  for (const CaseValues& one : first) {
    if (value_of(one.value, "bone.cbmd") > 0.0)
      error.push_back(100.0 * (one.value.at("bone.cbmd") / one.value.at("bone.true_cbmd") - 1.0));
  }
  told_mean(table, "cortical density of the bone (yc) against the one drawn, %", error, 2);
}

}  // namespace

void hip_rows(ProofTable& table,
              const HipProofSize& size,
              const std::string& column,
              const FemurResults& results) {
  const Cases first = variant_of(results, column, "first");
  const Cases defect = variant_of(results, column, "defect");
  vertex_rows(table, first);
  mesh_rows(table, first);
  means_rows(table, first);
  repeat_rows(table, first, variant_of(results, column, "again"));
  defect_rows(table, seen_defects(size, column, defect));
  density_rows(table, first, variant_of(results, column, "dense"));
  for (const double overshoot : overshoots)
    kernel_rows(table, overshoot, variant_of(results, column, sharp_variant(overshoot)));
  bone_rows(table, first);
}

}  // namespace focalhip::proof
