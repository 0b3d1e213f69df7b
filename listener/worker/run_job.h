#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"
#include "config/node_config.h"
#include "dicom_sr/study_context.h"
#include "listener/jobs/job_input.h"
#include "listener/jobs/job_store.h"
#include "listener/support/log.h"

namespace focalhip {

// How often an analysis may stop (crash, time, memory, error) before the study is reported as not analysed,
// and how often that report may fail before a person has to look.
inline constexpr int most_analysis_attempts = 3;
inline constexpr int most_attempts = 5;

// What is to be done with one claimed job.
struct JobTask {
  Job job;
  JobInput input;
  std::optional<NotMeasured> refusal;  // set: report this, do not look at pixels
  std::vector<PredecessorDocument> predecessors;
};

struct JobResult {
  std::vector<EncodedObject> objects;
  std::string outcome_code;  // the refusal's, or empty
  std::string stages;        // for the log: "scan:120,read:810,analyse:5300,encode:400" (wall ms)
};
using WorkOnJob = std::function<JobResult(const JobTask&)>;

struct RunJobOptions {
  WorkOnJob work;
  std::function<void()>
      on_worked;  // the result is there, from now on only the disk and the store are waited for
  std::function<bool()> stopping;              // asked while waiting for them
  std::chrono::milliseconds first_wait{1000};  // after an error; doubles up to 30 s
};

// One claimed job to its end: work, outbox, finish. An error of the work gives the job back (the attempt
// counts); a full disk or a missing store is waited for. A result that somebody else's attempt has overtaken
// is thrown away. Never throws because of the job's content.
void run_job(
    const NodeConfig& config, JobStore& store, const Job& job, const RunJobOptions& options, const Log& log);

// Where the results of this job go: names of destinations; empty for silent and for unknown callers.
[[nodiscard]] std::vector<std::string> destinations_of_job(const NodeConfig& config, const Job& job);

}  // namespace focalhip
