#include "listener/series/analyse_series.h"

#include "analysis/support/format_number.h"
#include "config/version.h"
#include "dicom_sr/encode_results.h"
#include "listener/series/read_ct_volume.h"
#include "listener/support/digest.h"

namespace focalhip {

namespace {

void tell(const StageListener& listener, const std::string& stage) {
  if (listener) listener(stage);
}

void apply(const SubjectOverrides& overrides, Subject& subject) {
  if (overrides.height_cm) subject.height_cm = overrides.height_cm;
  if (overrides.weight_kg) subject.weight_kg = overrides.weight_kg;
  if (overrides.t2dm != DiabetesStatus::unknown) subject.t2dm = overrides.t2dm;
}

std::vector<std::filesystem::path> files_of(const SeriesWork& work) {
  return work.volume ? work.volume->files() : work.files;
}

// What stands in the way of measuring, as far as it is known before the pixels are read.
std::optional<NotMeasured> known_refusal(const SeriesWork& work) {
  if (work.refusal) return work.refusal;
  if (!work.volume) return NotMeasured{RefusalCode::no_images, "no CT image that belongs to a volume"};
  return work.volume->problem;
}

struct ReportAndStudy {
  HipReport report;
  StudyContext study;
};

ReportAndStudy refused(const SeriesWork& work, const SubjectOverrides& overrides, const NotMeasured& reason) {
  StudyHeader header = read_study_header(files_of(work));
  apply(overrides, header.subject);
  return {.report = refused_report(header.subject, reason), .study = std::move(header.study)};
}

ReportAndStudy measured(const VolumeCandidate& volume,
                        const SubjectOverrides& overrides,
                        const AnalysisOptions& options,
                        const StageListener& on_stage) {
  tell(on_stage, "read " + std::to_string(volume.slices.size()) + " slices");
  ReadSeries series = read_ct_volume(volume, options.threads);
  apply(overrides, series.subject);
  tell(on_stage, "analyse");
  return {.report = analyse(series.ct, series.subject, options), .study = std::move(series.study)};
}

ReportAndStudy report_on(const SeriesWork& work,
                         const SubjectOverrides& overrides,
                         const AnalysisOptions& options,
                         const StageListener& on_stage) {
  if (const auto reason = known_refusal(work)) return refused(work, overrides, *reason);
  try {
    return measured(*work.volume, overrides, options, on_stage);
  } catch (const Refusal& refusal) {
    return refused(work, overrides, refusal.not_measured());
  }
}

void add_intake_notes(const SeriesWork& work, HipReport& report) {
  if (work.volume)
    report.notes.insert(report.notes.end(), work.volume->notes.begin(), work.volume->notes.end());
  if (work.other_series.empty()) return;
  const std::size_t count = work.other_series.size();
  report.notes.push_back(
      {NoteCode::volumes_not_used, count == 1 ? "1 series" : std::to_string(count) + " series"});
}

// Without a measurable volume the received objects are the content.
std::string digest_of_sources(const StudyContext& study) {
  Sha256 sha;
  for (const SourceInstance& source : study.sources) sha.update_field(source.sop_instance_uid);
  return sha.finish_hex();
}

std::string digest_of_person(const StudyContext& study) {
  Sha256 sha;
  for (const CopiedAttribute& attribute : study.patient_and_study) {
    sha.update_field(std::to_string(attribute.group) + "," + std::to_string(attribute.element));
    sha.update_field(attribute.value);
  }
  return sha.finish_hex();
}

// What came from the site's phantom scans: other entries, another result. A series with a phantom of its own
// does not depend on them.
std::string calibration_source(const HipReport& report, const CalibrationOptions& options) {
  if (options.entries.empty()) return {};
  if (!report.calibration) return report.refusal ? report.refusal->detail : "";
  const Calibration& calibration = *report.calibration;
  if (calibration.method == CalibrationMethod::phantom) return {};
  std::string text(name(calibration.method));
  for (const double value :
       {calibration.sigma_ct_hu_per_mg_cm3, calibration.beta_ct_hu, calibration.effective_energy_kev}) {
    text += "," + exact_text(value);
  }
  if (calibration.source)
    text += "," + calibration.source->date + "," + calibration.source->series_instance_uid;
  return text;
}

// Texts and laterality of the header are not all part of the study's identity, but may change the side.
std::string side_source(const HipReport& report) {
  if (!report.side) return {};
  const SideRequest& request = report.side->request;
  if (request.instruction == SideInstruction::none && request.label == FractureLabel::none) return {};
  return std::string(name(request.instruction)) + "," + request.source + "," +
         std::string(name(request.label));
}

StampRequest filled(StampRequest stamp,
                    const SeriesWork& work,
                    const HipReport& report,
                    const StudyContext& study,
                    const SubjectOverrides& overrides,
                    const AnalysisOptions& options) {
  if (stamp.study_instance_uid.empty()) stamp.study_instance_uid = study.study_instance_uid;
  if (stamp.content_digest.empty() && work.volume) stamp.content_digest = work.volume->content_digest;
  if (stamp.content_digest.empty()) stamp.content_digest = digest_of_sources(study);
  if (stamp.identity_digest.empty()) stamp.identity_digest = digest_of_person(study);
  if (stamp.configuration.empty()) stamp.configuration = result_configuration(options, text_of(overrides));
  stamp.calibration_source = calibration_source(report, options.calibration);
  stamp.side_source = side_source(report);
  if (stamp.refusal_code.empty() && work.refusal) stamp.refusal_code = code_string(work.refusal->code);
  if (stamp.other_series.empty()) stamp.other_series = work.other_series;
  return stamp;
}

}  // namespace

std::string text_of(const SubjectOverrides& overrides) {
  std::string text;
  if (overrides.height_cm) text += "height_cm=" + exact_text(*overrides.height_cm) + "\n";
  if (overrides.weight_kg) text += "weight_kg=" + exact_text(*overrides.weight_kg) + "\n";
  if (overrides.t2dm == DiabetesStatus::yes) text += "t2dm=yes\n";
  if (overrides.t2dm == DiabetesStatus::no) text += "t2dm=no\n";
  return text;
}

SeriesWork series_work(std::span<const std::filesystem::path> files,
                       const std::vector<std::string>& other_series,
                       const std::optional<NotMeasured>& refusal) {
  SeriesWork work{
      .volume = {}, .refusal = refusal, .files = {files.begin(), files.end()}, .other_series = other_series};
  if (refusal) return work;
  std::vector<ScannedInstance> instances;
  for (const std::filesystem::path& file : files) {
    auto scanned = scan_instance(file, {.digest_pixels = false});
    auto* instance = std::get_if<ScannedInstance>(&scanned);
    if (instance == nullptr) continue;
    // Copies among the frames of one object are told by their digests.
    if (!instance->frames.empty()) scanned = scan_instance(file, {});
    instance = std::get_if<ScannedInstance>(&scanned);
    if (instance != nullptr) instances.push_back(std::move(*instance));
  }
  StudyVolumes volumes = group_volumes(instances);
  if (!volumes.candidates.empty()) work.volume = std::move(volumes.candidates.front());
  return work;
}

AnalysedSeries analyse_series(const SeriesWork& work,
                              const SubjectOverrides& overrides,
                              const StampRequest& stamp,
                              const AnalysisOptions& options,
                              const StageListener& on_stage) {
  ReportAndStudy result = report_on(work, overrides, options, on_stage);
  result.report.software.version = focalhip_version();
  result.report.software.build = focalhip_build();
  add_intake_notes(work, result.report);
  result.study.other_series = work.other_series;
  tell(on_stage, "encode");
  const ResultStamp made = make_stamp(filled(stamp, work, result.report, result.study, overrides, options));
  AnalysedSeries analysed;
  analysed.objects = encode_results(result.report, result.study, made);
  analysed.report = std::move(result.report);
  analysed.study = std::move(result.study);
  return analysed;
}

}  // namespace focalhip
