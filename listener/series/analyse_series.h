#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/pipeline.h"
#include "dicom_sr/study_context.h"
#include "listener/series/result_stamp.h"
#include "listener/series/volume_candidates.h"

namespace focalhip {

// One series to work on, as the collector or the command line chose it.
struct SeriesWork {
  std::optional<VolumeCandidate> volume;     // absent: nothing measurable was received
  std::optional<NotMeasured> refusal;        // decided without looking at pixels
  std::vector<std::filesystem::path> files;  // any objects of the study: person and study of a refusal report
  std::vector<std::string> other_series;     // what was received but not chosen, one plain line each
};

// What the command line knows better than the header; absent = the header's.
struct SubjectOverrides {
  std::optional<double> height_cm;
  std::optional<double> weight_kg;
  DiabetesStatus t2dm = DiabetesStatus::unknown;
};
[[nodiscard]] std::string text_of(const SubjectOverrides& overrides);

struct AnalysedSeries {
  HipReport report;
  StudyContext study;
  std::vector<EncodedObject> objects;  // in the order a courier sends them
};

// The files of a job, scanned again and put in order. `refusal` as stored with the job.
[[nodiscard]] SeriesWork series_work(std::span<const std::filesystem::path> files,
                                     const std::vector<std::string>& other_series,
                                     const std::optional<NotMeasured>& refusal);

// Told before each stage what it is ("read 300 slices"), for a terminal.
using StageListener = std::function<void(std::string_view stage)>;

// Read, analyse, encode: what `focalhip analyze` and the node's worker do with a series. A series that cannot
// be measured comes back as a refused report with its objects. Empty digests of `stamp` (content, identity,
// study) are filled from the volume or the header, configuration from options and overrides. Throws
// std::runtime_error on I/O or when no object's header can be parsed (then no report is possible).
// DCMTK's log is silenced by the caller (silence_dcmtk_log).
[[nodiscard]] AnalysedSeries analyse_series(const SeriesWork& work,
                                            const SubjectOverrides& overrides,
                                            const StampRequest& stamp,
                                            const AnalysisOptions& options,
                                            const StageListener& on_stage = {});

}  // namespace focalhip
