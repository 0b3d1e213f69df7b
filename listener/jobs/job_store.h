#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node_config.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

enum class JobState { queued, running, done, refused, superseded, dropped };
enum class DeliveryState { pending, sending, delivered, parked, cancelled };
[[nodiscard]] std::string_view name(JobState state);
[[nodiscard]] std::string_view name(DeliveryState state);

// One unit of work: a study and its chosen volume. `input` is the JSON text of listener/jobs/job_input.h.
struct NewJob {
  std::string study_instance_uid;
  std::string series_instance_uid;  // of the chosen volume
  std::string content_digest;       // pixels and geometry of the chosen volume (order independent)
  std::string instances_digest;     // its SOP Instance UIDs (order independent); empty = not compared
  std::string identity_digest;      // patient, accession, study data
  std::string calling_ae_title;
  std::string accession_digest;  // hex SHA-256 of the accession number, for `jobs list --accession`
  std::string input;
  int priority = 0;           // higher first
  bool refusal_only = false;  // nothing measurable was received: the worker writes the refusal
};

struct Job {
  std::int64_t id = 0;
  int generation = 1;  // per study; a higher one supersedes
  int attempt = 0;
  JobState state = JobState::queued;
  NewJob what;
  UtcMs created_ms = 0;  // all dates in result objects come from here
  UtcMs changed_ms = 0;
  UtcMs lease_until_ms = 0;
  std::string owner;
  std::string outcome_code;  // empty, or the refusal code
  std::string last_error;    // no patient data
};

struct Delivery {
  std::int64_t id = 0;
  std::int64_t job_id = 0;
  std::string destination;    // name
  std::string outbox_folder;  // relative to the data folder: outbox/<job>/<attempt>
  DeliveryState state = DeliveryState::pending;
  int attempts = 0;
  UtcMs next_try_ms = 0;
  UtcMs created_ms = 0;  // or of the last `retry`: the time that counts for parking
  std::string last_error;
  int claims = 0;  // fencing: grows with every claim, never reset
  std::string owner;
  UtcMs lease_until_ms = 0;
};

struct Alarm {
  std::int64_t id = 0;
  UtcMs at_ms = 0;
  std::string code;    // QUARANTINED, PARKED, UNREADABLE, ...
  std::string detail;  // no patient data
};

// How many rows are in which state, by the state's name; for the status page and metrics.
struct StoreCounts {
  std::map<std::string, std::int64_t> jobs;
  std::map<std::string, std::int64_t> deliveries;
  std::int64_t alarms = 0;
  UtcMs oldest_unsent_ms = 0;  // created_ms of the oldest delivery pending, sending or parked; 0 = none
};

// The record of what is to be done. SQLite and PostgreSQL through one code path; every method is one
// transaction with retries on BUSY/40001/40P01. Errors throw std::runtime_error. One object per process and
// thread; never carry one over a fork (a child opens its own).
// Text that is no UTF-8 is stored with its offending bytes spelled out as "\xHH"; error texts are cut at 1000
// bytes.
class JobStore {
 public:
  // Opens, creates the schema or migrates it forward; a newer schema is an error.
  static std::unique_ptr<JobStore> open(const StoreSettings& settings,
                                        const std::filesystem::path& data_folder);
  virtual ~JobStore() = default;

  // --- collector
  // The same study, content (or the same instances, perhaps in another encoding) and identity again: nothing
  // is done, nullopt; but its job can be retried with what was received now, as a dropped one where the row
  // is gone. Otherwise a job with the study's next generation; older queued or running jobs of the study
  // become superseded.
  [[nodiscard]] virtual std::optional<std::int64_t> add_job(const NewJob& job, UtcMs now_ms) = 0;
  // Was this series content ever worked on (tombstones outlive retention)?
  [[nodiscard]] virtual bool is_known(const std::string& study_instance_uid,
                                      const std::string& content_digest,
                                      const std::string& identity_digest) = 0;
  // One collector per job store: true when `owner` holds (or took over) the lease.
  [[nodiscard]] virtual bool hold_lease(const std::string& name,
                                        const std::string& owner,
                                        UtcMs now_ms,
                                        UtcMs until_ms) = 0;
  virtual void release_lease(const std::string& name, const std::string& owner) = 0;

  // --- worker (fencing: every change names job, attempt and generation; false = somebody else owns it, throw
  // the result away) Takes the next queued job, or a running one whose lease has run out; commits attempt+1
  // and the lease.
  [[nodiscard]] virtual std::optional<Job> claim(const std::string& owner,
                                                 UtcMs now_ms,
                                                 UtcMs lease_until_ms) = 0;
  [[nodiscard]] virtual bool renew(const Job& job, UtcMs lease_until_ms) = 0;
  // Deliveries + done (or refused, when outcome_code is not empty) + cancel of unsent deliveries of older
  // generations.
  [[nodiscard]] virtual bool finish(const Job& job,
                                    const std::string& outcome_code,
                                    const std::string& outbox_folder,
                                    const std::vector<std::string>& destinations,
                                    UtcMs now_ms) = 0;
  // A worker master that starts again: what it was running under this owner name goes back to the queue at
  // once, without waiting for the leases. Only for owner names that no other living process uses. Returns how
  // many. Jobs of "<owner>/<anything>" are meant, too: a master names its places so.
  virtual int take_back(const std::string& owner, UtcMs now_ms) = 0;
  // Puts a failed attempt back into the queue.
  [[nodiscard]] virtual bool give_back(const Job& job, const std::string& error, UtcMs now_ms) = 0;

  // --- courier
  // The next delivery that is due: pending with next_try_ms reached, or left in `sending` by a courier whose
  // lease ran out or that had the same owner name (a courier's owner name is stable over restarts and used by
  // one process at a time). Commits attempts+1, claims+1 and the lease.
  [[nodiscard]] virtual std::optional<Delivery> claim_delivery(const std::string& destination,
                                                               const std::string& owner,
                                                               UtcMs now_ms,
                                                               UtcMs lease_until_ms) = 0;
  [[nodiscard]] virtual bool renew_delivery(const Delivery& delivery, UtcMs lease_until_ms) = 0;
  // Also true for a delivery that was cancelled while it was being sent: what arrived has arrived.
  [[nodiscard]] virtual bool delivered(const Delivery& delivery, UtcMs now_ms) = 0;
  // park = true also raises the alarm PARKED, in the same transaction.
  [[nodiscard]] virtual bool delivery_failed(
      const Delivery& delivery, const std::string& error, UtcMs next_try_ms, bool park, UtcMs now_ms) = 0;

  // --- people
  [[nodiscard]] virtual std::vector<Job> jobs(
      const std::string& accession_digest) = 0;  // empty = all, newest first
  // The newest first, without their input: for the status page.
  [[nodiscard]] virtual std::vector<Job> recent_jobs(int most) = 0;
  [[nodiscard]] virtual std::optional<Job> job(std::int64_t id) = 0;
  [[nodiscard]] virtual std::vector<Delivery> deliveries(std::int64_t job_id) = 0;  // 0 = all
  // The last report of the study before this job that was delivered anywhere (for PredecessorDocuments).
  [[nodiscard]] virtual std::optional<Job> predecessor(const Job& job) = 0;
  // Parked deliveries: sent again at once. Without any, a job that is done, refused or dropped is worked on
  // again as the study's newest generation, attempt counted from 0. False: nothing of the kind.
  virtual bool retry(std::int64_t job_id, UtcMs now_ms) = 0;
  // Queued or running: dropped. Unsent deliveries: cancelled. False: nothing of the kind.
  virtual bool drop(std::int64_t job_id, UtcMs now_ms) = 0;
  virtual void alarm(const std::string& code, const std::string& detail, UtcMs now_ms) = 0;
  // Nothing when there is one with the same code and detail: for what a restarted process finds again.
  virtual void alarm_once(const std::string& code, const std::string& detail, UtcMs now_ms) = 0;
  [[nodiscard]] virtual std::vector<Alarm> alarms(int most) = 0;  // newest first
  [[nodiscard]] virtual StoreCounts counts() = 0;

  // --- retention: rows first, files second
  // Studies with a queued or running job: their received objects are still needed.
  [[nodiscard]] virtual std::vector<std::string> unfinished_studies() = 0;
  [[nodiscard]] virtual std::vector<std::int64_t> forget_finished_before(
      UtcMs before_ms) = 0;  // returns removed job ids
  // Gives up the outbox folders of jobs whose deliveries all ended (delivered or cancelled) before
  // `before_ms`: they are no longer live, the rows stay. Returns how many deliveries lost their folder.
  virtual int forget_results_before(UtcMs before_ms) = 0;
  // Folders that deliveries name, and those that running jobs may be about to name; everything else is an
  // orphan.
  [[nodiscard]] virtual std::vector<std::string> live_outbox_folders() = 0;
};

}  // namespace focalhip
