#include "listener/jobs/sql_job_store.h"
#include "listener/jobs/stored_text.h"
#include "listener/support/fault_points.h"

// Couriers: deliveries from "pending" to "delivered" or "parked".
namespace focalhip {

namespace {
constexpr UtcMs most_clock_skew_ms = 60'000;  // between the machines of one store
}

std::optional<Delivery> SqlJobStore::claim_delivery(const std::string& destination,
                                                    const std::string& owner,
                                                    UtcMs now_ms,
                                                    UtcMs lease_until_ms) {
  const std::string next =
      "SELECT deliveries.id FROM deliveries JOIN jobs ON jobs.id = deliveries.job_id "
      "WHERE deliveries.destination = $1 AND "
      "((deliveries.state = 'pending' AND (deliveries.next_try_ms <= $2 OR deliveries.changed_ms > $3)) OR "
      "(deliveries.state = 'sending' AND (deliveries.lease_until_ms <= $2 OR deliveries.owner = $4))) "
      "ORDER BY jobs.priority DESC, deliveries.id LIMIT 1 ";
  // A row that was changed in the future tells that the clock was set back: its next try may be a year away.
  const std::vector<SqlValue> values = {
      storable_text(destination), now_ms, now_ms + most_clock_skew_ms, storable_text(owner)};
  // Look before taking the write lock: couriers ask often and mostly in vain.
  if (database_.reading([&] { return database_.query(next, values); }).empty()) return std::nullopt;
  return database_.transaction([&]() -> std::optional<Delivery> {
    const std::vector<SqlRow> found = database_.query(next + "{lock deliveries}", values);
    if (found.empty()) return std::nullopt;
    const std::vector<SqlRow> rows = database_.query(
        "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, claims = claims + 1, "
        "owner = $1, lease_until_ms = $2, changed_ms = $3 WHERE id = $4 RETURNING " +
            delivery_columns,
        {storable_text(owner), lease_until_ms, now_ms, found.front().integer(0)});
    fault_point("courier_in_claim");
    return delivery_from_row(rows.front());
  });
}

bool SqlJobStore::renew_delivery(const Delivery& delivery, UtcMs lease_until_ms) {
  return database_.transaction([&] {
    const std::size_t renewed = database_.execute(
        "UPDATE deliveries SET lease_until_ms = $1 WHERE id = $2 AND claims = $3 AND state = 'sending'",
        {lease_until_ms, delivery.id, std::int64_t{delivery.claims}});
    fault_point("courier_in_renew");
    return renewed == 1;
  });
}

bool SqlJobStore::delivered(const Delivery& delivery, UtcMs now_ms) {
  return database_.transaction([&] {
    const std::size_t changed = database_.execute(
        "UPDATE deliveries SET state = 'delivered', owner = '', lease_until_ms = 0, changed_ms = $1, "
        "last_error = '' WHERE id = $2 AND claims = $3 AND state IN ('sending', 'cancelled')",
        {now_ms, delivery.id, std::int64_t{delivery.claims}});
    fault_point("courier_in_delivered");
    return changed == 1;
  });
}

bool SqlJobStore::delivery_failed(
    const Delivery& delivery, const std::string& error, UtcMs next_try_ms, bool park, UtcMs now_ms) {
  const std::string text = storable_text(error, most_error_bytes);
  return database_.transaction([&] {
    const std::size_t changed = database_.execute(
        "UPDATE deliveries SET state = $1, owner = '', lease_until_ms = 0, changed_ms = $2, next_try_ms = "
        "$3, "
        "last_error = $4 WHERE id = $5 AND claims = $6 AND state = 'sending'",
        {std::string(name(park ? DeliveryState::parked : DeliveryState::pending)),
         now_ms,
         next_try_ms,
         text,
         delivery.id,
         std::int64_t{delivery.claims}});
    if (changed == 0) return false;
    if (park) {
      insert_alarm("PARKED",
                   "job " + std::to_string(delivery.job_id) + " for " + delivery.destination + ": " + text,
                   now_ms);
      fault_point("courier_in_park");
    }
    fault_point("courier_in_failure");
    return true;
  });
}

}  // namespace focalhip
