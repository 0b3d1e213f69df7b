#include "tests/proof/cortex_hips/hip_sums.h"

#include <algorithm>
#include <cmath>

#include "tests/support/agreement.h"

namespace focalhip::proof {

double value_of(const Values& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? 0.0 : found->second;
}

double total(const Cases& cases, const std::string& name) {
  double sum = 0.0;
  for (const CaseValues& one : cases) sum += value_of(one.value, name);
  return sum;
}

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

Spread spread(const Cases& cases, const std::string& name) {
  Spread s{.n = total(cases, name + ".n")};
  if (s.n < 2.0) return s;
  s.mean = total(cases, name + ".sum") / s.n;
  s.sd = std::sqrt(std::max(0.0, total(cases, name + ".squares") / s.n - s.mean * s.mean));
  return s;
}

std::string span_text(const Band& band) { return text(band.low, 2) + "-" + text(band.high, 2) + " mm"; }
std::string of_count(double n) { return " (n " + text(n, 0) + ")"; }

void told_mean(ProofTable& table, const std::string& name, const std::vector<double>& values, int decimals) {
  if (values.size() < 2) return table.told(name, "not measured");
  table.told(name,
             text(test::mean(values), decimals) + " (SD " + text(test::standard_deviation(values), decimals) +
                 ", n " + std::to_string(values.size()) + ")");
}

}  // namespace focalhip::proof
