#include "listener/jobs/sql_job_store.h"
#include "listener/jobs/stored_text.h"
#include "listener/outbox/outbox.h"
#include "listener/support/fault_points.h"

// People and retention: looking at what there is, asking for it again, forgetting it.
namespace focalhip {

namespace {

constexpr const char* ended = "jobs.state IN ('done', 'refused', 'superseded', 'dropped')";
constexpr const char* nothing_unsent =
    "NOT EXISTS (SELECT 1 FROM deliveries AS unsent WHERE unsent.job_id = jobs.id AND "
    "unsent.state IN ('pending', 'sending', 'parked'))";

template <typename Result>
std::vector<Result> converted(const std::vector<SqlRow>& rows, Result (*from_row)(const SqlRow&)) {
  std::vector<Result> results;
  results.reserve(rows.size());
  for (const SqlRow& row : rows) results.push_back(from_row(row));
  return results;
}

std::optional<Job> only_job(const std::vector<SqlRow>& rows) {
  if (rows.empty()) return std::nullopt;
  return job_from_row(rows.front());
}

}  // namespace

std::vector<Job> SqlJobStore::jobs(const std::string& accession_digest) {
  return database_.reading([&] {
    const std::string all = "SELECT " + job_columns + " FROM jobs ";
    const std::string newest_first = "ORDER BY id DESC";
    return converted(accession_digest.empty()
                         ? database_.query(all + newest_first)
                         : database_.query(all + "WHERE accession_digest = $1 " + newest_first,
                                           {storable_text(accession_digest)}),
                     job_from_row);
  });
}

std::vector<Job> SqlJobStore::recent_jobs(int most) {
  std::string columns = job_columns;
  const std::string input = "input";
  columns.replace(columns.find(input), input.size(), "'' AS input");
  return database_.reading([&] {
    return converted(
        database_.query("SELECT " + columns + " FROM jobs ORDER BY id DESC LIMIT $1", {std::int64_t{most}}),
        job_from_row);
  });
}

std::vector<std::string> SqlJobStore::unfinished_studies() {
  return database_.reading([&] {
    std::vector<std::string> studies;
    for (const SqlRow& row :
         database_.query("SELECT DISTINCT study_instance_uid FROM jobs WHERE state IN ('queued', 'running')"))
      studies.push_back(row.text(0));
    return studies;
  });
}

std::optional<Job> SqlJobStore::job(std::int64_t id) {
  return database_.reading(
      [&] { return only_job(database_.query("SELECT " + job_columns + " FROM jobs WHERE id = $1", {id})); });
}

std::vector<Delivery> SqlJobStore::deliveries(std::int64_t job_id) {
  return database_.reading([&] {
    const std::string all = "SELECT " + delivery_columns + " FROM deliveries ";
    return converted(job_id == 0 ? database_.query(all + "ORDER BY id")
                                 : database_.query(all + "WHERE job_id = $1 ORDER BY id", {job_id}),
                     delivery_from_row);
  });
}

std::optional<Job> SqlJobStore::predecessor(const Job& job) {
  return database_.reading([&] {
    return only_job(
        database_.query("SELECT " + job_columns +
                            " FROM jobs WHERE study_instance_uid = $1 AND generation < $2 AND id <> $3 AND "
                            "EXISTS (SELECT 1 FROM deliveries WHERE deliveries.job_id = jobs.id AND "
                            "deliveries.state = 'delivered') ORDER BY generation DESC LIMIT 1",
                        {storable_text(job.what.study_instance_uid), std::int64_t{job.generation}, job.id}));
  });
}

bool SqlJobStore::retry(std::int64_t job_id, UtcMs now_ms) {
  return database_.transaction([&] {
    const std::size_t sent_again = database_.execute(
        "UPDATE deliveries SET state = 'pending', attempts = 0, next_try_ms = $1, created_ms = $1, "
        "changed_ms = $1 WHERE job_id = $2 AND state = 'parked'",
        {now_ms, job_id});
    if (sent_again > 0) return true;
    const std::vector<SqlRow> found = database_.query(
        "SELECT study_instance_uid FROM jobs WHERE id = $1 AND state IN ('done', 'refused', 'dropped')",
        {job_id});
    if (found.empty()) return false;
    const std::string study = found.front().text(0);
    const std::int64_t generation = next_generation(study);  // first: see add_job
    supersede_unfinished(study, job_id, now_ms);
    return database_.execute(
               "UPDATE jobs SET state = 'queued', generation = $1, attempt = 0, owner = '', lease_until_ms = "
               "0, "
               "outcome_code = '', last_error = '', changed_ms = $2 WHERE id = $3 AND "
               "state IN ('done', 'refused', 'dropped')",
               {generation, now_ms, job_id}) == 1;
  });
}

bool SqlJobStore::drop(std::int64_t job_id, UtcMs now_ms) {
  return database_.transaction([&] {
    const std::size_t dropped = database_.execute(
        "UPDATE jobs SET state = 'dropped', owner = '', lease_until_ms = 0, changed_ms = $1 WHERE id = $2 "
        "AND "
        "state IN ('queued', 'running')",
        {now_ms, job_id});
    const std::size_t cancelled = database_.execute(
        "UPDATE deliveries SET state = 'cancelled', changed_ms = $1 WHERE job_id = $2 AND "
        "state IN ('pending', 'sending', 'parked')",
        {now_ms, job_id});
    return dropped + cancelled > 0;
  });
}

void SqlJobStore::alarm(const std::string& code, const std::string& detail, UtcMs now_ms) {
  (void)database_.transaction([&] {
    insert_alarm(code, detail, now_ms);
    return true;
  });
}

void SqlJobStore::alarm_once(const std::string& code, const std::string& detail, UtcMs now_ms) {
  (void)database_.transaction([&] {
    const bool known = !database_
                            .query("SELECT 1 FROM alarms WHERE code = $1 AND detail = $2 LIMIT 1",
                                   {storable_text(code), storable_text(detail, most_error_bytes)})
                            .empty();
    if (known) return false;
    insert_alarm(code, detail, now_ms);
    fault_point("collector_in_alarm");
    return true;
  });
}

std::vector<Alarm> SqlJobStore::alarms(int most) {
  return database_.reading([&] {
    return converted<Alarm>(
        database_.query("SELECT id, at_ms, code, detail FROM alarms ORDER BY id DESC LIMIT $1",
                        {std::int64_t{most}}),
        [](const SqlRow& row) {
          return Alarm{
              .id = row.integer(0), .at_ms = row.integer(1), .code = row.text(2), .detail = row.text(3)};
        });
  });
}

StoreCounts SqlJobStore::counts() {
  return database_.reading([&] {
    StoreCounts counts;
    for (const SqlRow& row : database_.query("SELECT state, COUNT(*) FROM jobs GROUP BY state")) {
      counts.jobs[row.text(0)] = row.integer(1);
    }
    for (const SqlRow& row : database_.query("SELECT state, COUNT(*) FROM deliveries GROUP BY state")) {
      counts.deliveries[row.text(0)] = row.integer(1);
    }
    counts.alarms = database_.query("SELECT COUNT(*) FROM alarms").front().integer(0);
    counts.oldest_unsent_ms = database_
                                  .query(
                                      "SELECT COALESCE(MIN(created_ms), 0) FROM deliveries WHERE state IN "
                                      "('pending', 'sending', 'parked')")
                                  .front()
                                  .integer(0);
    return counts;
  });
}

std::vector<std::int64_t> SqlJobStore::forget_finished_before(UtcMs before_ms) {
  return database_.transaction([&] {
    const std::string forgotten =
        std::string(" FROM jobs WHERE changed_ms < $1 AND ") + ended + " AND " + nothing_unsent;
    std::vector<std::int64_t> ids;
    for (const SqlRow& row : database_.query("SELECT id" + forgotten + " ORDER BY id", {before_ms})) {
      const std::int64_t id = row.integer(0);
      database_.execute("DELETE FROM deliveries WHERE job_id = $1", {id});
      database_.execute("DELETE FROM jobs WHERE id = $1", {id});
      ids.push_back(id);
    }
    if (!ids.empty()) fault_point("collector_in_forget_jobs");
    return ids;
  });
}

int SqlJobStore::forget_results_before(UtcMs before_ms) {
  return database_.transaction([&] {
    const std::size_t given_up = database_.execute(
        "UPDATE deliveries SET outbox_folder = '' WHERE outbox_folder <> '' AND job_id IN "
        "(SELECT jobs.id FROM jobs WHERE " +
            std::string(nothing_unsent) +
            ") AND NOT EXISTS (SELECT 1 FROM deliveries AS recent WHERE recent.job_id = "
            "deliveries.job_id AND "
            "recent.changed_ms >= $1)",
        {before_ms});
    if (given_up > 0) fault_point("collector_in_forget_results");
    return static_cast<int>(given_up);
  });
}

std::vector<std::string> SqlJobStore::live_outbox_folders() {
  return database_.reading([&] {
    std::vector<std::string> folders;
    for (const SqlRow& row :
         database_.query("SELECT DISTINCT outbox_folder FROM deliveries WHERE outbox_folder <> ''")) {
      folders.push_back(row.text(0));
    }
    for (const SqlRow& row : database_.query("SELECT id, attempt FROM jobs WHERE state = 'running'")) {
      folders.push_back(outbox_folder_name(row.integer(0), row.small_integer(1)));
    }
    return folders;
  });
}

}  // namespace focalhip
