#include "tests/proof/femur/femur_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "analysis/side/decide_side.h"
#include "tests/proof/femur/femur_rows.h"
#include "tests/support/agreement.h"

namespace focalhip::proof {

namespace {

using Group = std::vector<CaseValues>;

// Values of the enumeration SideState.
constexpr double suspicious_state = static_cast<double>(SideState::suspicious);
constexpr double fractured_state = static_cast<double>(SideState::fractured);
constexpr double metal_state = static_cast<double>(SideState::metal);

void landmark_rows(FemurRows& rows, const Group& main) {
  rows.quantile("head centre error, p95, mm", magnitudes(main, "head_mm"), 0.5);
  rows.quantile("head radius error, p95, mm", magnitudes(main, "radius_mm"), 0.4);
  const bool mesh = !values(main, "fitted_neck_deg").empty();
  const std::string by = mesh ? ", as METHODS.md defines it" : ", by the shape's parameters";
  rows.quantile("neck axis error" + by + ", p95, degrees", magnitudes(main, "neck_deg"), 2.0);
  rows.quantile("shaft axis error" + by + ", p95, degrees", magnitudes(main, "shaft_deg"), 1.0);
  rows.quantile("lesser trochanter, distal level error" + by + ", p95, mm", magnitudes(main, "lt_mm"), 2.0);
  if (mesh) {
    const std::string other = ", against the implicit shape that fits the bone, p95, ";
    rows.quantile("neck axis" + other + "degrees", magnitudes(main, "fitted_neck_deg"), 2.0);
    rows.quantile("shaft axis" + other + "degrees", magnitudes(main, "fitted_shaft_deg"), 1.0);
    // The surfaces end some 60 mm below the head's centre, above the trochanter's end: no truth, told only.
    rows.told_mean("lesser trochanter against the implicit shape that fits the bone, mm",
                   values(main, "fitted_lt_mm"));
  }
  rows.told_mean("lesser trochanter, distal level, mean error (+ = too distal), mm", values(main, "lt_mm"));
}

void outline_rows(FemurRows& rows, const Group& main) {
  rows.none("femora refused at grade A", flagged(main, "failed"), static_cast<int>(main.size()));
  rows.mean_at_least("Dice (joint >= 2 mm), mean", values(main, "dice"), 0.980, 4);
  rows.least("Dice, smallest", values(main, "dice"), 0.965, 4);
  rows.mean_at_most("surface ASD, mean, mm", values(main, "asd_mm"), 0.30);
  rows.mean_at_most(
      "surface distance, p95 of the vertices, mean of the femora, mm", values(main, "p95_mm"), 0.70);
  rows.told_mean("largest distance of a vertex, mean of the femora, mm", values(main, "worst_mm"));
  rows.bias("volume bias, %", values(main, "volume_percent"), 2.0);
}

void thin_rows(FemurRows& rows, const Group& thin) {
  rows.mean_at_most("cortex 0.5 mm, noise 40 HU: ASD, mm", values(thin, "asd_mm"), 0.40);
  rows.none("cortex 0.5 mm, noise 40 HU: failures", flagged(thin, "failed"), static_cast<int>(thin.size()));
}

// No side may vanish from a row because it was refused.
void refused_rows(FemurRows& rows, const FemurResults& results, const std::string& column) {
  for (const char* group : {"repeat", "rotation", "kvp", "narrow", "physics"}) {
    const Group cases = results.of(group, column);
    rows.none(
        std::string("femora refused, ") + group, flagged(cases, "failed"), static_cast<int>(cases.size()));
  }
  const Group main = results.of("main", column);
  rows.none("femora refused in one of two mirror images",
            flagged(main, "mirror.failed"),
            static_cast<int>(values(main, "mirror.failed").size()));
  int refused = 0;
  int tried = 0;
  for (const char* group : {"fracture", "fissure", "intact", "implant"}) {
    for (const CaseValues& one : results.of(group, column)) {
      ++tried;
      refused += one.value.contains("judged") && one.value.at("judged") == 0.0 ? 1 : 0;
    }
  }
  rows.told_rate("pairs refused before a side was chosen", refused, tried);
}

// Told beside the main rows: no target is set for a scanner the analysis has no model of.
void physics_rows(FemurRows& rows, const Group& physics) {
  const std::string name = "hardened beam, uneven blur, overshoot, uneven cortex: ";
  rows.told_mean(name + "head centre error, mm", values(physics, "head_mm"));
  rows.told_mean(name + "Dice", values(physics, "dice"));
  rows.told_mean(name + "ASD, mm", values(physics, "asd_mm"));
  rows.told_mean(name + "neck axis error, degrees", values(physics, "neck_deg"));
  for (const char* voi : {"TH", "FN", "TR", "IT"}) {
    rows.told_spread(name + voi + " vBMD bias, %", values(physics, std::string(voi) + ".vbmd_percent"));
  }
}

void narrow_rows(FemurRows& rows, const Group& narrow, const Group& main) {
  rows.rate("joint 1.0-1.9 mm: flagged", flagged(narrow, "narrow"), static_cast<int>(narrow.size()), 0.95);
  rows.mean_at_most("joint 1.0-1.9 mm: ASD outside the cap, mm", values(narrow, "noncap_mm"), 0.40);
  rows.told_mean("joint 1.0-1.9 mm: ASD of the cap, mm", values(narrow, "cap_mm"));
  rows.told_rate(
      "joint >= 2 mm: flagged all the same", flagged(main, "narrow"), static_cast<int>(main.size()));
}

void density_rows(FemurRows& rows, const Group& main) {
  for (const auto& [voi, most] :
       {std::pair{"TH", 1.5}, std::pair{"FN", 2.0}, std::pair{"TR", 2.0}, std::pair{"IT", 1.5}}) {
    rows.bias(std::string(voi) + " vBMD bias, %", values(main, std::string(voi) + ".vbmd_percent"), most);
  }
  for (const char* voi : {"TH", "FN", "TR", "IT"}) {
    rows.told_spread(std::string(voi) + " aBMD error, %", values(main, std::string(voi) + ".abmd_percent"));
    rows.told_spread(std::string(voi) + " volume error, %",
                     values(main, std::string(voi) + ".volume_percent"));
  }
}

void repeat_rows(FemurRows& rows, const Group& main, const Group& repeat) {
  for (const auto& [quantity, most] : {std::pair{"TH.vbmd", 0.8},
                                       std::pair{"FN.vbmd", 1.2},
                                       std::pair{"TH.abmd", 1.0},
                                       std::pair{"FN.abmd", 1.5}}) {
    rows.precision(
        std::string("repeat, RMS-CV of ") + quantity + ", %", joined(main, repeat, quantity), most);
  }
  for (const char* quantity : {"TH.vbmd", "FN.vbmd", "TH.abmd", "FN.abmd"}) {
    rows.agreement(std::string("repeat, ICC(2,1) of ") + quantity, joined(main, repeat, quantity), 0.98);
  }
  for (const char* voi : {"FN", "TR", "IT", "TH"}) {
    for (const char* quantity : {"vbmd", "trab", "cort", "abmd", "area", "bmc", "volume"}) {
      const std::string full = std::string(voi) + '.' + quantity;
      rows.told_change("least significant change of " + full, joined(main, repeat, full));
    }
  }
}

void rotation_rows(FemurRows& rows, const Group& main, const Group& rotation) {
  rows.deviation("FN aBMD, legs turned by -20 .. +20 degrees: SD, g/cm2",
                 joined(main, rotation, "FN.abmd"),
                 0.001,
                 0.012,
                 4);
}

void mirror_rows(FemurRows& rows, const Group& main) {
  std::vector<double> worst;
  for (const char* voi : {"TH", "FN", "TR", "IT"}) {
    for (const double value : magnitudes(main, std::string("mirror.") + voi)) worst.push_back(value);
  }
  rows.largest("mirrored voxels: vBMD of any region, largest change, %", worst, 0.3, 3);
  rows.largest("mirrored voxels: largest ASD, mm", magnitudes(main, "mirror.asd_mm"), 0.1, 3);
}

// Shift of TH vBMD at another tube voltage against 120 kVp, per person and side.
void kvp_rows(FemurRows& rows, const Group& main, const Group& kvp) {
  for (const char* voltage : {"100", "140"}) {
    std::vector<double> k2hpo4;
    std::vector<double> ha;
    std::vector<double> physical;
    for (const CaseValues& other : kvp) {
      if (other.of.variant != voltage) continue;
      const CaseValues* first = same_side(main, other);
      if (first == nullptr || !other.value.contains("TH.vbmd") || !first->value.contains("TH.vbmd")) continue;
      const auto ratio = [&](const char* a) { return other.value.at(a) / first->value.at(a); };
      k2hpo4.push_back(100.0 * (ratio("TH.vbmd") - 1.0));
      ha.push_back(100.0 * (ratio("TH.vbmd") * ratio("kappa") - 1.0));
      physical.push_back(100.0 * (1.0 / ratio("true_kappa") - 1.0));
    }
    const std::string name = std::string(voltage) + " kVp: TH vBMD shift, ";
    rows.bias(name + "HA equivalent, %", ha, 1.5);
    rows.told_mean(name + "K2HPO4 equivalent, %", k2hpo4);
    rows.told_mean(name + "as physics predicts for K2HPO4 (true kappa), %", physical);
  }
}

// Cases in which a value is what it shall be.
int counted(const Group& cases, const std::function<bool(const Values&)>& is) {
  return static_cast<int>(std::ranges::count_if(cases, [&](const CaseValues& one) { return is(one.value); }));
}

bool says(const Values& values, const char* name, double expected) {
  return values.contains(name) && values.at(name) == expected;
}

void fracture_rows(FemurRows& rows, const Group& displaced, const Group& fissure) {
  const auto found = [](const Values& v) {
    const bool right = says(v, "hurt", 0.0);
    return says(v, right ? "right" : "left", fractured_state) && says(v, "used", right ? 1.0 : 0.0);
  };
  const auto wrong = [](const Values& v) { return says(v, "wrong_side", 1.0); };
  const auto suspected = [](const Values& v) {
    const char* side = says(v, "hurt", 0.0) ? "right" : "left";
    return v.contains(side) && v.at(side) != 0.0;
  };
  const auto total = static_cast<int>(displaced.size());
  rows.rate("displaced fracture: found, and the other side used", counted(displaced, found), total, 0.98);
  rows.none("displaced fracture: the broken side used", counted(displaced, wrong), total);
  for (const auto& [low, high] : {std::pair{0.0, 8.0}, std::pair{8.0, 12.0}, std::pair{12.0, 1e3}}) {
    Group of_size = displaced;
    std::erase_if(of_size, [&](const CaseValues& one) {
      return !one.value.contains("moved_mm") || one.value.at("moved_mm") < low ||
             one.value.at("moved_mm") >= high;
    });
    const std::string span = high > 100.0 ? "12 mm or more" : low < 1.0 ? "less than 8 mm" : "8 to 12 mm";
    rows.told_rate("displaced by " + span + ": found, and the other side used",
                   counted(of_size, found),
                   static_cast<int>(of_size.size()));
  }
  for (const char* kind : {"undisplaced", "impacted"}) {
    Group of_kind = fissure;
    std::erase_if(of_kind, [&](const CaseValues& one) { return one.of.variant != kind; });
    const std::string name = std::string(kind) + " fracture: ";
    const auto n = static_cast<int>(of_kind.size());
    rows.told_rate(name + "found, and the other side used", counted(of_kind, found), n);
    rows.told_rate(name + "suspicious at least", counted(of_kind, suspected), n);
    rows.told_rate(name + "the broken side used", counted(of_kind, wrong), n);
  }
}

// Metal on every operated side, and the other one used; with metal on both, none.
bool implant_found(const Values& v) {
  const bool both = says(v, "hurt", 2.0);
  const bool right = both || says(v, "hurt", 0.0);
  const bool left = both || says(v, "hurt", 1.0);
  const bool right_is_right = !right || says(v, "right", metal_state);
  const bool left_is_right = !left || says(v, "left", metal_state);
  return right_is_right && left_is_right && says(v, "used", both ? -1.0 : right ? 1.0 : 0.0);
}

void intact_rows(FemurRows& rows, const Group& intact, const Group& implant) {
  const auto state = [](double wanted) {
    return [wanted](const Values& v) { return says(v, "right", wanted) || says(v, "left", wanted); };
  };
  const auto total = static_cast<int>(intact.size());
  rows.share_at_most("intact pairs called fractured", counted(intact, state(fractured_state)), total, 0.02);
  rows.told_rate(
      "intact pairs with a side called suspicious", counted(intact, state(suspicious_state)), total);
  rows.told_rate("intact pairs, right femur used",
                 counted(intact, [](const Values& v) { return says(v, "used", 0.0); }),
                 total);
  rows.rate("implant found, the other side used or none",
            counted(implant, implant_found),
            static_cast<int>(implant.size()),
            1.0);
}

void internal_rows(FemurRows& rows, const Group& internal) {
  rows.root_mean_square(
      "internal calibration: TH vBMD error, RMS, %", values(internal, "TH.vbmd_percent"), 8.0);
  rows.rate("internal calibration: measured, and the calibration graded C",
            flagged(internal, "internal"),
            static_cast<int>(internal.size()),
            1.0);
  rows.told_rate(
      "internal calibration: not possible", flagged(internal, "failed"), static_cast<int>(internal.size()));
}

void turned_rows(FemurRows& rows, const Group& turned) {
  const auto sum = [&](const char* name) {
    double total = 0.0;
    for (const double value : values(turned, name)) total += value;
    return static_cast<int>(total);
  };
  rows.rate("axis codes with axial images: read, sides right", sum("right_way"), sum("axial"), 1.0);
  rows.rate("axis codes without: refused as not axial", sum("refused"), sum("not_axial"), 1.0);
  rows.told_mean("prone: head centre error, mm", values(turned, "head_mm"));
}

void speed_rows(FemurRows& rows, const Group& speed) {
  rows.largest("512 x 512 x 300: segmentation and regions, both sides, 2 threads, s",
               sums(speed, {"segmentation_s", "densitometry_s"}),
               5.0,
               2);
  rows.largest("512 x 512 x 300: calibration, s", values(speed, "calibration_s"), 1.0, 2);
  rows.largest(
      "512 x 512 x 300: peak memory of the process, MiB", values(speed, "analyse_peak_mib"), 700.0, 0);
  for (const char* stage :
       {"calibration_s", "segmentation_s", "densitometry_s", "analyse_s", "series_mib", "peak_mib"}) {
    rows.told_mean(std::string("512 x 512 x 300: ") + stage, values(speed, stage));
  }
}

void side_rows(FemurRows& rows, const FemurResults& results, const std::string& column) {
  int wrong = 0;
  int judged = 0;
  for (const CaseValues& one : results.all()) {
    // An undisplaced fracture that is used is a known miss of its own row, not a wrong name.
    if (one.of.column != column || one.of.group == "fissure") continue;
    for (const char* name : {"wrong_side", "mirror.wrong_side"}) {
      if (!one.value.contains(name)) continue;
      ++judged;
      wrong += one.value.at(name) != 0.0 ? 1 : 0;
    }
  }
  rows.none("wrong side, all femora and choices of this proof", wrong, judged);
}

}  // namespace

void print_bones(std::ostream& out, const FemurResults& results) {
  const Group main = results.of("main", "mesh");
  std::set<int> bones;
  for (const CaseValues& one : main) bones.insert(one.of.bone);
  if (bones.empty()) return;
  constexpr std::array<std::pair<const char*, int>, 11> shown{{{"head_mm", 2},
                                                               {"radius_mm", 2},
                                                               {"neck_deg", 1},
                                                               {"shaft_deg", 1},
                                                               {"lt_mm", 1},
                                                               {"dice", 4},
                                                               {"asd_mm", 2},
                                                               {"volume_percent", 2},
                                                               {"TH.vbmd_percent", 1},
                                                               {"FN.vbmd_percent", 1},
                                                               {"TR.vbmd_percent", 1}}};
  out << "\nPer bone, mean of its femora\n\n| bone | femora";
  for (const auto& [quantity, decimals] : shown) out << " | " << quantity;
  out << " |\n|---|---";
  for (std::size_t i = 0; i < shown.size(); ++i) out << "|---";
  out << "|\n";
  for (const int bone : bones) {
    Group own = main;
    std::erase_if(own, [bone](const CaseValues& one) { return one.of.bone != bone; });
    out << "| " << bone << " | " << own.size();
    for (const auto& [quantity, decimals] : shown) {
      const std::vector<double> found = values(own, quantity);
      out << " | " << (found.empty() ? std::string("refused") : text(test::mean(found), decimals));
    }
    out << " |\n";
  }
}

bool print_femur_table(std::ostream& out,
                       const FemurResults& results,
                       const std::string& column,
                       const std::vector<FemurCase>& planned) {
  ProofTable table(out);
  FemurRows rows(table);
  const Group main = results.of("main", column);
  landmark_rows(rows, main);
  outline_rows(rows, main);
  thin_rows(rows, results.of("thin", column));
  narrow_rows(rows, results.of("narrow", column), main);
  density_rows(rows, main);
  repeat_rows(rows, main, results.of("repeat", column));
  rotation_rows(rows, main, results.of("rotation", column));
  mirror_rows(rows, main);
  kvp_rows(rows, main, results.of("kvp", column));
  fracture_rows(rows, results.of("fracture", column), results.of("fissure", column));
  intact_rows(rows, results.of("intact", column), results.of("implant", column));
  internal_rows(rows, results.of("internal", column));
  turned_rows(rows, results.of("turned", column));
  speed_rows(rows, results.of("speed", column));
  refused_rows(rows, results, column);
  physics_rows(rows, results.of("physics", column));
  side_rows(rows, results, column);
  const auto of_column = [&](const FemurCase& one) { return one.column == column; };
  const auto there = [&](const FemurCase& one) { return of_column(one) && results.has(one); };
  const auto asked = std::ranges::count_if(planned, of_column);
  const auto measured = std::ranges::count_if(planned, there);
  table.row("series measured, of those planned",
            "all",
            std::to_string(measured) + " of " + std::to_string(asked),
            "",
            measured == asked);
  return table.all_met();
}

void print_worst(std::ostream& out, const FemurResults& results, const std::string& column) {
  constexpr std::size_t shown = 4;
  for (const auto& [group, quantity] : {std::pair{"main", "head_mm"},
                                        std::pair{"main", "radius_mm"},
                                        std::pair{"main", "neck_deg"},
                                        std::pair{"main", "shaft_deg"},
                                        std::pair{"main", "lt_mm"},
                                        std::pair{"main", "asd_mm"},
                                        std::pair{"main", "cap_mm"},
                                        std::pair{"main", "p95_mm"},
                                        std::pair{"main", "worst_mm"},
                                        std::pair{"main", "volume_percent"},
                                        std::pair{"main", "TH.vbmd_percent"},
                                        std::pair{"main", "FN.vbmd_percent"},
                                        std::pair{"main", "TR.vbmd_percent"},
                                        std::pair{"main", "IT.vbmd_percent"},
                                        std::pair{"main", "FN.volume_percent"},
                                        std::pair{"main", "TR.volume_percent"},
                                        std::pair{"main", "IT.volume_percent"},
                                        std::pair{"main", "joint_error_mm"},
                                        std::pair{"thin", "asd_mm"},
                                        std::pair{"narrow", "noncap_mm"},
                                        std::pair{"narrow", "cap_mm"},
                                        std::pair{"narrow", "joint_error_mm"}}) {
    Group cases = results.of(group, column);
    std::erase_if(cases, [&](const CaseValues& one) { return !one.value.contains(quantity); });
    if (cases.empty()) continue;
    std::ranges::sort(
        cases, std::greater{}, [&](const CaseValues& one) { return std::abs(one.value.at(quantity)); });
    out << group << ' ' << quantity << ':';
    for (std::size_t i = 0; i < std::min(shown, cases.size()); ++i) {
      const CaseValues& one = cases[i];
      out << ' ' << text(one.value.at(quantity), 2) << " (" << one.of.seed;
      if (one.of.bone != 0) out << " bone " << one.of.bone;
      out << ' ' << one.side << ')';
    }
    out << '\n';
  }
  for (const CaseValues& one : results.all()) {
    if (one.of.column != column || !one.value.contains("failed") || one.value.at("failed") == 0.0) continue;
    out << "refused: " << one.of.group << ' ' << one.of.seed << " bone " << one.of.bone << ' '
        << one.of.variant << ' ' << one.side << '\n';
  }
}

}  // namespace focalhip::proof
