#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace focalhip {

// `focalhip analyze SERIES_DIR --out DIR [options]`: the whole analysis without a network. `args` without
// program and command name. Exit status: 0 done, 1 internal failure, 2 wrong usage or configuration, 3
// nothing could be measured (report.json, sr.dcm and the page are still written). Never throws.
[[nodiscard]] int analyze_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors);

}  // namespace focalhip
