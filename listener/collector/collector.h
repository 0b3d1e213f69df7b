#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/node_config.h"
#include "listener/collector/choose_job.h"
#include "listener/collector/quarantine_object.h"
#include "listener/collector/received_studies.h"
#include "listener/collector/spool_watch.h"
#include "listener/jobs/job_store.h"
#include "listener/support/log.h"

namespace focalhip {

struct CollectorClock {
  UtcMs utc_ms = 0;
  SteadyMs steady_ms = 0;
};

// Told of every new compressed object and when it arrived (predecoder.h).
using OnCompressed = std::function<void(const std::filesystem::path& object, SteadyMs arrived_ms)>;

// Turns the spool into jobs, one step at a time; the process around it (run_collector) holds the lease and
// the clock. It knows nothing that is not in the spool: a new one comes to the same jobs, and the job store
// recognises them.
class Collector {
 public:
  Collector(const NodeConfig& config,
            Log log,
            SameWhenDecoded same_when_decoded,
            OnCompressed on_compressed = {});

  // Reads what is new in the spool. `go_on` is asked between associations (a first look can take minutes);
  // false = the rest is read by the next call, and no study is decided before. Throws std::system_error.
  void absorb(const std::function<CollectorClock()>& clock, const std::function<bool()>& go_on);
  // Jobs for the studies that are ready, and alarms. Throws what the store throws; then the next call tries
  // again.
  void decide(JobStore& store, const CollectorClock& clock);
  // Removes received objects of finished studies that are older than the configuration keeps them. Returns
  // how many studies.
  int retire(JobStore& store, const CollectorClock& clock);

 private:
  struct Unread {  // could not be read for reasons of the disk
    ReceivedObject object;
    Arrival arrival;
    int tries = 0;
  };
  struct SetAside {  // to go to quarantine
    std::filesystem::path file;
    QuarantineReason reason;
  };
  struct PendingAlarm {
    std::string code;
    std::string detail;
  };
  void absorb_object(const ReceivedObject& object, const Arrival& arrival, int tries);
  void set_aside(JobStore& store, const SetAside& object, const CollectorClock& clock);
  void set_all_aside(JobStore& store, const CollectorClock& clock);
  void retry_unread();
  [[nodiscard]] const std::optional<JobChoice>& choice_of(const ReceivedStudy& study);
  [[nodiscard]] Readiness readiness_of(const ReceivedStudy& study, const CollectorClock& clock);
  void make_job(JobStore& store,
                const ReceivedStudy& study,
                std::string_view reason,
                const CollectorClock& clock);
  void raise_alarms(JobStore& store, const CollectorClock& clock);

  NodeConfig config_;
  Log log_;
  SpoolLayout own_;
  SpoolWatch watch_;
  ReceivedStudies received_;
  OnCompressed on_compressed_;
  std::vector<SpoolNews> unabsorbed_;
  std::vector<Unread> unread_;
  std::vector<SetAside> set_aside_;
  std::vector<PendingAlarm> alarms_;
  std::map<std::string, std::optional<JobChoice>>
      choices_;  // of undecided studies, until something new arrives
};

}  // namespace focalhip
