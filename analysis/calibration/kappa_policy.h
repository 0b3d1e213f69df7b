#pragma once

#include <string>
#include <vector>

namespace focalhip {

// How hydroxyapatite-equivalent density follows from K2HPO4-equivalent density: HA = k * K2HPO4 + c.
// Published factors differ by 20 % [Goodsitt1992], so the rule belongs to every result (science qct 2.5).
enum class KappaRule {
  none,    // k = 1: the two scales are taken for one
  energy,  // k from the attenuation of both minerals at the effective energy of the scan
  fixed,   // k and c of the site
};

struct KappaPolicy {
  KappaRule rule = KappaRule::energy;
  // Of `fixed` only. k 0.5 .. 2; c -100 .. 100 mg/cm3 HA at no K2HPO4.
  double fixed_k = 1.0;
  double fixed_c_mg_cm3 = 0.0;

  friend bool operator==(const KappaPolicy&, const KappaPolicy&) = default;
};
[[nodiscard]] std::vector<std::string> problems_in(const KappaPolicy& policy);

// Names rule, its parameters and the version of its tables: "none/1", "energy/1", "fixed/1 k=1.16 c=0". Two
// results may be compared only if these texts are equal.
[[nodiscard]] std::string text_of(const KappaPolicy& policy);

struct Kappa {
  double k = 1.0;
  double c_mg_cm3 = 0.0;
};
[[nodiscard]] Kappa kappa_at(const KappaPolicy& policy, double effective_energy_kev);

}  // namespace focalhip
