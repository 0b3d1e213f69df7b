#pragma once

#include <filesystem>

#include "analysis/files/input_error.h"
#include "analysis/registration/points.h"

namespace focalhip {

// One point a line: x,y,z; a first line in which nothing is a number is a header; read_numeric_csv() does the
// reading. InputError: unreadable, above 256 MiB or 1,000,000 points, no point, a line that has not three
// fields, a field that is not a finite number.
[[nodiscard]] Points read_points_csv(const std::filesystem::path& file);

}  // namespace focalhip
