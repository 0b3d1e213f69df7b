#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/node_config.h"
#include "listener/jobs/job_store.h"

namespace focalhip {

// What waits for one destination.
struct DestinationStatus {
  std::int64_t waiting = 0;  // pending or being sent
  std::int64_t parked = 0;
  std::int64_t delivered = 0;
  std::string last_error;  // of the newest delivery that failed
};

// Everything the status server tells, taken at one moment. No patient data: counts, codes, UIDs, AE titles.
struct StatusSnapshot {
  std::string version;
  std::string node_name;
  std::string ae_title;
  UtcMs now_ms = 0;
  UtcMs started_ms = 0;
  std::string store_error;  // empty: the job store can be read
  StoreCounts counts;
  std::map<std::string, DestinationStatus> destinations;
  std::vector<Job> recent_jobs;  // newest first
  std::vector<Alarm> recent_alarms;
  int open_associations = 0;
  int objects_in_reception = 0;
  int quarantined = 0;
  std::uint64_t free_bytes = 0;
  std::uint64_t free_bytes_kept = 0;
};

enum class Health { ok, degraded, failing };
// failing: the job store cannot be read. degraded: a person should look (parked deliveries, disk nearly
// full).
[[nodiscard]] Health health_of(const StatusSnapshot& snapshot);
// Why it is not ok, one plain line each.
[[nodiscard]] std::vector<std::string> concerns_of(const StatusSnapshot& snapshot);

// Looks at the spool of this node and at the disk.
void look_at_spool(const NodeConfig& config, StatusSnapshot& snapshot);
// Asks the job store; throws what it throws.
void look_at_store(JobStore& store, StatusSnapshot& snapshot);

}  // namespace focalhip
