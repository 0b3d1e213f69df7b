#include "analysis/registration/cpd_options.h"

namespace focalhip {

// Written so that NaN is a problem too.
std::vector<std::string> problems_in(const CpdOptions& options) {
  std::vector<std::string> problems;
  const auto require = [&](bool holds, const char* rule) {
    if (!holds) problems.emplace_back(rule);
  };
  const double w = options.outlier_weight;
  require(w >= 0.0 && w < 1.0, "outlier_weight must be at least 0 and below 1");
  require(options.kernel_width > 0.0 && options.kernel_width <= 1e6,
          "kernel_width must be above 0 and at most 1e6");
  require(options.smoothness > 0.0 && options.smoothness <= 1e9,
          "smoothness must be above 0 and at most 1e9");
  require(options.max_iterations >= 1, "max_iterations must be at least 1");
  require(options.tolerance >= 0.0 && options.tolerance < 1.0, "tolerance must be at least 0 and below 1");
  require(options.max_kernel_rank >= 1 && options.max_kernel_rank <= 5000,
          "max_kernel_rank must be 1 to 5000");
  require(options.threads >= 1, "threads must be at least 1");
  return problems;
}

}  // namespace focalhip
