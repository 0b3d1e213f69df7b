#pragma once

#include <ostream>

#include "tests/proof/femur/femur_results.h"

namespace focalhip::proof {

// The rows of science qct 8.2 of one column (implicit or mesh) from what has been measured; true: all met.
// A row without measurements counts as MISSED, and so does a plan that is not measured to its end.
[[nodiscard]] bool print_femur_table(std::ostream& out,
                                     const FemurResults& results,
                                     const std::string& column,
                                     const std::vector<FemurCase>& planned);

// The main figures of every real bone.
void print_bones(std::ostream& out, const FemurResults& results);

// The largest errors of every row, with person and bone, for whoever improves the code.
void print_worst(std::ostream& out, const FemurResults& results, const std::string& column);

}  // namespace focalhip::proof
