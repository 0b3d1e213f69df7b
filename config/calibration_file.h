#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "config/load_config.h"

namespace focalhip {

// An entry of the site's calibration file and the line it starts in.
struct LocatedEntry {
  CalibrationEntry entry;
  int line = 0;
};

// All entries in the order of the file, or every problem at once.
[[nodiscard]] std::variant<std::vector<LocatedEntry>, std::vector<ConfigProblem>> load_calibration_file(
    const std::filesystem::path& file);

// One [[entry]] table with a comment line above it, as load_calibration_file reads it back to the last digit.
[[nodiscard]] std::string entry_text(const CalibrationEntry& entry);
// What a new file starts with.
[[nodiscard]] std::string calibration_file_header();

}  // namespace focalhip
