#include "listener/jobs/sql_job_store.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "listener/jobs/stored_text.h"

namespace focalhip {

namespace {

constexpr std::array<std::pair<JobState, std::string_view>, 6> job_state_names = {
    {{JobState::queued, "queued"},
     {JobState::running, "running"},
     {JobState::done, "done"},
     {JobState::refused, "refused"},
     {JobState::superseded, "superseded"},
     {JobState::dropped, "dropped"}}};
constexpr std::array<std::pair<DeliveryState, std::string_view>, 5> delivery_state_names = {
    {{DeliveryState::pending, "pending"},
     {DeliveryState::sending, "sending"},
     {DeliveryState::delivered, "delivered"},
     {DeliveryState::parked, "parked"},
     {DeliveryState::cancelled, "cancelled"}}};

template <typename State, std::size_t count>
std::string_view name_in(const std::array<std::pair<State, std::string_view>, count>& names, State state) {
  for (const auto& [value, text] : names) {
    if (value == state) return text;
  }
  throw std::logic_error("state without a name");
}

template <typename State, std::size_t count>
State state_in(const std::array<std::pair<State, std::string_view>, count>& names, const std::string& text) {
  for (const auto& [value, its_name] : names) {
    if (its_name == text) return value;
  }
  throw std::runtime_error("job store: unknown state '" + text + "'");
}

}  // namespace

std::string_view name(JobState state) { return name_in(job_state_names, state); }
std::string_view name(DeliveryState state) { return name_in(delivery_state_names, state); }

const std::string job_columns =
    "id, generation, attempt, state, study_instance_uid, series_instance_uid, content_digest, "
    "identity_digest, "
    "calling_ae_title, accession_digest, input, priority, refusal_only, created_ms, changed_ms, "
    "lease_until_ms, "
    "owner, outcome_code, last_error";

Job job_from_row(const SqlRow& row) {
  return {.id = row.integer(0),
          .generation = row.small_integer(1),
          .attempt = row.small_integer(2),
          .state = state_in(job_state_names, row.text(3)),
          .what = {.study_instance_uid = row.text(4),
                   .series_instance_uid = row.text(5),
                   .content_digest = row.text(6),
                   .instances_digest = {},  // of tombstones only
                   .identity_digest = row.text(7),
                   .calling_ae_title = row.text(8),
                   .accession_digest = row.text(9),
                   .input = row.text(10),
                   .priority = row.small_integer(11),
                   .refusal_only = row.integer(12) != 0},
          .created_ms = row.integer(13),
          .changed_ms = row.integer(14),
          .lease_until_ms = row.integer(15),
          .owner = row.text(16),
          .outcome_code = row.text(17),
          .last_error = row.text(18)};
}

const std::string delivery_columns =
    "id, job_id, destination, outbox_folder, state, attempts, next_try_ms, created_ms, last_error, claims, "
    "owner, lease_until_ms";

Delivery delivery_from_row(const SqlRow& row) {
  return {.id = row.integer(0),
          .job_id = row.integer(1),
          .destination = row.text(2),
          .outbox_folder = row.text(3),
          .state = state_in(delivery_state_names, row.text(4)),
          .attempts = row.small_integer(5),
          .next_try_ms = row.integer(6),
          .created_ms = row.integer(7),
          .last_error = row.text(8),
          .claims = row.small_integer(9),
          .owner = row.text(10),
          .lease_until_ms = row.integer(11)};
}

std::unique_ptr<JobStore> JobStore::open(const StoreSettings& settings,
                                         const std::filesystem::path& data_folder) {
  return std::make_unique<SqlJobStore>(settings, data_folder, migrations());
}

SqlJobStore::SqlJobStore(const StoreSettings& settings,
                         const std::filesystem::path& data_folder,
                         std::span<const Migration> steps)
    : database_(settings, data_folder) {
  migrate(database_, steps);
}

void SqlJobStore::insert_alarm(const std::string& code, const std::string& detail, UtcMs now_ms) {
  constexpr std::int64_t kept = 10'000;  // a peer that misbehaves for weeks must not fill the disk
  const std::vector<SqlRow> rows =
      database_.query("INSERT INTO alarms (at_ms, code, detail) VALUES ($1, $2, $3) RETURNING id",
                      {now_ms, storable_text(code), storable_text(detail, most_error_bytes)});
  database_.execute("DELETE FROM alarms WHERE id <= $1", {rows.front().integer(0) - kept});
}

}  // namespace focalhip
