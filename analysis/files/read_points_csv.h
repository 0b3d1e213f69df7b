#pragma once

#include <filesystem>
#include <stdexcept>

#include "analysis/registration/points.h"

namespace focalhip {

// The sentence names file, line (where there is one) and reason.
class BadPointsFile : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One point a line: x,y,z. A first line without any number is a header; empty lines at the end do not count.
// Throws BadPointsFile: unreadable, above 256 MiB or 1,000,000 points, no point, a line that has not three
// numbers, a number that is not finite.
[[nodiscard]] Points read_points_csv(const std::filesystem::path& file);

}  // namespace focalhip
