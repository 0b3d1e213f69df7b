#include "listener/status/status_snapshot.h"

#include <algorithm>
#include <system_error>

#include "listener/spool/association_record.h"
#include "listener/spool/spool_layout.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr int most_shown = 50;

int entries_in(const fs::path& folder) {
  std::error_code error;
  int count = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    ++count;
  return count;
}

int open_associations(const SpoolLayout& spool) {
  const std::vector<fs::path> folders = list_association_folders(spool);
  return static_cast<int>(std::count_if(folders.begin(), folders.end(), receiver_is_alive));
}

}  // namespace

std::vector<std::string> concerns_of(const StatusSnapshot& snapshot) {
  std::vector<std::string> concerns;
  if (!snapshot.store_error.empty())
    concerns.push_back("the job store cannot be read: " + snapshot.store_error);
  for (const auto& [name, destination] : snapshot.destinations) {
    if (destination.parked > 0) {
      concerns.push_back(std::to_string(destination.parked) + " results for " + name + " are parked");
    }
  }
  if (snapshot.free_bytes < snapshot.free_bytes_kept)
    concerns.push_back("the disk is nearly full: nothing is accepted");
  return concerns;
}

Health health_of(const StatusSnapshot& snapshot) {
  if (!snapshot.store_error.empty()) return Health::failing;
  return concerns_of(snapshot).empty() ? Health::ok : Health::degraded;
}

void look_at_spool(const NodeConfig& config, StatusSnapshot& snapshot) {
  const SpoolLayout spool = spool_layout(config.node.data_folder, config.node.name);
  snapshot.open_associations = open_associations(spool);
  snapshot.objects_in_reception = entries_in(spool.incoming());
  snapshot.quarantined = entries_in(spool.quarantine());
  std::error_code error;
  const fs::space_info space = fs::space(config.node.data_folder, error);
  if (!error) snapshot.free_bytes = space.available;
  snapshot.free_bytes_kept = config.limits.free_bytes_kept;
}

void look_at_store(JobStore& store, StatusSnapshot& snapshot) {
  snapshot.counts = store.counts();
  snapshot.recent_alarms = store.alarms(most_shown);
  snapshot.recent_jobs = store.recent_jobs(most_shown);
  for (const Delivery& delivery : store.deliveries(0)) {
    DestinationStatus& destination = snapshot.destinations[delivery.destination];
    if (delivery.state == DeliveryState::delivered) ++destination.delivered;
    if (delivery.state == DeliveryState::parked) ++destination.parked;
    if (delivery.state == DeliveryState::pending || delivery.state == DeliveryState::sending)
      ++destination.waiting;
    if (delivery.state != DeliveryState::delivered && !delivery.last_error.empty()) {
      destination.last_error = delivery.last_error;
    }
  }
}

}  // namespace focalhip
