#include "analysis/statistics/impute_group_means.h"

#include <map>
#include <utility>

#include "analysis/support/expects.h"

namespace focalhip {

std::vector<std::optional<double>> impute_group_means(std::span<const std::optional<double>> values,
                                                      std::span<const std::string> groups) {
  expects(values.size() == groups.size(), "a group for each value");
  std::map<std::string, std::pair<double, int>> sums;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    auto& [sum, count] = sums[groups[i]];
    sum += *values[i];
    ++count;
  }
  std::vector<std::optional<double>> filled(values.begin(), values.end());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto found = sums.find(groups[i]);
    if (!filled[i] && found != sums.end()) filled[i] = found->second.first / found->second.second;
  }
  return filled;
}

}  // namespace focalhip
