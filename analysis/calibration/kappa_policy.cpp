#include "analysis/calibration/kappa_policy.h"

#include "analysis/calibration/effective_energy.h"
#include "analysis/support/format_number.h"

namespace focalhip {

std::vector<std::string> problems_in(const KappaPolicy& policy) {
  std::vector<std::string> problems;
  if (!(policy.fixed_k >= 0.5 && policy.fixed_k <= 2.0)) problems.emplace_back("kappa: 0.5 to 2");
  if (!(policy.fixed_c_mg_cm3 >= -100.0 && policy.fixed_c_mg_cm3 <= 100.0)) {
    problems.emplace_back("kappa offset: -100 to 100 mg/cm3");
  }
  return problems;
}

// The number behind the slash grows whenever a rule gives other values than before.
std::string text_of(const KappaPolicy& policy) {
  switch (policy.rule) {
    case KappaRule::none:
      return "none/1";
    case KappaRule::energy:
      return "energy/1";
    case KappaRule::fixed:
      return "fixed/1 k=" + exact_text(policy.fixed_k) + " c=" + exact_text(policy.fixed_c_mg_cm3);
  }
  return {};
}

Kappa kappa_at(const KappaPolicy& policy, double effective_energy_kev) {
  switch (policy.rule) {
    case KappaRule::none:
      return {};
    case KappaRule::energy:
      return {.k = ha_per_k2hpo4(effective_energy_kev)};
    case KappaRule::fixed:
      return {.k = policy.fixed_k, .c_mg_cm3 = policy.fixed_c_mg_cm3};
  }
  return {};
}

}  // namespace focalhip
