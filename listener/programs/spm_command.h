#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace focalhip {

// `focalhip spm ...`: linear model and random field inference on plain files (usage: --help). `args` without
// program and command name. Exit status 0, 1, 2 (usage, files) or 3 (nothing can be tested).
[[nodiscard]] int spm_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors);

}  // namespace focalhip
