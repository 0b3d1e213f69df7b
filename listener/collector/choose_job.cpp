#include "listener/collector/choose_job.h"

#include <algorithm>
#include <set>

#include "listener/jobs/job_input.h"
#include "listener/series/volume_candidates.h"
#include "listener/support/digest.h"

namespace focalhip {

namespace {

using Instances = std::vector<ScannedInstance>;

bool is_ct(const ScannedInstance& instance) { return instance.modality == "CT"; }

bool is_localizer(const ScannedInstance& instance) {
  return std::find(instance.image_type.begin(), instance.image_type.end(), "LOCALIZER") !=
         instance.image_type.end();
}

std::vector<std::string> relative_files(const std::vector<std::filesystem::path>& files,
                                        const std::filesystem::path& data_folder) {
  std::vector<std::string> relative;
  relative.reserve(files.size());
  for (const std::filesystem::path& file : files) {
    relative.push_back(file.lexically_relative(data_folder).string());
  }
  return relative;
}

std::vector<std::filesystem::path> files_of(const Instances& instances) {
  std::vector<std::filesystem::path> files;
  files.reserve(instances.size());
  for (const ScannedInstance& instance : instances) files.push_back(instance.file);
  return files;
}

// One digest of all, whatever their order.
template <typename Field>
std::string joint_digest(const Instances& instances, Field field) {
  std::multiset<std::string> values;
  for (const ScannedInstance& instance : instances) values.insert(field(instance));
  Sha256 digest;
  for (const std::string& value : values) digest.update_field(value);
  return digest.finish_hex();
}

std::set<std::string> identities(const Instances& instances) {
  std::set<std::string> found;
  for (const ScannedInstance& instance : instances) found.insert(instance.identity_digest);
  return found;
}

// The person and order of the slices: normally one digest, otherwise that of all of them.
std::string identity_of(const Instances& instances) {
  const std::set<std::string> found = identities(instances);
  if (found.size() == 1) return *found.begin();
  Sha256 digest;
  for (const std::string& value : found) digest.update_field(value);
  return digest.finish_hex();
}

// Images in Acquisition counts the slices of the volume, Number of Series Related Instances all of the
// series.
bool expected_counts_reached(const Instances& received_of_study, const VolumeCandidate& volume) {
  int slices = 0;
  int instances = 0;
  for (const ScannedInstance& slice : volume.slices) {
    slices = std::max(slices, slice.images_in_acquisition.value_or(0));
    instances = std::max(instances, slice.series_related_instances.value_or(0));
  }
  const auto received = std::ranges::count(
      received_of_study, volume.series_instance_uid, &ScannedInstance::series_instance_uid);
  return static_cast<int>(volume.slices.size()) >= slices && received >= instances;
}

// Enough for the line that names its series among those that were not analysed.
ScannedInstance name_only(const DroppedSeries& series) {
  ScannedInstance instance;
  instance.sop_class_uid = series.sop_class_uid;
  instance.sop_instance_uid = series.series_instance_uid;
  instance.study_instance_uid = series.study_instance_uid;
  instance.series_instance_uid = series.series_instance_uid;
  if (series.series_number >= 0) instance.series_number = series.series_number;
  return instance;
}

NewJob job_of(const ReceivedStudy& study, const Instances& instances) {
  NewJob job;
  job.study_instance_uid = study.study_instance_uid;
  job.series_instance_uid = instances.front().series_instance_uid;
  job.identity_digest = identity_of(instances);
  job.calling_ae_title = study.calling_ae_title;
  job.accession_digest = instances.front().accession_digest;
  job.instances_digest =
      joint_digest(instances, [](const ScannedInstance& instance) { return instance.sop_instance_uid; });
  return job;
}

void refuse(NewJob& job, JobInput& input, const NotMeasured& reason) {
  job.refusal_only = true;
  input.refusal_code = code_string(reason.code);
  input.refusal_detail = reason.detail;
}

JobChoice choose_volume(const ReceivedStudy& study,
                        const Instances& instances,
                        const StudyVolumes& volumes,
                        const std::filesystem::path& data_folder) {
  const VolumeCandidate& best = volumes.candidates.front();
  JobChoice choice;
  choice.job = job_of(study, best.slices);
  choice.job.series_instance_uid = best.series_instance_uid;
  choice.job.content_digest = best.content_digest;
  choice.mixed_identities = identities(best.slices).size() > 1;
  choice.volume_complete = best.geometrically_complete && !best.problem && !choice.mixed_identities &&
                           expected_counts_reached(instances, best);
  JobInput input;
  input.files = relative_files(best.files(), data_folder);
  input.other_series = volumes.other_series();
  input.other_series.insert(input.other_series.end(), volumes.ignored.begin(), volumes.ignored.end());
  if (choice.mixed_identities) {
    refuse(choice.job,
           input,
           {RefusalCode::header_inconsistent, "the slices name more than one person, accession or study"});
  } else if (best.problem) {
    refuse(choice.job, input, *best.problem);
  }
  choice.job.input = to_json(input);
  return choice;
}

// CT images, but none that forms a volume.
JobChoice choose_refusal(const ReceivedStudy& study,
                         const Instances& ct,
                         const StudyVolumes& volumes,
                         const std::filesystem::path& data_folder) {
  JobChoice choice;
  choice.job = job_of(study, ct);
  choice.job.content_digest =
      joint_digest(ct, [](const ScannedInstance& instance) { return instance.pixel_digest; });
  choice.only_localizers = std::all_of(ct.begin(), ct.end(), is_localizer);
  JobInput input;
  input.files = relative_files(files_of(ct), data_folder);
  input.other_series = volumes.ignored;
  if (choice.only_localizers) {
    refuse(choice.job, input, {RefusalCode::not_axial, "only localizer images were received"});
  } else {
    refuse(choice.job, input, {RefusalCode::no_images, "no CT image that belongs to a volume was received"});
  }
  choice.job.input = to_json(input);
  return choice;
}

}  // namespace

std::optional<JobChoice> choose_job(const ReceivedStudy& study, const std::filesystem::path& data_folder) {
  Instances instances = study.instances();
  for (const DroppedSeries& series : study.dropped) instances.push_back(name_only(series));
  const StudyVolumes volumes = group_volumes(instances);
  if (!volumes.candidates.empty()) return choose_volume(study, instances, volumes, data_folder);
  Instances ct;
  std::copy_if(instances.begin(), instances.end(), std::back_inserter(ct), is_ct);
  if (ct.empty()) return std::nullopt;
  return choose_refusal(study, ct, volumes, data_folder);
}

}  // namespace focalhip
