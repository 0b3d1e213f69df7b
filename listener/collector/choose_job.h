#pragma once

#include <filesystem>
#include <optional>

#include "listener/collector/received_studies.h"
#include "listener/jobs/job_store.h"

namespace focalhip {

// What a study would be worked on as, if it were worked on now.
struct JobChoice {
  NewJob job;
  bool volume_complete = false;  // measurable, geometrically complete, expected count reached
  bool only_localizers = false;
  bool mixed_identities = false;  // slices of different persons or orders: the rest may still be under way
};

// The best volume of the study becomes the job; volumes with a known problem and studies whose CT images form
// no volume become a job that only reports the refusal. nullopt: nothing of the study is a CT image. Files
// are named relative to `data_folder`.
[[nodiscard]] std::optional<JobChoice> choose_job(const ReceivedStudy& study,
                                                  const std::filesystem::path& data_folder);

}  // namespace focalhip
