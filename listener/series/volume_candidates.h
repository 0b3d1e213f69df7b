#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"
#include "listener/spool/scanned_instance.h"

namespace focalhip {

// Slices that form one axial volume: same series, frame of reference, orientation, matrix, spacing,
// thickness, kernel, tube voltage, stack; acquisitions are separated where their slices overlap. A slice is a
// single-frame object or one frame of an Enhanced CT object.
struct VolumeCandidate {
  std::vector<ScannedInstance>
      slices;  // sorted caudal to cranial by position along the normal; duplicates dropped
  std::string series_instance_uid;
  double slice_spacing_mm = 0.0;  // median
  double extent_mm = 0.0;         // first to last slice centre
  // By qct 1.2: spacing, thickness, pixel size, kVp, kernel. R alone is no `problem`: the analysis refuses
  // such a volume itself, with pictures.
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;       // of the intake: DUPLICATES_DROPPED
  std::optional<NotMeasured> problem;   // set: no CtVolume can be made (missing slices, tilt, not HU ...)
  bool geometrically_complete = false;  // uniform spacing, no gap, extent >= 110 mm
  std::string content_digest;           // order independent digest of the slices' pixel digests; empty when
                                        // one of them is

  // Of the slices, each once: the frames of a multi-frame object share one.
  [[nodiscard]] std::vector<std::filesystem::path> files() const;
};

struct StudyVolumes {
  std::vector<VolumeCandidate> candidates;  // best first
  std::vector<std::string> ignored;  // localizers, secondary captures, reports ...: one plain line per series
  // Line for each candidate that is not the first: "series 3 (2.50 mm, FC30): thicker slices". No patient
  // data, no free text of the header but the sanitised kernel.
  [[nodiscard]] std::vector<std::string> other_series() const;
};

// Sorts whatever was received of one study into volumes (qct 1.1, 1.2). Choice: no problem, geometrically
// complete, not reformatted, best grade, smallest slice spacing, softest kernel, latest acquisition. Of
// copies of the same instance the last one in `instances` is kept (order of reception); otherwise the order
// does not matter.
[[nodiscard]] StudyVolumes group_volumes(std::span<const ScannedInstance> instances);

}  // namespace focalhip
