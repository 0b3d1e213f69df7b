#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"
#include "listener/spool/scanned_instance.h"

namespace focalhip {

// Slices that form one axial volume: same series, orientation, matrix, spacing, kernel, acquisition.
struct VolumeCandidate {
  std::vector<ScannedInstance>
      slices;  // sorted caudal to cranial by position along the normal; duplicates dropped
  std::string series_instance_uid;
  double slice_spacing_mm = 0.0;  // median
  double extent_mm = 0.0;         // first to last slice centre
  Grade grade = Grade::a;         // by qct 1.2: spacing, thickness, pixel size, kVp
  std::vector<QualityNote> notes;
  std::optional<NotMeasured>
      problem;  // set: cannot be measured (missing slices, too coarse, tilt, not HU ...)
  bool geometrically_complete = false;  // uniform spacing, no gap, extent >= 110 mm
  std::string content_digest;           // order independent digest of the slices' pixel digests
};

struct StudyVolumes {
  std::vector<VolumeCandidate> candidates;  // best first
  std::vector<std::string> ignored;  // localizers, secondary captures, reports ...: one plain line per series
  // Line for each candidate that is not the first: "series 3 (2.50 mm, FC30): thicker slices".
  [[nodiscard]] std::vector<std::string> other_series() const;
};

// Sorts whatever was received of one study into volumes (qct 1.1, 1.2). Choice: best grade, smallest slice
// spacing, softest kernel, latest acquisition.
[[nodiscard]] StudyVolumes group_volumes(std::span<const ScannedInstance> instances);

}  // namespace focalhip
