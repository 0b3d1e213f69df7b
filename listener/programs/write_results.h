#pragma once

#include <filesystem>

#include "listener/series/analyse_series.h"

namespace focalhip {

// Writes what `focalhip analyze` promises into a folder: <side>/mask.nrrd and voi.nrrd, sc-*.dcm, sr.dcm, and
// report.json last. Results of an earlier run are removed first, other files stay. Throws std::runtime_error.
void write_results(const std::filesystem::path& folder, const AnalysedSeries& analysed);

// The same when not even a header could be read: report.json alone.
void write_report_only(const std::filesystem::path& folder, const HipReport& report);

}  // namespace focalhip
