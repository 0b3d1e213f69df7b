#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace focalhip {

// `focalhip config check FILE`: every problem, one a line, FILE:LINE: key: rule. `args` without program and
// command name. Exit status 0 or 2.
[[nodiscard]] int config_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors);

}  // namespace focalhip
