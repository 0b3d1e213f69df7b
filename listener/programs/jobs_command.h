#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace focalhip {

// `focalhip jobs list | show ID | retry ID | drop ID --config FILE [--json] [--accession X]`.
// `args` without program and command name. Prints no patient data. Exit status: 0 done, 1 internal failure or
// no such job, 2 wrong usage or configuration.
[[nodiscard]] int jobs_command(std::span<const std::string> args);
[[nodiscard]] int jobs_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors);

}  // namespace focalhip
