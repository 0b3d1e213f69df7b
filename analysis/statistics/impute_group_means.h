#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace focalhip {

// Missing values replaced by the mean of the values there are in the same group (the paper's method; it
// shrinks the SD, and where the groups follow the outcome it lets the outcome into the covariate [spm 10]).
// Empty where the whole group is missing. `groups[i]`: the name of value i's group.
[[nodiscard]] std::vector<std::optional<double>> impute_group_means(
    std::span<const std::optional<double>> values, std::span<const std::string> groups);

}  // namespace focalhip
