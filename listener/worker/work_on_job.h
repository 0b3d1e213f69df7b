#pragma once

#include "listener/worker/run_job.h"

namespace focalhip {

// The real work: reads the objects of the job, analyses, encodes. Throws std::runtime_error when a file
// cannot be read or no object's header can be parsed.
[[nodiscard]] JobResult work_on_job(const NodeConfig& config, const JobTask& task);

}  // namespace focalhip
