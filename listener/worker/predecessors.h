#pragma once

#include <filesystem>
#include <vector>

#include "dicom_sr/study_context.h"
#include "listener/jobs/job_store.h"

namespace focalhip {

// The Structured Report of the study that was delivered before this job and is replaced by its result, read
// from the outbox. Empty when there is none or its files are gone (retention).
[[nodiscard]] std::vector<PredecessorDocument> predecessors_of(JobStore& store,
                                                               const Job& job,
                                                               const std::filesystem::path& data_folder);

}  // namespace focalhip
