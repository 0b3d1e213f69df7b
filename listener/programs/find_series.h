#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "listener/series/analyse_series.h"

namespace focalhip {

// What lies below a folder, sorted into the work `focalhip analyze` does.
struct FoundSeries {
  SeriesWork work;                // the best volume, or why there is none
  std::size_t files = 0;          // regular files looked at
  std::size_t dicom_objects = 0;  // of them DICOM objects that can be read
  // Set where files call themselves DICOM but none can be read: the code of the first one's problem.
  std::optional<NotMeasured> unreadable;
  std::int64_t newest_file_ms =
      0;  // UTC, last change of the files of `work`: stands in for the time of reception
};

// Told now and then how many of how many files were scanned; from several threads, one at a time.
using ScanListener = std::function<void(std::size_t done, std::size_t of)>;

// Reads `where` (a folder recursively, or one file). What is not DICOM is ignored; symbolic links to folders
// are not followed. Throws std::runtime_error when it cannot be listed.
[[nodiscard]] FoundSeries find_series(const std::filesystem::path& where,
                                      int threads,
                                      const ScanListener& on_scan);

}  // namespace focalhip
