#pragma once

#include <span>
#include <string>
#include <vector>

#include "listener/jobs/database.h"
#include "listener/jobs/job_store.h"
#include "listener/jobs/schema.h"

namespace focalhip {

// JobStore in SQL; the same statements for SQLite and PostgreSQL. Its methods stand in three files, as in
// job_store.h: collector and worker (job_queue.cpp), courier (delivery_queue.cpp), people and retention
// (job_records.cpp).
class SqlJobStore final : public JobStore {
 public:
  SqlJobStore(const StoreSettings& settings,
              const std::filesystem::path& data_folder,
              std::span<const Migration> steps);

  std::optional<std::int64_t> add_job(const NewJob& job, UtcMs now_ms) override;
  bool is_known(const std::string& study_instance_uid,
                const std::string& content_digest,
                const std::string& identity_digest) override;
  bool hold_lease(const std::string& name, const std::string& owner, UtcMs now_ms, UtcMs until_ms) override;
  void release_lease(const std::string& name, const std::string& owner) override;

  std::optional<Job> claim(const std::string& owner, UtcMs now_ms, UtcMs lease_until_ms) override;
  bool renew(const Job& job, UtcMs lease_until_ms) override;
  bool finish(const Job& job,
              const std::string& outcome_code,
              const std::string& outbox_folder,
              const std::vector<std::string>& destinations,
              UtcMs now_ms) override;
  int take_back(const std::string& owner, UtcMs now_ms) override;
  bool give_back(const Job& job, const std::string& error, UtcMs now_ms) override;

  std::optional<Delivery> claim_delivery(const std::string& destination,
                                         const std::string& owner,
                                         UtcMs now_ms,
                                         UtcMs lease_until_ms) override;
  bool renew_delivery(const Delivery& delivery, UtcMs lease_until_ms) override;
  bool delivered(const Delivery& delivery, UtcMs now_ms) override;
  bool delivery_failed(const Delivery& delivery,
                       const std::string& error,
                       UtcMs next_try_ms,
                       bool park,
                       UtcMs now_ms) override;

  std::vector<Job> jobs(const std::string& accession_digest) override;
  std::vector<Job> recent_jobs(int most) override;
  std::optional<Job> job(std::int64_t id) override;
  std::vector<Delivery> deliveries(std::int64_t job_id) override;
  std::optional<Job> predecessor(const Job& job) override;
  bool retry(std::int64_t job_id, UtcMs now_ms) override;
  bool drop(std::int64_t job_id, UtcMs now_ms) override;
  void alarm(const std::string& code, const std::string& detail, UtcMs now_ms) override;
  void alarm_once(const std::string& code, const std::string& detail, UtcMs now_ms) override;
  std::vector<Alarm> alarms(int most) override;
  StoreCounts counts() override;
  std::vector<std::string> unfinished_studies() override;
  std::vector<std::int64_t> forget_finished_before(UtcMs before_ms) override;
  int forget_results_before(UtcMs before_ms) override;
  std::vector<std::string> live_outbox_folders() override;

 private:
  // Parts of a transaction.
  [[nodiscard]] std::optional<std::string> known_content(const NewJob& job);
  void keep_way_back(const NewJob& job, const std::string& content, UtcMs now_ms);
  std::int64_t insert_job(
      const NewJob& job, const std::string& content, JobState state, std::int64_t generation, UtcMs now_ms);
  std::int64_t next_generation(const std::string& study_instance_uid);
  void supersede_unfinished(const std::string& study_instance_uid, std::int64_t spared_job_id, UtcMs now_ms);
  void insert_alarm(const std::string& code, const std::string& detail, UtcMs now_ms);

  Database database_;
};

// Columns and rows of the two main tables, in one place.
extern const std::string job_columns;
extern const std::string delivery_columns;
[[nodiscard]] Job job_from_row(const SqlRow& row);
[[nodiscard]] Delivery delivery_from_row(const SqlRow& row);

constexpr std::size_t most_error_bytes = 1000;

}  // namespace focalhip
