#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace focalhip {

// A step of a protocol at which a crash test may kill the process that takes it.
struct FaultStep {
  std::string_view process;
  std::string_view name;
  std::string_view state;  // what the disk, the store and the peer know at this moment
};

// All of them: the rows of the kill matrix (tests/integration/kill_matrix_test.cpp), which dies at each one
// and shows that nothing is lost, doubled or half written. "not committed": inside the transaction, before
// COMMIT.
inline constexpr auto fault_steps = std::to_array<FaultStep>({
    {"receiver", "receiver_before_accept", "request judged, not answered"},
    {"receiver", "receiver_after_accept", "association open, no message yet"},
    {"receiver", "receiver_part_created", "file in incoming/ made and locked, no byte of the data set"},
    {"receiver", "receiver_in_transfer", "part of an object is in incoming/"},
    {"receiver", "receiver_received", "object complete in incoming/, neither checked nor synced"},
    {"receiver", "receiver_synced", "object checked and synced, its association has no folder"},
    {"receiver", "receiver_folder_locked", "folder in the making has its lock, no record"},
    {"receiver", "receiver_in_record", "association.json complete under its temporary name"},
    {"receiver", "receiver_folder_recorded", "folder in the making complete, not renamed"},
    {"receiver", "receiver_folder_renamed", "folder in the spool, without an object"},
    {"receiver", "receiver_before_rename", "object durable in incoming/, folder waiting"},
    {"receiver", "receiver_after_rename", "object in the folder, folder not synced"},
    {"receiver", "receiver_before_response", "object durable, the sender does not know it"},
    {"receiver", "receiver_after_response", "object answered"},
    {"receiver", "receiver_before_refusal", "object refused, the sender does not know it"},
    {"receiver", "receiver_before_ended", "released, ended.json not written"},
    {"receiver", "receiver_in_ended", "ended.json complete under its temporary name"},
    {"receiver", "receiver_after_ended", "association complete in the spool"},
    {"receiver", "receiver_before_commitment", "commitment report understood, not written"},
    {"receiver", "receiver_in_commitment", "commitment report complete under its temporary name"},
    {"receiver", "receiver_after_commitment", "commitment report durable, not answered"},

    {"acceptor", "acceptor_before_sweep", "started, incoming/ as an earlier life left it"},
    {"acceptor", "acceptor_before_listen", "incoming/ swept, no socket"},
    {"acceptor", "acceptor_before_ready", "listening, the supervisor does not know it"},
    {"acceptor", "acceptor_before_fork", "a peer speaks, no receiver yet"},
    {"acceptor", "acceptor_after_fork", "a receiver was made"},
    {"acceptor", "acceptor_before_lost_sweep", "a receiver died, its parts are in incoming/"},
    {"acceptor", "acceptor_in_drain", "stopping: not listening, receivers asked to end"},

    {"collector", "collector_in_lease", "lease taken, not committed"},
    {"collector", "collector_after_lease", "lease held, nothing read"},
    {"collector", "collector_in_lost_ending", "ended.json (lost) complete under its temporary name"},
    {"collector", "collector_after_lost_ending", "lost association ended"},
    {"collector", "collector_after_look", "new objects listed, none read"},
    {"collector", "collector_after_object", "some objects read, the others not"},
    {"collector", "collector_before_alarm", "object to be set aside, no alarm"},
    {"collector", "collector_in_alarm", "alarm written, not committed"},
    {"collector", "collector_before_quarantine", "alarm raised, object still in its association"},
    {"collector", "collector_quarantine_folder", "quarantine folder made, empty"},
    {"collector", "collector_in_quarantine_reason", "why.json complete under its temporary name"},
    {"collector", "collector_quarantine_reason", "why.json durable, object still in its association"},
    {"collector", "collector_after_quarantine", "object in quarantine"},
    {"collector", "collector_before_add_job", "study decided, nothing in the store"},
    {"collector", "collector_in_supersede", "older jobs of the study superseded, not committed"},
    {"collector", "collector_in_add_job", "tombstone, generation and job written, not committed"},
    {"collector", "collector_after_add_job", "job queued, the collector does not know it"},
    {"collector", "collector_in_forget_jobs", "rows of old jobs deleted, not committed"},
    {"collector", "collector_in_forget_results", "outbox folders given up, not committed"},
    {"collector", "collector_before_outbox_sweep", "rows forgotten, their outbox folders still there"},
    {"collector", "collector_in_outbox_sweep", "one outbox folder removed, others not"},
    {"collector", "collector_in_retiring_list", "list of a study's files complete under its temporary name"},
    {"collector", "collector_after_retiring_list", "list durable, all files still there"},
    {"collector", "collector_in_retirement", "some files of a study removed, others not"},
    {"collector", "collector_before_list_removed", "all files of a study removed, list still there"},
    {"collector", "collector_after_retirement", "study gone from the spool"},
    {"collector", "collector_in_tidy", "one empty association removed"},
    {"collector", "collector_in_release", "stopping: lease given up, not committed"},

    {"predecoder", "predecoder_before_fork", "an object waits to be decoded ahead"},
    {"predecoder", "predecoder_before_decoding", "a process was made for it"},
    {"predecoder", "predecoder_in_copy", "decoded copy complete under its temporary name"},

    {"worker", "worker_in_claim", "attempt and lease written, not committed"},
    {"worker", "worker_after_claim", "job claimed, the master does not know it"},
    {"worker", "worker_before_analysis", "job claimed, the master knows it"},
    {"worker", "worker_in_renew", "lease renewed, not committed"},
    {"worker", "worker_in_give_back", "work failed, job back in the queue, not committed"},
    {"worker", "worker_before_outbox", "results made, nothing on the disk"},
    {"worker", "worker_outbox_folder", "temporary outbox folder made, empty"},
    {"worker", "worker_in_outbox_objects", "one object in the temporary folder, others missing"},
    {"worker", "worker_before_manifest", "all objects in the temporary folder, no manifest"},
    {"worker", "worker_in_outbox", "temporary outbox folder complete, not renamed"},
    {"worker",
     "worker_outbox_exchanged",
     "results of a retry in place, the old ones under the temporary name"},
    {"worker", "worker_after_outbox", "outbox folder in place, not in the store"},
    {"worker", "worker_in_finish", "job done, deliveries written, older ones cancelled, not committed"},
    {"worker", "worker_after_finish", "job done, the master does not know it"},

    {"worker master", "master_before_take_back", "started, an earlier life's jobs are running in the store"},
    {"worker master", "master_in_take_back", "its helper has put them back, not committed"},
    {"worker master", "master_after_take_back", "jobs back in the queue, no child"},
    {"worker master", "master_after_fork", "a child was made"},
    {"worker master", "master_after_claimed", "a child works on a job"},
    {"worker master", "master_before_give_back", "a child died, its job is running in the store"},
    {"worker master", "master_in_give_back", "its helper has the store open, the job is still running there"},
    {"worker master", "master_in_drain", "stopping: children asked to end"},

    {"courier", "courier_in_claim", "attempt, claim and lease written, not committed"},
    {"courier", "courier_before_send", "delivery claimed, nothing sent"},
    {"courier", "courier_connected", "association open, nothing sent"},
    {"courier", "courier_in_renew", "lease renewed, not committed"},
    {"courier", "courier_in_send", "first object answered"},
    {"courier", "courier_before_release", "everything answered, association open"},
    {"courier", "courier_before_delivered", "everything sent, row not updated"},
    {"courier", "courier_in_delivered", "row updated, not committed"},
    {"courier", "courier_after_delivered", "delivered"},
    {"courier", "courier_in_failure", "next try written, not committed"},
    {"courier", "courier_in_park", "parked and alarm raised, not committed"},

    {"supervisor", "supervisor_before_lock", "started, no lock"},
    {"supervisor", "supervisor_after_lock", "lock held, store not opened"},
    {"supervisor", "supervisor_in_migration", "its helper has made the tables, not committed"},
    {"supervisor", "supervisor_before_children", "store checked, no process"},
    {"supervisor", "supervisor_before_ready", "acceptor listens, ready line not printed"},
    {"supervisor", "supervisor_after_ready", "ready line printed"},
    {"supervisor", "supervisor_before_restart", "a process died, none in its place"},
    {"supervisor", "supervisor_in_reload", "processes stopped for a new configuration, none started"},
    {"supervisor", "supervisor_in_stop", "some processes stopped, others not"},
});

// The name of a listed step; another name does not compile.
class FaultPoint {
 public:
  // Implicit, so that a call is fault_point("receiver_in_transfer").
  consteval FaultPoint(const char* name) : name_(name) {  // NOLINT(google-explicit-constructor)
    const bool listed = std::any_of(
        fault_steps.begin(), fault_steps.end(), [this](const FaultStep& step) { return step.name == name_; });
    if (!listed) throw "not in fault_steps";
  }
  [[nodiscard]] constexpr std::string_view name() const { return name_; }

 private:
  std::string_view name_;
};

// Dies here when asked to. Always compiled in; costs one branch when unused. Controlled by the environment at
// the start of the process, a list separated by commas:
//   FOCALHIP_FAULT=<name>[:n]      SIGKILL to itself at the n-th passing in this process (default 1)
//   FOCALHIP_FAULT=<name>+<ms>     waits there so long at the first passing, for steps that must meet another
//   FOCALHIP_FAULT_ONCE=<file>     only the process that manages to create <file>.<name> does it: once over
//                                  all processes
// A name in the environment that is not listed aborts the process at its first fault point.
void fault_point(FaultPoint point) noexcept;

}  // namespace focalhip
