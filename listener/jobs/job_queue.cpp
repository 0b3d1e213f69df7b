#include <set>

#include "listener/jobs/sql_job_store.h"
#include "listener/jobs/stored_text.h"
#include "listener/support/fault_points.h"

// Collector and worker: jobs from "there is something to do" to "done".
namespace focalhip {

namespace {

// Every change by a worker names these; no row = somebody else owns the job by now. `first`: number of the
// first placeholder.
std::string still_mine(int first) {
  const auto placeholder = [&](int offset) {
    return std::string("$").append(std::to_string(first + offset));
  };
  return "id = " + placeholder(0) + " AND attempt = " + placeholder(1) +
         " AND generation = " + placeholder(2) + " AND state = 'running'";
}

std::vector<SqlValue> with_fence(std::vector<SqlValue> values, const Job& job) {
  values.insert(values.end(), {job.id, std::int64_t{job.attempt}, std::int64_t{job.generation}});
  return values;
}

}  // namespace

std::int64_t SqlJobStore::next_generation(const std::string& study_instance_uid) {
  return database_
      .query(
          "INSERT INTO studies (study_instance_uid, generation) VALUES ($1, 1) "
          "ON CONFLICT (study_instance_uid) DO UPDATE SET generation = studies.generation + 1 "
          "RETURNING generation",
          {study_instance_uid})
      .front()
      .integer(0);
}

void SqlJobStore::supersede_unfinished(const std::string& study_instance_uid,
                                       std::int64_t spared_job_id,
                                       UtcMs now_ms) {
  const std::size_t superseded = database_.execute(
      "UPDATE jobs SET state = 'superseded', changed_ms = $1, owner = '', lease_until_ms = 0 "
      "WHERE study_instance_uid = $2 AND id <> $3 AND state IN ('queued', 'running')",
      {now_ms, study_instance_uid, spared_job_id});
  if (superseded > 0) fault_point("collector_in_supersede");
}

// The content under which the study was made a job before. Once the received objects are gone pixels can no
// longer be compared: the same instances of the same person are then the same content, or every archive that
// sends its old studies compressed would have them all measured again.
std::optional<std::string> SqlJobStore::known_content(const NewJob& job) {
  const std::vector<SqlRow> rows = database_.query(
      "SELECT content_digest FROM tombstones WHERE study_instance_uid = $1 AND identity_digest = $2 AND "
      "(content_digest = $3 OR (instances_digest <> '' AND instances_digest = $4)) "
      "ORDER BY CASE WHEN content_digest = $3 THEN 0 ELSE 1 END, first_ms DESC LIMIT 1",
      {storable_text(job.study_instance_uid),
       storable_text(job.identity_digest),
       storable_text(job.content_digest),
       storable_text(job.instances_digest)});
  if (rows.empty()) return std::nullopt;
  return rows.front().text(0);
}

// `jobs retry` needs a row, and files that are still there.
void SqlJobStore::keep_way_back(const NewJob& job, const std::string& content, UtcMs now_ms) {
  const std::size_t rows = database_.execute(
      "UPDATE jobs SET input = $1 WHERE study_instance_uid = $2 AND content_digest = $3 AND "
      "identity_digest = $4",
      {storable_text(job.input),
       storable_text(job.study_instance_uid),
       content,
       storable_text(job.identity_digest)});
  if (rows > 0) return;
  insert_job(job, content, JobState::dropped, next_generation(storable_text(job.study_instance_uid)), now_ms);
}

std::int64_t SqlJobStore::insert_job(
    const NewJob& job, const std::string& content, JobState state, std::int64_t generation, UtcMs now_ms) {
  return database_
      .query(
          "INSERT INTO jobs (study_instance_uid, series_instance_uid, content_digest, identity_digest, "
          "calling_ae_title, accession_digest, input, priority, refusal_only, generation, attempt, state, "
          "owner, lease_until_ms, outcome_code, last_error, created_ms, changed_ms) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, '', 0, '', '', $12, $13) "
          "RETURNING id",
          {storable_text(job.study_instance_uid),
           storable_text(job.series_instance_uid),
           content,
           storable_text(job.identity_digest),
           storable_text(job.calling_ae_title),
           storable_text(job.accession_digest),
           storable_text(job.input),
           std::int64_t{job.priority},
           std::int64_t{job.refusal_only ? 1 : 0},
           generation,
           std::string(name(state)),
           now_ms,
           now_ms})
      .front()
      .integer(0);
}

std::optional<std::int64_t> SqlJobStore::add_job(const NewJob& job, UtcMs now_ms) {
  const std::string content = storable_text(job.content_digest);
  return database_.transaction([&]() -> std::optional<std::int64_t> {
    if (const std::optional<std::string> known = known_content(job)) {
      keep_way_back(job, *known, now_ms);
      return std::nullopt;
    }
    const std::size_t added = database_.execute(
        "INSERT INTO tombstones (study_instance_uid, content_digest, identity_digest, instances_digest, "
        "first_ms) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        {storable_text(job.study_instance_uid),
         content,
         storable_text(job.identity_digest),
         storable_text(job.instances_digest),
         now_ms});
    if (added == 0) return std::nullopt;  // another collector was faster
    // First the generation: it holds the study's row until the end, so that whoever comes at the same time
    // looks for unfinished jobs after this one is there.
    const std::string study = storable_text(job.study_instance_uid);
    const std::int64_t generation = next_generation(study);
    supersede_unfinished(study, 0, now_ms);
    const std::int64_t id = insert_job(job, content, JobState::queued, generation, now_ms);
    fault_point("collector_in_add_job");
    return id;
  });
}

bool SqlJobStore::is_known(const std::string& study_instance_uid,
                           const std::string& content_digest,
                           const std::string& identity_digest) {
  return database_.reading([&] {
    return !database_
                .query(
                    "SELECT 1 FROM tombstones WHERE study_instance_uid = $1 AND content_digest = $2 AND "
                    "identity_digest = $3",
                    {storable_text(study_instance_uid),
                     storable_text(content_digest),
                     storable_text(identity_digest)})
                .empty();
  });
}

bool SqlJobStore::hold_lease(const std::string& name,
                             const std::string& owner,
                             UtcMs now_ms,
                             UtcMs until_ms) {
  return database_.transaction([&] {
    const std::vector<SqlRow> taken = database_.query(
        "INSERT INTO leases (name, owner, until_ms) VALUES ($1, $2, $3) "
        "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms "
        "WHERE leases.owner = excluded.owner OR leases.until_ms <= $4 RETURNING name",
        {storable_text(name), storable_text(owner), until_ms, now_ms});
    fault_point("collector_in_lease");
    return !taken.empty();
  });
}

void SqlJobStore::release_lease(const std::string& name, const std::string& owner) {
  (void)database_.transaction([&] {
    const std::size_t released = database_.execute("DELETE FROM leases WHERE name = $1 AND owner = $2",
                                                   {storable_text(name), storable_text(owner)});
    fault_point("collector_in_release");
    return released;
  });
}

std::optional<Job> SqlJobStore::claim(const std::string& owner, UtcMs now_ms, UtcMs lease_until_ms) {
  const std::string next =
      "SELECT id FROM jobs WHERE state = 'queued' OR (state = 'running' AND lease_until_ms <= $1) "
      "ORDER BY priority DESC, id LIMIT 1 ";
  // Look before taking the write lock: workers ask often and mostly in vain.
  if (database_.reading([&] { return database_.query(next, {now_ms}); }).empty()) return std::nullopt;
  return database_.transaction([&]() -> std::optional<Job> {
    const std::vector<SqlRow> found = database_.query(next + "{lock jobs}", {now_ms});
    if (found.empty()) return std::nullopt;
    const std::vector<SqlRow> rows = database_.query(
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, owner = $1, lease_until_ms = $2, "
        "changed_ms = $3 WHERE id = $4 RETURNING " +
            job_columns,
        {storable_text(owner), lease_until_ms, now_ms, found.front().integer(0)});
    fault_point("worker_in_claim");
    return job_from_row(rows.front());
  });
}

bool SqlJobStore::renew(const Job& job, UtcMs lease_until_ms) {
  return database_.transaction([&] {
    const std::size_t renewed = database_.execute(
        "UPDATE jobs SET lease_until_ms = $1 WHERE " + still_mine(2), with_fence({lease_until_ms}, job));
    fault_point("worker_in_renew");
    return renewed == 1;
  });
}

bool SqlJobStore::finish(const Job& job,
                         const std::string& outcome_code,
                         const std::string& outbox_folder,
                         const std::vector<std::string>& destinations,
                         UtcMs now_ms) {
  const std::set<std::string> each_once(destinations.begin(), destinations.end());
  const std::string state(name(outcome_code.empty() ? JobState::done : JobState::refused));
  return database_.transaction([&] {
    const std::size_t finished = database_.execute(
        "UPDATE jobs SET state = $1, outcome_code = $2, changed_ms = $3, owner = '', lease_until_ms = 0, "
        "last_error = '' WHERE " +
            still_mine(4),
        with_fence({state, storable_text(outcome_code), now_ms}, job));
    if (finished == 0) return false;
    // Nobody shall get an older report of the study after this one, nor what an earlier run of this job left.
    database_.execute(
        "UPDATE deliveries SET state = 'cancelled', changed_ms = $1 "
        "WHERE state IN ('pending', 'sending', 'parked') AND job_id IN "
        "(SELECT id FROM jobs WHERE study_instance_uid = $2 AND generation <= $3)",
        {now_ms, storable_text(job.what.study_instance_uid), std::int64_t{job.generation}});
    for (const std::string& destination : each_once) {
      database_.execute(
          "INSERT INTO deliveries (job_id, destination, outbox_folder, state, attempts, claims, owner, "
          "lease_until_ms, next_try_ms, created_ms, changed_ms, last_error) "
          "VALUES ($1, $2, $3, 'pending', 0, 0, '', 0, $4, $5, $6, '')",
          {job.id, storable_text(destination), storable_text(outbox_folder), now_ms, now_ms, now_ms});
    }
    fault_point("worker_in_finish");
    return true;
  });
}

int SqlJobStore::take_back(const std::string& owner, UtcMs now_ms) {
  const std::string slots = storable_text(owner) + "/";
  return database_.transaction([&] {
    const std::size_t taken = database_.execute(
        "UPDATE jobs SET state = 'queued', owner = '', lease_until_ms = 0, changed_ms = $1, "
        "last_error = 'its worker stopped' WHERE state = 'running' AND "
        "(owner = $2 OR substr(owner, 1, CAST($3 AS INTEGER)) = $4)",
        {now_ms, storable_text(owner), static_cast<std::int64_t>(slots.size()), slots});
    fault_point("master_in_take_back");
    return static_cast<int>(taken);
  });
}

bool SqlJobStore::give_back(const Job& job, const std::string& error, UtcMs now_ms) {
  return database_.transaction([&] {
    const std::size_t given_back = database_.execute(
        "UPDATE jobs SET state = 'queued', owner = '', lease_until_ms = 0, last_error = $1, "
        "changed_ms = $2 WHERE " +
            still_mine(3),
        with_fence({storable_text(error, most_error_bytes), now_ms}, job));
    fault_point("worker_in_give_back");
    return given_back == 1;
  });
}

}  // namespace focalhip
