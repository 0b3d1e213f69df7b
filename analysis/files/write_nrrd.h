#pragma once

#include <filesystem>

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// Label volume as NRRD0004 with attached header, gzip encoded, LPS space directions and origin in mm. Same
// volume, same bytes (no time stamps). Written beside its final name and renamed, so that a reader never sees
// half of it. Throws std::runtime_error naming the file.
void write_nrrd(const std::filesystem::path& file, const LabelVolume& volume);

}  // namespace focalhip
