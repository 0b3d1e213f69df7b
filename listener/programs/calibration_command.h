#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace focalhip {

// `focalhip calibration enter SERIES_DIR ...` measures a scan of a phantom and adds it to the site's
// calibration file; `focalhip calibration check ...` lists the file with ages. `args` without program and
// command name. `today`: YYYYMMDD, for ages that --date does not give. Exit status 0, 1, 2 or 3 (phantom
// refused).
[[nodiscard]] int calibration_command(std::span<const std::string> args,
                                      const std::string& today,
                                      std::ostream& out,
                                      std::ostream& errors);

}  // namespace focalhip
