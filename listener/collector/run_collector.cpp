#include "listener/collector/run_collector.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <poll.h>

#include "listener/collector/collector.h"
#include "listener/collector/image_comparer.h"
#include "listener/collector/predecoder.h"
#include "listener/collector/retire_studies.h"
#include "listener/collector/tidy_spool.h"
#include "listener/outbox/outbox.h"
#include "listener/support/fault_points.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

using std::chrono::milliseconds;

// What is older was received before this collector started; its study may be long done.
constexpr SteadyMs just_arrived_ms = 60'000;
constexpr milliseconds look_every{100};
constexpr std::int64_t lease_ms = 15000;
constexpr std::int64_t renew_every_ms = 5000;
constexpr std::int64_t tend_every_ms = 1000;
constexpr std::int64_t clean_every_ms = 600000;
constexpr milliseconds wait_after_error{1000};

CollectorClock clock_now() {
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  return {utc_now_ms(), std::chrono::duration_cast<milliseconds>(steady).count()};
}

bool stop_asked(int stop_fd, milliseconds wait) {
  if (stop_fd < 0) {
    std::this_thread::sleep_for(wait);
    return false;
  }
  pollfd polled{stop_fd, POLLIN, 0};
  return ::poll(&polled, 1, static_cast<int>(wait.count())) > 0;
}

// Something to do now and then, on the steady clock.
class Every {
 public:
  explicit Every(std::int64_t interval_ms) : interval_ms_(interval_ms) {}
  bool due(const CollectorClock& now) {
    if (now.steady_ms < next_ms_) return false;
    next_ms_ = now.steady_ms + interval_ms_;
    return true;
  }

 private:
  std::int64_t interval_ms_;
  SteadyMs next_ms_ = never_ms;
};

class CollectorProcess {
 public:
  CollectorProcess(const NodeConfig& config, int stop_fd)
      : config_(config),
        stop_fd_(stop_fd),
        owner_("collector@" + config.node.name),
        predecoder_(config.limits.threads_per_job),
        own_(spool_layout(config.node.data_folder, config.node.name)),
        lost_(own_) {}

  int run() {
    log_.info("READY");
    while (!stop_asked(stop_fd_, look_every)) {
      try {
        step();
      } catch (const std::exception& error) {
        // The store and the watch are opened anew; what was collected stays.
        log_.error("STEP_FAILED", {{"error", error.what()}});
        store_.reset();
        if (stop_asked(stop_fd_, wait_after_error)) break;
      }
    }
    give_up_lease();
    return 0;
  }

 private:
  void step() {
    const CollectorClock now = clock_now();
    if (tend_.due(now)) {
      const int lost = lost_.end_them(now.utc_ms);
      if (lost > 0) log_.warning("ASSOCIATIONS_LOST", {{"count", lost}});
    }
    if (tidy_.due(now)) {
      const int removed = tidy_spool(own_, config_.retention, now.utc_ms);
      if (removed > 0) log_.info("TIDIED", {{"entries", removed}});
    }
    if (!hold_lease())
      return collector_.reset();  // somebody else collects; the next lead starts from the spool
    if (!collector_) start_collecting();
    collector_->absorb(clock_now, [this] { return !stop_asked(stop_fd_, milliseconds(0)) && hold_lease(); });
    if (!leads_) return collector_.reset();
    collector_->decide(store(), clock_now());
    if (clean_.due(clock_now())) clean();
  }

  // Renewed in time; lost only when the job store was away for longer than the lease.
  bool hold_lease() {
    const CollectorClock now = clock_now();
    if (!renew_.due(now)) return leads_;
    const bool led = leads_;
    leads_ = store().hold_lease("collector", owner_, now.utc_ms, now.utc_ms + lease_ms);
    if (leads_ && !led) fault_point("collector_after_lease");
    if (leads_ != led) log_.info(leads_ ? "LEADING" : "FOLLOWING");
    return leads_;
  }

  void start_collecting() {
    const int completed = complete_retirements(config_.node.data_folder);
    if (completed > 0) log_.info("RETIREMENTS_COMPLETED", {{"studies", completed}});
    collector_ = std::make_unique<Collector>(
        config_,
        log_,
        [this](const auto& one, const auto& other) { return comparer_.same(one, other); },
        [this](const auto& object, SteadyMs arrived_ms) {
          const bool just_arrived = clock_now().steady_ms - arrived_ms < just_arrived_ms;
          if (just_arrived && has_room_for_copies()) predecoder_.ask(object);
        });
  }

  // A cache must not bring the disk to the mark below which nothing is received.
  [[nodiscard]] bool has_room_for_copies() const {
    std::error_code error;
    const auto space = std::filesystem::space(own_.root, error);
    return !error && space.available / 2 > config_.limits.free_bytes_kept;
  }

  // Rows first, files second.
  void clean() {
    const CollectorClock now = clock_now();
    const auto before = [&now](std::chrono::hours kept) { return now.utc_ms - milliseconds(kept).count(); };
    const std::size_t jobs = store().forget_finished_before(before(config_.retention.jobs)).size();
    const int results = store().forget_results_before(before(config_.retention.results));
    fault_point("collector_before_outbox_sweep");
    sweep_outbox(config_.node.data_folder, store().live_outbox_folders());
    const int studies = collector_->retire(store(), now);
    log_.info("CLEANED", {{"jobs", jobs}, {"results", results}, {"studies", studies}});
  }

  void give_up_lease() {
    try {
      if (leads_) store().release_lease("collector", owner_);
    } catch (const std::exception& error) {
      log_.warning("LEASE_NOT_RELEASED", {{"error", error.what()}});
    }
  }

  JobStore& store() {
    if (!store_) store_ = JobStore::open(config_.store, config_.node.data_folder);
    return *store_;
  }

  const NodeConfig& config_;
  int stop_fd_;
  std::string owner_;
  Log log_{"collector"};
  ImageComparer comparer_;  // first of all, with the next: they fork
  Predecoder predecoder_;
  SpoolLayout own_;
  LostAssociations lost_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<Collector> collector_;
  Every tend_{tend_every_ms};
  Every renew_{renew_every_ms};
  Every clean_{clean_every_ms};
  Every tidy_{clean_every_ms};
  bool leads_ = false;
};

}  // namespace

int run_collector(const NodeConfig& config, int stop_fd) { return CollectorProcess(config, stop_fd).run(); }

}  // namespace focalhip
