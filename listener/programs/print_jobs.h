#pragma once

#include <cstdint>
#include <iosfwd>
#include <vector>

#include "listener/jobs/job_store.h"

namespace focalhip {

// A job with its deliveries, for people.
struct JobView {
  Job job;
  std::vector<Delivery> deliveries;
};
struct JobsView {
  std::vector<JobView> jobs;   // newest first
  std::int64_t not_shown = 0;  // older jobs that were left out
  std::vector<Alarm> alarms;   // newest first
};

// Tables for an 80 to 160 column terminal; control characters and non-ASCII text come out as '?'.
void print_table(std::ostream& out, const JobsView& view);
void print_details(std::ostream& out, const JobView& view);
// Times as ISO 8601 UTC, a missing value as null.
void print_json(std::ostream& out, const JobsView& view);
void print_json(std::ostream& out, const JobView& view);

}  // namespace focalhip
