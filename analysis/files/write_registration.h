#pragma once

#include <filesystem>

#include "analysis/registration/register_points.h"

namespace focalhip {

// What `focalhip cpd` leaves in `folder`, which is made if need be: transformed.csv (header x,y,z; one point
// a line, in the order of the source) and result.json. Numbers are finite and read back as the same. Each
// file appears as a whole, result.json last. Throws std::runtime_error.
void write_registration(const std::filesystem::path& folder,
                        const CpdResult& result,
                        const CpdOptions& options);

}  // namespace focalhip
