#include "listener/sender/run_courier.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>

#include <poll.h>

#include "listener/jobs/job_store.h"
#include "listener/outbox/outbox.h"
#include "listener/sender/send_objects.h"
#include "listener/support/digest.h"
#include "listener/support/fault_points.h"
#include "listener/support/log.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

constexpr int poll_ms = 300;  // how long a new delivery may wait for being noticed

bool stop_wanted(int stop_fd, int wait_ms) {
  pollfd descriptor{.fd = stop_fd, .events = POLLIN, .revents = 0};
  return ::poll(&descriptor, 1, wait_ms) > 0 && descriptor.revents != 0;
}

UtcMs in_ms(std::chrono::milliseconds duration) { return duration.count(); }

// One destination's courier: its row in hand, what it needs to send it.
class Courier {
 public:
  Courier(const NodeConfig& config, const Destination& destination, int stop_fd)
      : config_(config),
        destination_(destination),
        stop_fd_(stop_fd),
        owner_(config.node.name + "/" + destination.name),
        store_(JobStore::open(config.store, config.node.data_folder)) {}

  // Takes and handles the next due delivery; false = there was none.
  bool deliver_next() {
    const UtcMs now_ms = utc_now_ms();
    const std::optional<Delivery> delivery =
        store_->claim_delivery(destination_.name, owner_, now_ms, now_ms + lease_ms());
    if (!delivery) return false;
    deliver(*delivery);
    return true;
  }

 private:
  // Renewed before each object; longer than one object can take by the socket's own timeouts in all
  // likelihood. When it runs out nevertheless, another node sends the same objects once more, which changes
  // nothing.
  [[nodiscard]] UtcMs lease_ms() const {
    return in_ms(4 * config_.sending.timeout + std::chrono::seconds(60));
  }

  void deliver(const Delivery& delivery) {
    const std::filesystem::path folder = config_.node.data_folder / delivery.outbox_folder;
    fault_point("courier_before_send");
    SendResult sent;
    try {
      sent = send_objects(
          options(),
          read_outbox_manifest(folder),
          [&](const OutboxObject& object) { return read_outbox_object(folder, object); },
          [&] {
            return !stop_wanted(stop_fd_, 0) && store_->renew_delivery(delivery, utc_now_ms() + lease_ms());
          });
    } catch (const std::exception& problem) {
      return park(delivery, problem.what());  // damaged or missing files: trying again does not help
    }
    fault_point("courier_before_delivered");
    if (sent.error.empty()) return mark_delivered(delivery, sent);
    mark_failed(delivery, sent.error);
  }

  [[nodiscard]] SendOptions options() const {
    return {.calling_ae_title = config_.node.ae_title,
            .called_ae_title = destination_.ae_title,
            .host = destination_.host,
            .port = destination_.port,
            .secondary_capture = destination_.secondary_capture,
            .timeout = config_.sending.timeout};
  }

  void mark_delivered(const Delivery& delivery, const SendResult& sent) {
    if (!store_->delivered(delivery, utc_now_ms())) return;  // superseded or taken over meanwhile
    fault_point("courier_after_delivered");
    for (const StoreResult& object : sent.objects) {
      if (object.outcome != StoreOutcome::stored_with_note) continue;
      log_.warning("STORED_WITH_NOTE",
                   {{"destination", destination_.name},
                    {"job", delivery.job_id},
                    {"file", object.file_name},
                    {"status", object.text}});
    }
    log_.info("DELIVERED",
              {{"destination", destination_.name},
               {"job", delivery.job_id},
               {"objects", sent.objects.size()},
               {"attempt", delivery.attempts}});
  }

  void mark_failed(const Delivery& delivery, const std::string& error) {
    const UtcMs now_ms = utc_now_ms();
    if (stop_wanted(stop_fd_, 0)) {  // ours, not the destination's fault
      (void)store_->delivery_failed(delivery, error, now_ms, false, now_ms);
      return;
    }
    if (now_ms - delivery.created_ms >= in_ms(config_.sending.park_after)) return park(delivery, error);
    const UtcMs wait_ms = back_off_ms(config_.sending, delivery.attempts, delivery.id);
    if (!store_->delivery_failed(delivery, error, now_ms + wait_ms, false, now_ms)) return;
    log_.warning("DELIVERY_FAILED",
                 {{"destination", destination_.name},
                  {"job", delivery.job_id},
                  {"attempt", delivery.attempts},
                  {"next_try", utc_text(now_ms + wait_ms)},
                  {"error", error}});
  }

  void park(const Delivery& delivery, const std::string& error) {
    const UtcMs now_ms = utc_now_ms();
    if (!store_->delivery_failed(delivery, error, now_ms, true, now_ms)) return;
    log_.error("PARKED", {{"destination", destination_.name}, {"job", delivery.job_id}, {"error", error}});
  }

  const NodeConfig& config_;
  const Destination& destination_;
  int stop_fd_;
  std::string owner_;  // stable over restarts: what a killed courier left is taken up at once
  std::unique_ptr<JobStore> store_;
  Log log_{"courier"};
};

}  // namespace

std::int64_t back_off_ms(const SendingSettings& sending, int attempts, std::int64_t seed) {
  const std::int64_t first_ms = std::max<std::int64_t>(1, in_ms(sending.first_retry));
  const std::int64_t last_ms = std::max(first_ms, in_ms(sending.last_retry));
  std::int64_t wait_ms = first_ms;
  for (int i = 1; i < attempts && wait_ms < last_ms; ++i) wait_ms = std::min(2 * wait_ms, last_ms);
  const std::string text = std::to_string(seed) + "/" + std::to_string(attempts);
  Sha256 sha;
  sha.update(text);
  const std::int64_t thousandths = (sha.finish()[0] * 100) / 255;  // 0 ... 100
  return wait_ms - wait_ms * thousandths / 1000;
}

int run_courier(const NodeConfig& config, const Destination& destination, int stop_fd) noexcept {
  const Log log("courier");
  try {
    std::signal(SIGPIPE, SIG_IGN);
    silence_dcmtk_log();
    if (config.sending.storage_commitment) {
      log.warning("NO_STORAGE_COMMITMENT",
                  {{"destination", destination.name}, {"reason", "not implemented"}});
    }
    Courier courier(config, destination, stop_fd);
    for (bool busy = false; !stop_wanted(stop_fd, busy ? 0 : poll_ms);) busy = courier.deliver_next();
    return 0;
  } catch (const std::exception& problem) {
    log.error("COURIER_ENDED", {{"destination", destination.name}, {"error", problem.what()}});
  } catch (...) {
    log.error("COURIER_ENDED", {{"destination", destination.name}});
  }
  return 1;
}

}  // namespace focalhip
