#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "config/node_config.h"

namespace focalhip {

struct ConfigProblem {
  std::filesystem::path file;
  int line = 0;                            // 0 = the whole file
  std::string key;                         // full key path, "peer[1].port"
  std::string rule;                        // what is wrong and what is allowed
  [[nodiscard]] std::string text() const;  // FILE:LINE: key: rule
};

// The whole configuration, or every problem at once (unknown keys are problems).
[[nodiscard]] std::variant<NodeConfig, std::vector<ConfigProblem>> load_config(
    const std::filesystem::path& file);

}  // namespace focalhip
