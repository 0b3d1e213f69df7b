// The cortical map of simulated hips from end to end against the truth measured along the normals; focal
// defects; regional means of a population; repeated scans. Exit status 1 when a target is missed.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include "analysis/support/parallel_for.h"
#include "testdata/simulator/person_changes.h"
#include "tests/proof/cortex_hips/mapped_hip.h"
#include "tests/proof/femur/simulated_person.h"
#include "tests/proof/proof_table.h"
#include "tests/support/agreement.h"

namespace focalhip::proof {
namespace {

namespace sim = simulator;

struct Size {
  int persons = 12;  // implicit
  int meshes = 0;    // persons who wear real bones
  int rescans = 8;   // of the persons, scanned once more
  int defects = 6;   // of the persons, scanned with defects
  int threads = 2;
  std::uint64_t first_seed = 740000;
  FemurProofSize bones;  // where the real bones are
};

struct Person {
  std::uint64_t seed = 0;
  std::string column;
  sim::HipParameters hip;
  std::array<MappedFemur, 2> first;
  std::array<MappedFemur, 2> again;  // another day
  std::array<MappedFemur, 2> defective;
  double defect_fwhm_mm = 0.0;
  double defect_depth = 0.0;
};

constexpr std::array losses{1.0, 0.85, 0.7};

sim::HipParameters drawn(const Person& person, const Size& size, int number) {
  const FemurCase one{.group = "cortex",
                      .column = person.column,
                      .bone = person.column == "mesh" ? 1 + number % 10 : 0,
                      .seed = person.seed,
                      .variant = {}};
  return with_bone_loss(person_of(one, size.bones), losses[static_cast<std::size_t>(number) % losses.size()]);
}

// Defects where hips lose bone: superior-anterior neck and the front between the trochanters, at vertices of
// the true surface. [qct 6.2]
sim::HipParameters with_defects(sim::HipParameters hip, double fwhm_mm, double depth) {
  for (sim::FemurParameters* f : {&hip.right, &hip.left}) {
    const sim::FemurShape shape(*f);
    const sim::Vec3 neck = shape.neck_direction();
    const sim::Vec3 superior = shape.neck_superior();
    const sim::Vec3 anterior{0.0, 1.0, 0.0};
    const auto on_surface = [&](sim::Vec3 from, sim::Vec3 direction) {
      double reach = 0.0;
      while (reach < 60.0 && shape.distance_mm(from + reach * direction) < 0.0) reach += 0.1;
      return from + reach * direction;
    };
    const sim::Vec3 diagonal = 0.7071 * (superior + anterior);
    f->defects = {
        {.centre_femur_mm = on_surface(0.55 * f->neck_length_mm * neck, diagonal),
         .fwhm_mm = fwhm_mm,
         .depth = depth},
        {.centre_femur_mm = on_surface({0.0, 0.0, -8.0}, anterior), .fwhm_mm = fwhm_mm, .depth = depth}};
  }
  return hip;
}

void measure(Person& person, const Size& size, int number) {
  person.hip = drawn(person, size, number);
  const sim::Protocol protocol = grade_a_protocol(person.hip);
  person.first = map_hip(person.hip, protocol, person.seed);
  if (number < size.rescans) {
    const sim::HipParameters again = sim::repositioned(person.hip, person.seed + 17);
    person.again = map_hip(again, grade_a_protocol(again), person.seed + 1000000);
  }
  if (number < size.defects) {
    constexpr std::array widths{8.0, 12.0, 15.0};
    constexpr std::array depths{0.2, 0.3, 0.4};
    person.defect_fwhm_mm = widths[static_cast<std::size_t>(number) % 3];
    person.defect_depth = depths[static_cast<std::size_t>(number / 3 + number) % 3];
    person.defective =
        map_hip(with_defects(person.hip, person.defect_fwhm_mm, person.defect_depth), protocol, person.seed);
  }
}

struct Band {
  double low;
  double high;
};
constexpr std::array bands{Band{0.0, 0.5},
                           Band{0.5, 0.75},
                           Band{0.75, 1.0},
                           Band{1.0, 1.5},
                           Band{1.5, 2.0},
                           Band{2.0, 3.0},
                           Band{3.0, 4.5},
                           Band{4.5, 9.0}};

struct Sums {
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  void add(double x) {
    n += 1.0;
    sum += x;
    squares += x * x;
  }
  [[nodiscard]] double mean() const { return n > 0.0 ? sum / n : 0.0; }
  [[nodiscard]] double sd() const {
    return n > 1.0 ? std::sqrt(std::max(0.0, squares / n - mean() * mean())) : 0.0;
  }
};

std::string span_text(const Band& band) { return text(band.low, 2) + "-" + text(band.high, 2) + " mm"; }

void vertex_rows(ProofTable& table, const std::vector<Person>& persons) {
  std::array<Sums, bands.size()> thickness;
  Sums ectd;
  Sums cbmd;
  int failed = 0;
  int tried = 0;
  int femora = 0;
  int lost = 0;
  for (const Person& person : persons) {
    for (const MappedFemur& femur : person.first) {
      ++femora;
      lost += femur.failure.empty() ? 0 : 1;
      for (const VertexPair& v : femur.vertices) {
        if (v.cap || v.state == VertexState::left_out) continue;
        ++tried;
        failed += v.state == VertexState::failed ? 1 : 0;
        if (v.state != VertexState::measured || !v.truth_valid) continue;
        for (std::size_t b = 0; b < bands.size(); ++b) {
          if (v.true_cth_mm >= bands[b].low && v.true_cth_mm < bands[b].high)
            thickness[b].add(v.cth_mm - v.true_cth_mm);
        }
        ectd.add(v.ectd - v.true_ectd);
        if (v.true_cth_mm >= 2.0) cbmd.add(100.0 * (v.cbmd / v.true_cbmd - 1.0));
      }
    }
  }
  table.none("femora whose cortex was not mapped", lost, femora);
  for (std::size_t b = 0; b < bands.size(); ++b) {
    if (thickness[b].n < 50.0) continue;
    const double middle = 0.5 * (bands[b].low + bands[b].high);
    const double most_sd = bands[b].high <= 2.0 ? 0.20 : 0.10 * middle;
    table.row("CTh " + span_text(bands[b]) + ", bias / SD, mm",
              "<= 0.05 / " + text(most_sd, 2),
              text(thickness[b].mean(), 3) + " / " + text(thickness[b].sd(), 3) + " (n " +
                  text(thickness[b].n, 0) + ")",
              "",
              std::abs(thickness[b].mean()) <= 0.05 && thickness[b].sd() <= most_sd);
  }
  const double share = tried > 0 ? 100.0 * failed / tried : 100.0;
  table.row("invalid, %", "<= 2", text(share, 2), "", share <= 2.0);
  table.row("ECTD bias (SD), mg/cm3",
            "<= 10",
            text(ectd.mean(), 2) + " (" + text(ectd.sd(), 1) + ")",
            "",
            std::abs(ectd.mean()) <= 10.0);
  table.row("CBMD bias (SD) where the cortex has 2 mm, %",
            "<= 3",
            text(cbmd.mean(), 2) + " (" + text(cbmd.sd(), 2) + ")",
            "",
            std::abs(cbmd.mean()) <= 3.0);
}

// Area-weighted means of a region, measured and true, over the same vertices.
struct RegionPair {
  double area = 0.0;
  double cth = 0.0;
  double true_cth = 0.0;
  double ectd = 0.0;
  double true_ectd = 0.0;
  double cbmd = 0.0;
  double true_cbmd = 0.0;
};
RegionPair region_of(const MappedFemur& femur, SurfaceRegion region) {
  RegionPair pair;
  for (const VertexPair& v : femur.vertices) {
    if (v.region != region || v.state != VertexState::measured || !v.truth_valid) continue;
    pair.area += v.area_mm2;
    pair.cth += v.area_mm2 * v.cth_mm;
    pair.true_cth += v.area_mm2 * v.true_cth_mm;
    pair.ectd += v.area_mm2 * v.ectd;
    pair.true_ectd += v.area_mm2 * v.true_ectd;
    pair.cbmd += v.area_mm2 * v.cbmd;
    pair.true_cbmd += v.area_mm2 * v.true_cbmd;
  }
  return pair;
}

void region_rows(ProofTable& table, const std::vector<Person>& persons) {
  const std::map<SurfaceRegion, std::string> names{
      {SurfaceRegion::fn, "FN"}, {SurfaceRegion::tr, "TR"}, {SurfaceRegion::it, "IT"}};
  for (const auto& [region, name] : names) {
    std::vector<double> cth;
    std::vector<double> ectd;
    std::vector<double> cbmd;
    for (const Person& person : persons) {
      for (const MappedFemur& femur : person.first) {
        const RegionPair pair = region_of(femur, region);
        if (!(pair.area > 0.0)) continue;
        cth.push_back(100.0 * (pair.cth / pair.true_cth - 1.0));
        ectd.push_back((pair.ectd - pair.true_ectd) / pair.area);
        cbmd.push_back(100.0 * (pair.cbmd / pair.true_cbmd - 1.0));
      }
    }
    const auto judge = [&](const std::string& what, const std::vector<double>& errors, double most) {
      if (errors.size() < 2) return table.row(what, "<= " + text(most, 0), "not measured", "", false);
      const test::Interval interval = test::mean_interval(errors);
      table.row(what,
                "<= " + text(most, 0),
                text(test::mean(errors), 2) + " (SD " + text(test::standard_deviation(errors), 2) + ", n " +
                    std::to_string(errors.size()) + ")",
                text(interval.low, 2) + " .. " + text(interval.high, 2),
                std::abs(test::mean(errors)) <= most);
    };
    judge(name + " mean CTh of the population, measured minus true, %", cth, 5.0);
    judge(name + " mean ECTD, mg/cm3", ectd, 10.0);
    judge(name + " mean CBMD, %", cbmd, 3.0);
  }
}

void repeat_rows(ProofTable& table, const std::vector<Person>& persons) {
  const std::array names{"FN", "TR", "IT", "TH"};
  for (std::size_t voi = 0; voi < names.size(); ++voi) {
    std::vector<std::vector<double>> repeats;
    for (const Person& person : persons) {
      for (std::size_t side = 0; side < 2; ++side) {
        const auto& one = person.first[side].regions[voi];
        const auto& two = person.again[side].regions[voi];
        if (one && two) repeats.push_back({one->cth_mm, two->cth_mm});
      }
    }
    const std::string name = std::string(names[voi]) + " mean CTh, two scans, RMS-CV, %";
    if (repeats.size() < 3) {
      table.row(name, "<= 1.8", "not measured", "", false);
      continue;
    }
    std::vector<double> cvs;
    std::vector<double> all;
    for (const auto& pair : repeats) {
      cvs.push_back(100.0 * test::standard_deviation(pair) / test::mean(pair));
      all.push_back(test::mean(pair));
    }
    const double cv = test::root_mean_square(cvs);
    const test::Interval interval = test::deviation_interval(cv, static_cast<int>(cvs.size()));
    table.row(name,
              "<= 1.8",
              text(cv, 2) + " (n " + std::to_string(cvs.size()) + ")",
              text(interval.low, 2) + " .. " + text(interval.high, 2),
              cv <= 1.8);
    const test::Agreement agreement = test::icc_2_1(repeats);
    table.row(std::string(names[voi]) + " mean CTh, ICC(2,1); SD of the population " +
                  text(test::standard_deviation(all), 2) + " mm",
              ">= 0.95",
              text(agreement.icc, 4),
              text(agreement.interval.low, 4) + " .. " + text(agreement.interval.high, 4),
              agreement.icc >= 0.95);
  }
}

// Loss of thickness over the area where the true loss is at least half of its largest.
void defect_rows(ProofTable& table, const std::vector<Person>& persons) {
  std::map<double, std::vector<double>> recovered;
  for (const Person& person : persons) {
    if (person.defect_fwhm_mm <= 0.0) continue;
    for (std::size_t side = 0; side < 2; ++side) {
      const MappedFemur& whole = person.first[side];
      const MappedFemur& thin = person.defective[side];
      if (!whole.failure.empty() || !thin.failure.empty()) continue;
      const std::size_t count = std::min(whole.truth.cortex.size(), thin.truth.cortex.size());
      double largest = 0.0;
      for (std::size_t v = 0; v < count; ++v) {
        if (whole.truth.cortex[v].valid && thin.truth.cortex[v].valid) {
          largest = std::max(largest, whole.truth.cortex[v].cth_mm - thin.truth.cortex[v].cth_mm);
        }
      }
      double true_loss = 0.0;
      double seen_loss = 0.0;
      for (std::size_t v = 0; v < count; ++v) {
        const double loss = whole.truth.cortex[v].cth_mm - thin.truth.cortex[v].cth_mm;
        const double seen = whole.cth_at_truth[v] - thin.cth_at_truth[v];
        if (!whole.truth.cortex[v].valid || !thin.truth.cortex[v].valid || !std::isfinite(seen) ||
            loss < 0.5 * largest)
          continue;
        true_loss += loss;
        seen_loss += seen;
      }
      if (true_loss > 0.0) recovered[person.defect_fwhm_mm].push_back(100.0 * seen_loss / true_loss);
    }
  }
  for (const double width : {8.0, 12.0, 15.0}) {
    const std::vector<double>& shares = recovered[width];
    const std::string name = "defect of " + text(width, 0) + " mm, contrast recovered in the raw map, %";
    if (shares.empty()) {
      if (width < 12.0) {
        table.told(name, "not measured");
      } else {
        table.row(name, ">= 80", "not measured", "", false);
      }
      continue;
    }
    const std::string found = text(test::mean(shares), 1) + " (SD " +
                              text(test::standard_deviation(shares), 1) + ", n " +
                              std::to_string(shares.size()) + ")";
    if (width < 12.0) {
      table.told(name, found);
    } else {
      table.row(name, ">= 80", found, "", test::mean(shares) >= 80.0);
    }
  }
}

bool print_column(const std::string& column, const std::vector<Person>& persons) {
  std::cout << "\n" << column << "\n\n";
  ProofTable table(std::cout);
  vertex_rows(table, persons);
  region_rows(table, persons);
  repeat_rows(table, persons);
  defect_rows(table, persons);
  return table.all_met();
}

}  // namespace
}  // namespace focalhip::proof

int main(int argc, char** argv) {
  using namespace focalhip;
  using namespace focalhip::proof;
  Size size;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const int value = std::atoi(argv[i + 1]);
    if (option == "--persons") size.persons = value;
    if (option == "--meshes") size.meshes = value;
    if (option == "--rescans") size.rescans = value;
    if (option == "--defects") size.defects = value;
    if (option == "--threads") size.threads = value;
    if (option == "--first-seed") size.first_seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--meshes-folder") size.bones.meshes_folder = argv[i + 1];
  }
  bool all_met = true;
  for (const std::string column : {"mesh", "implicit"}) {
    std::vector<Person> persons(static_cast<std::size_t>(column == "mesh" ? size.meshes : size.persons));
    std::atomic<int> done{0};
    parallel_for(static_cast<int>(persons.size()), size.threads, [&](int i) {
      Person& person = persons[static_cast<std::size_t>(i)];
      person.seed = size.first_seed + static_cast<std::uint64_t>(i) + (column == "mesh" ? 5000 : 0);
      person.column = column;
      measure(person, size, i);
      std::cerr << column << ' ' << ++done << " of " << persons.size() << '\n';
    });
    if (!persons.empty() && !print_column(column, persons)) all_met = false;
  }
  return all_met ? 0 : 1;
}
