#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace focalhip {

// `focalhip cpd SOURCE.csv TARGET.csv --mode ... --out DIR`: Coherent Point Drift on plain files. `args`
// without program and command name. Exit status 0, 1, 2 (usage, files) or 3 (points that cannot be
// registered).
[[nodiscard]] int cpd_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors);

}  // namespace focalhip
