#pragma once

#include <span>
#include <string>

namespace focalhip {

// `focalhip listen --config FILE` and `focalhip work --config FILE`; `args` without program and command name.
// Exit status: 0 clean end after SIGTERM, 1 cannot start, 2 wrong usage or configuration (every problem is
// printed).
[[nodiscard]] int listen_command(std::span<const std::string> args);
[[nodiscard]] int work_command(std::span<const std::string> args);

}  // namespace focalhip
