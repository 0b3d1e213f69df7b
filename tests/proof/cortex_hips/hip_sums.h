#pragma once

#include <string>
#include <vector>

#include "tests/proof/cortex_hips/hip_values.h"
#include "tests/proof/femur/femur_results.h"
#include "tests/proof/proof_table.h"

// Sums over the femora of a column, and how they are printed.
namespace focalhip::proof {

using Cases = std::vector<CaseValues>;

// 0 where a femur has no such value.
[[nodiscard]] double value_of(const Values& values, const std::string& name);
[[nodiscard]] double total(const Cases& cases, const std::string& name);

// The cases of a variant, in the order of the persons, right before left.
[[nodiscard]] Cases variant_of(const FemurResults& results,
                               const std::string& column,
                               const std::string& variant);
// nullptr = not there.
[[nodiscard]] const Values* same_femur(const Cases& cases, const CaseValues& as);

// Of errors added as .n .sum .squares.
struct Spread {
  double n = 0.0;
  double mean = 0.0;
  double sd = 0.0;
};
[[nodiscard]] Spread spread(const Cases& cases, const std::string& name);

// Both femora of a person share noise, rods and body: intervals are as wide as if they were one.
[[nodiscard]] inline int persons_in(std::size_t femora) {
  return femora < 4 ? 1 : static_cast<int>(femora / 2);
}

[[nodiscard]] std::string span_text(const Band& band);
[[nodiscard]] std::string of_count(double n);
void told_mean(ProofTable& table, const std::string& name, const std::vector<double>& values, int decimals);

}  // namespace focalhip::proof
