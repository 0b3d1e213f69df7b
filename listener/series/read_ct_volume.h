#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "analysis/hip_report.h"
#include "analysis/volume/ct_volume.h"
#include "dicom_sr/study_context.h"
#include "listener/series/volume_candidates.h"

namespace focalhip {

struct ReadSeries {
  CtVolume ct;
  Subject subject;
  StudyContext study;
};

// Reads the pixels of a candidate with DCMTK: HU per slice, padding, sorted by geometry. Throws Refusal with
// the coded reason (not_hu, header_inconsistent, unsupported_syntax, geometry, ...) and std::runtime_error on
// I/O. Files were walked by scan_instance; DCMTK's log is silenced by the caller (silence_dcmtk_log).
[[nodiscard]] ReadSeries read_ct_volume(const VolumeCandidate& volume, int threads);

// Header only: person and study of any object of the study, for refusal reports. Throws std::runtime_error
// when no file can be parsed.
struct StudyHeader {
  Subject subject;
  StudyContext study;  // of the first readable file; sources = the files of that one's series
};
[[nodiscard]] StudyHeader read_study_header(std::span<const std::filesystem::path> files);

}  // namespace focalhip
