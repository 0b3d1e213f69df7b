#include "tests/proof/femur/run_femur_case.h"

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>

#include "tests/proof/femur/femur_experiments.h"

namespace focalhip::proof {

namespace {

constexpr std::uint64_t mesh_seeds = 100000;  // above those of the implicit persons

using Runner = std::function<CaseResults(const FemurCase&, const FemurProofSize&)>;
const std::map<std::string, Runner>& runners() {
  static const std::map<std::string, Runner> all{{"main", run_main},
                                                 {"repeat", run_repeat},
                                                 {"rotation", run_rotation},
                                                 {"kvp", run_kvp},
                                                 {"thin", run_thin},
                                                 {"narrow", run_narrow},
                                                 {"physics", run_physics},
                                                 {"internal", run_internal},
                                                 {"intact", run_intact},
                                                 {"fracture", run_fracture},
                                                 {"fissure", run_fissure},
                                                 {"implant", run_implant},
                                                 {"turned", run_turned},
                                                 {"speed", run_speed}};
  return all;
}

// How many of each column, when 50 persons, 14 mesh-based ones (28 hips) and 300 pairs are asked for; seeds
// of their own, or main's where a series is compared with main's.
struct GroupPlan {
  std::string group;
  std::uint64_t seed_offset;
  int persons;
  int meshes;
  bool by_pairs;  // scaled by the pairs asked for instead of persons and meshes
  std::vector<std::string> variants;
  std::size_t dealt = 0;  // variants of one person, dealt in turn; 0 = all
};
const std::vector<GroupPlan>& group_plans() {
  static const std::vector<GroupPlan> plans{{"main", 0, 50, 14, false, {"first"}},
                                            {"repeat", 0, 20, 14, false, {"again"}},
                                            {"rotation", 0, 10, 10, false, {"-20", "20", "-10", "10"}, 2},
                                            {"kvp", 0, 4, 10, false, {"100", "140"}},
                                            {"thin", 1000, 5, 10, false, {"thin"}},
                                            {"narrow", 2000, 10, 10, false, {"narrow"}},
                                            {"physics", 6000, 4, 10, false, {"physics"}},
                                            {"internal", 3000, 20, 10, false, {"tissues"}},
                                            {"fracture", 30000, 300, 100, true, {"displaced"}},
                                            {"fissure", 40000, 32, 10, true, {"undisplaced", "impacted"}},
                                            {"intact", 10000, 300, 100, true, {"intact"}},
                                            {"implant", 20000, 60, 20, true, {"implant"}},
                                            {"turned", 4000, 4, 2, false, {"axis codes", "prone"}},
                                            {"speed", 5000, 1, 1, false, {"300 slices"}}};
  return plans;
}

// A part of what is planned, at least one where something is asked for.
int scaled(int planned, int asked, int full) {
  return asked == 0 ? 0 : std::max(1, (planned * asked + full / 2) / full);
}

void add_cases(const GroupPlan& plan,
               const std::string& column,
               int count,
               const FemurProofSize& size,
               std::vector<FemurCase>& cases) {
  constexpr int bones = 10;
  const bool mesh = column == "mesh";
  const std::size_t of_a_person = plan.dealt > 0 ? plan.dealt : plan.variants.size();
  for (int i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < of_a_person; ++k) {
      const std::string& variant =
          plan.variants[(static_cast<std::size_t>(i) * of_a_person + k) % plan.variants.size()];
      cases.push_back({.group = plan.group,
                       .column = column,
                       .bone = mesh ? 1 + i % bones : 0,
                       .seed = size.first_seed + plan.seed_offset + (mesh ? mesh_seeds : 0) +
                               static_cast<std::uint64_t>(i),
                       .variant = variant});
    }
  }
}

}  // namespace

const std::vector<std::string>& femur_groups() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const GroupPlan& plan : group_plans()) all.push_back(plan.group);
    return all;
  }();
  return names;
}

std::vector<FemurCase> planned_cases(const FemurProofSize& size) {
  std::vector<FemurCase> cases;
  for (const GroupPlan& plan : group_plans()) {
    if (!size.groups.empty() && std::ranges::find(size.groups, plan.group) == size.groups.end()) continue;
    const FemurProofSize full;
    const auto count = [&](int planned, int asked, int all) {
      return plan.by_pairs ? scaled(planned, size.pairs, full.pairs) : scaled(planned, asked, all);
    };
    add_cases(plan,
              "implicit",
              size.persons == 0 ? 0 : count(plan.persons, size.persons, full.persons),
              size,
              cases);
    if (size.meshes_folder.empty() || size.meshes == 0) continue;
    add_cases(plan, "mesh", count(plan.meshes, size.meshes, full.meshes), size, cases);
  }
  return cases;
}

std::vector<CaseValues> run_femur_case(const FemurCase& one, const FemurProofSize& size) {
  const auto found = runners().find(one.group);
  if (found == runners().end()) throw std::invalid_argument("no experiment " + one.group);
  return found->second(one, size);
}

}  // namespace focalhip::proof
