#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace focalhip {

// `focalhip mannwhitney TABLE.csv ...` (usage: --help). Exit status 0, 1, 2 (usage, files) or 3.
[[nodiscard]] int mannwhitney_command(std::span<const std::string> args,
                                      std::ostream& out,
                                      std::ostream& errors);

}  // namespace focalhip
