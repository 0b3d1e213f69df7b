#include "tests/proof/cortex_hips/hip_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/proof/cortex_hips/change_rows.h"
#include "tests/proof/cortex_hips/hip_sums.h"
#include "tests/support/agreement.h"

namespace focalhip::proof {

namespace {

constexpr int persons_at_least = 3;  // for a row that needs a spread

// Bias against a limit, interval of the mean over femora.
void mean_row(ProofTable& table, const std::string& name, const std::vector<double>& errors, double most) {
  const std::string target = "+-" + text(most, 0);
  if (errors.size() < 4) return table.row(name, target, "not measured", "", false);
  const test::Interval interval = test::mean_interval(errors, persons_in(errors.size()));
  table.row(name,
            target,
            text(test::mean(errors), 2) + " (SD " + text(test::standard_deviation(errors), 2) + ", n " +
                std::to_string(errors.size()) + ")",
            text(interval.low, 2) + " .. " + text(interval.high, 2),
            std::abs(test::mean(errors)) <= most);
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
  std::vector<double> worst;
  for (std::size_t b = 0; b < thickness_bands.size(); ++b) {
    for (const CaseValues& one : first) {
      const Spread of_femur = spread({one}, "band" + std::to_string(b));
      if (of_femur.n >= 50.0) worst.push_back(of_femur.mean);
    }
  }
  if (!worst.empty()) {
    const auto [low, high] = std::ranges::minmax(worst);
    table.told("CTh bias of a band in a single femur, least .. most, mm (bands of 50 vertices and more)",
               text(low, 3) + " .. " + text(high, 3));
  }
  const double tried = total(first, "tried");
  const double invalid = tried > 0.0 ? 100.0 * total(first, "failed") / tried : 100.0;
  if (total(first, "without_truth") > 0.0) {
    table.told("vertices not compared, for nothing true is defined there (thin bone, cortex again), %",
               text(100.0 * total(first, "without_truth") / tried, 2));
  }
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
      const test::Interval interval =
          test::deviation_interval(cv, persons_in(static_cast<std::size_t>(precision.degrees_of_freedom)));
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
  vertex_rows(table, first);
  mesh_rows(table, first);
  means_rows(table, first);
  repeat_rows(table, first, variant_of(results, column, "again"));
  change_rows(table, size, column, results);
  bone_rows(table, first);
}

}  // namespace focalhip::proof
