#include "listener/jobs/schema.h"

#include <stdexcept>

#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

// Number of the advisory lock under which PostgreSQL clients migrate: "FHIP" in ASCII.
constexpr const char* lock_in_postgresql =
    "SELECT 1 FROM (SELECT pg_advisory_xact_lock(1179142480)) AS waited";

// README.md explains the tables. Never change a migration that was released; add one.
const Migration first_schema = {
    // Last generation given to a study; outlives retention, so that no generation is given twice.
    R"(CREATE TABLE studies (
         study_instance_uid TEXT PRIMARY KEY,
         generation BIGINT NOT NULL))",
    // What was ever made a job; outlives retention.
    R"(CREATE TABLE tombstones (
         study_instance_uid TEXT NOT NULL,
         content_digest TEXT NOT NULL,
         identity_digest TEXT NOT NULL,
         first_ms BIGINT NOT NULL,
         PRIMARY KEY (study_instance_uid, content_digest, identity_digest)))",
    R"(CREATE TABLE jobs (
         id {id},
         study_instance_uid TEXT NOT NULL,
         series_instance_uid TEXT NOT NULL,
         content_digest TEXT NOT NULL,
         identity_digest TEXT NOT NULL,
         calling_ae_title TEXT NOT NULL,
         accession_digest TEXT NOT NULL,
         input TEXT NOT NULL,
         priority BIGINT NOT NULL,
         refusal_only BIGINT NOT NULL,
         generation BIGINT NOT NULL,
         attempt BIGINT NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'refused', 'superseded', 'dropped')),
         owner TEXT NOT NULL,
         lease_until_ms BIGINT NOT NULL,
         outcome_code TEXT NOT NULL,
         last_error TEXT NOT NULL,
         created_ms BIGINT NOT NULL,
         changed_ms BIGINT NOT NULL,
         UNIQUE (study_instance_uid, generation)))",
    "CREATE INDEX jobs_by_state ON jobs (state)",
    "CREATE INDEX jobs_by_accession ON jobs (accession_digest)",
    R"(CREATE TABLE deliveries (
         id {id},
         job_id BIGINT NOT NULL REFERENCES jobs (id),
         destination TEXT NOT NULL,
         outbox_folder TEXT NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'parked', 'cancelled')),
         attempts BIGINT NOT NULL,
         claims BIGINT NOT NULL,
         owner TEXT NOT NULL,
         lease_until_ms BIGINT NOT NULL,
         next_try_ms BIGINT NOT NULL,
         created_ms BIGINT NOT NULL,
         changed_ms BIGINT NOT NULL,
         last_error TEXT NOT NULL))",
    "CREATE INDEX deliveries_by_destination ON deliveries (destination, state)",
    "CREATE INDEX deliveries_by_job ON deliveries (job_id)",
    R"(CREATE TABLE leases (
         name TEXT PRIMARY KEY,
         owner TEXT NOT NULL,
         until_ms BIGINT NOT NULL))",
    R"(CREATE TABLE alarms (
         id {id},
         at_ms BIGINT NOT NULL,
         code TEXT NOT NULL,
         detail TEXT NOT NULL))",
};

const Migration instances_in_tombstones = {
    // '' in rows that were made before: not compared.
    "ALTER TABLE tombstones ADD COLUMN instances_digest TEXT NOT NULL DEFAULT ''",
};

const std::vector<Migration>& all_migrations() {
  static const std::vector<Migration> all = {first_schema, instances_in_tombstones};
  return all;
}

std::size_t version_of(Database& database) {
  database.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)");
  const std::vector<SqlRow> rows = database.query("SELECT version FROM schema_version");
  if (!rows.empty()) return static_cast<std::size_t>(rows.front().integer(0));
  database.execute("INSERT INTO schema_version (version) VALUES (0)");
  return 0;
}

}  // namespace

std::span<const Migration> migrations() { return all_migrations(); }

void migrate(Database& database, std::span<const Migration> steps) {
  (void)database.transaction([&] {
    if (database.engine() == DatabaseEngine::postgresql) database.query(lock_in_postgresql);
    const std::size_t version = version_of(database);
    if (version > steps.size()) {
      throw std::runtime_error("job store: its schema version is " + std::to_string(version) +
                               ", this program knows versions up to " + std::to_string(steps.size()) +
                               "; use the newer program");
    }
    for (const Migration& step : steps.subspan(version)) {
      for (const std::string& statement : step) database.execute(statement);
    }
    const std::size_t updated =
        database.execute("UPDATE schema_version SET version = $1", {static_cast<std::int64_t>(steps.size())});
    if (version < steps.size()) fault_point("supervisor_in_migration");
    return updated;
  });
}

}  // namespace focalhip
