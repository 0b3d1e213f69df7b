#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "config/node_config.h"

namespace focalhip {

struct ConfigProblem {
  std::filesystem::path file;
  int line = 0;      // 0 = the whole file; text() prints 1, so that editors can follow it
  std::string key;   // full key path, "peer[1].port"; [0] is the first of its kind
  std::string rule;  // what is wrong and what is allowed
  [[nodiscard]] std::string text() const;  // FILE:LINE: key: rule
};

// The whole configuration, or every problem at once (unknown keys are problems). Relative paths are resolved
// against the file's folder. Nothing is created; only the files named (secret, atlases) must be readable.
[[nodiscard]] std::variant<NodeConfig, std::vector<ConfigProblem>> load_config(
    const std::filesystem::path& file);

// Every key the loader understands, sorted: "node.port", "peer[].host", "phantom[].rods[].water".
[[nodiscard]] std::vector<std::string> known_config_keys();

}  // namespace focalhip
