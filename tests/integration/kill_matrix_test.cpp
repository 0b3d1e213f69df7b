// The kill matrix: for every step of every process (listener/support/fault_points.h) a node of its own, in
// which that process dies by SIGKILL at that step. Its sender sends again what was not answered, a service
// manager starts a dead node again, nothing else helps. Then: one report at the destination, every object
// whole, nothing left over, every job ended. A case also fails when its step was not reached.
//
//   integration_tests --gtest_filter='*KillMatrix*'      prints the matrix at its end
#include <fstream>
#include <map>
#include <set>

#include "listener/spool/association_record.h"
#include "listener/spool/commitment_record.h"
#include "listener/support/durable_file.h"
#include "tests/integration/kill_matrix_fixture.h"
#include "tests/integration/node_audit.h"
#include "tests/support/compress_file.h"

namespace focalhip {

void PrintTo(const FaultStep& step, std::ostream* out) { *out << step.name << ": " << step.state; }

namespace {

namespace fs = std::filesystem;

class EachStep : public KillMatrix, public testing::WithParamInterface<FaultStep> {
 public:
  // --- what happens around the death; public so that the table below can name them

  void receive() {
    keep_running();
    deliver(series());
  }

  void receive_compressed() {
    for (const auto& entry : fs::directory_iterator(series()))
      test::compress_file(entry.path(), EXS_RLELossless);
    keep_running();
    deliver(series(), {"-xr"});
  }

  void stop_under_way() {
    receive();
    static_cast<void>(stop_node());
    keep_running();
  }

  void reload() {
    keep_running();
    ::kill(node_pid(), SIGHUP);
    ASSERT_TRUE(wait_until([this] { return struck(); }, 60s));
    deliver(series());
  }

  // Late slices while the first job is under way: its worker waits at the start of the analysis.
  void late_slices() {
    receive();
    ASSERT_TRUE(wait_until([this] { return fault_has_struck("worker_before_analysis"); }, 30s));
    deliver(write(small_series("1", slices + 2), "all"));
    instances_ = slices + 2;
  }

  void other_pixels() {
    receive();
    test::TestSeries altered = small_series("1", 1);
    altered.word = [](int, int, int) { return std::uint16_t{77}; };
    deliver(write(altered, "altered"));
    const auto set_aside = [this] {
      const fs::directory_iterator first(spool().quarantine());
      return struck() && first != fs::directory_iterator() && fs::exists(first->path() / "object.dcm");
    };
    ASSERT_TRUE(wait_until(set_aside, 30s));
    alarms_ = 1;
  }

  void refused_object() {
    keep_running();
    for (int time = 0; time < 2; ++time) EXPECT_NE(send(deep_object()), 0);
    deliver(series());
  }

  void commitment_report() {
    keep_running();
    ASSERT_TRUE(wait_until([this] { return send_commitment_report() == 0; }, 20s));
    const std::vector<fs::path> files = list_commitment_reports(spool());
    EXPECT_FALSE(files.empty());
    for (const fs::path& file : files) {
      const auto report = read_commitment_report(file);
      ASSERT_TRUE(report) << file;
      EXPECT_EQ(report->transaction_uid, "2.25.99");
    }
    deliver(series());
  }

  // A slice that cannot be read at the first attempt.
  void unreadable_slice() {
    receive();
    ASSERT_TRUE(wait_until([this] { return fault_has_struck("worker_before_analysis"); }, 30s));
    const fs::path association = list_association_folders(spool()).front();
    const fs::path slice = read_association(association).objects.front().file;
    fs::rename(slice, folder() / "aside.dcm");
    ASSERT_TRUE(wait_until([this] { return struck(); }, 30s));
    fs::rename(folder() / "aside.dcm", slice);
  }

  void destination_is_down() {
    stop_sink();
    receive();
    ASSERT_TRUE(wait_until([this] { return struck(); }, 30s));
    start_sink();
  }

  // A damaged outbox parks the delivery; a person mends it and asks for it again.
  void damaged_outbox() {
    receive();
    ASSERT_TRUE(wait_until([this] { return fault_has_struck("courier_before_send"); }, 30s));
    const std::unique_ptr<JobStore> store = open_store();
    const fs::path manifest = data_folder() / store->deliveries(1).front().outbox_folder / "manifest.json";
    const std::string good = read_small_file(manifest);
    std::ofstream(manifest) << "damaged";
    const auto parked = [&] { return store->deliveries(1).front().state == DeliveryState::parked; };
    ASSERT_TRUE(wait_until(parked, 30s));
    std::ofstream(manifest) << good;
    ASSERT_TRUE(store->retry(1, utc_now_ms()));
    alarms_ = 1;
  }

  void retried_job() {
    arm_later();
    receive();
    settle(false);
    arm();
    ASSERT_TRUE(open_store()->retry(1, utc_now_ms()));
  }

  // The master dies with a job in hand, then again as it takes up what it finds.
  void master_dies_twice() {
    arm_later();
    keep_running();
    ASSERT_TRUE(wait_until([this] { return !processes_named("worker").empty(); }, 10s));
    arm();
    deliver(series());
  }

  // Everything of a study is old: its rows, results and received objects go, its tombstone stays.
  void retention() { retire(true); }
  // The rows are still wanted.
  void results_retention() { retire(false); }

  // All but ways back to a known study, which a restarted collector makes for objects that are still there.
  [[nodiscard]] bool rows_are_forgotten() const {
    return std::ranges::all_of(open_store()->jobs(""),
                               [](const Job& job) { return job.state == JobState::dropped; });
  }

  void retire(bool with_rows) {
    arm_later();
    keep_running();
    EXPECT_NE(send(deep_object()), 0);  // leaves an association without objects
    deliver(series());
    settle(false);
    EXPECT_EQ(stop_node(), 0);
    make_outbox_old();
    if (with_rows) make_rows_old();
    arm();
    more_toml_ = "[retention]\nreceived_days = 0\nresults_days = 0\njobs_days = 1\n";
    const auto gone = [this, with_rows] {
      std::this_thread::sleep_for(50ms);
      keep_running();
      return struck() && list_association_folders(spool()).empty() && outbox_is_empty(data_folder()) &&
             rows_are_forgotten() == with_rows;
    };
    ASSERT_TRUE(wait_until(gone, 40s)) << "retention does not end";
    jobs_ = with_rows ? 0 : 1;
    EXPECT_EQ(stop_node(), 0);
    more_toml_.clear();  // or what comes now may be retired at once, too
    deliver(series());   // an archive moves its old studies
    std::this_thread::sleep_for(1500ms);
  }

 protected:
  void SetUp() override {
    step_ = GetParam();
    KillMatrix::SetUp();
  }
};

// What has to happen for a step to be reached, where simply receiving a series is not enough.
struct Plan {
  void (EachStep::*scenario)() = &EachStep::receive;
  std::string fault;  // FOCALHIP_FAULT; "*" stands for the step
};

const std::map<std::string_view, Plan>& plans() {
  static const Plan twentieth_object{.fault = "*:20"};
  static const Plan quarantine{&EachStep::other_pixels, "*"};
  static const Plan commitment{&EachStep::commitment_report, "*"};
  static const Plan retention{&EachStep::retention, "*"};
  static const Plan stop{&EachStep::stop_under_way, "*"};
  static const Plan compressed{&EachStep::receive_compressed, "*"};
  static const Plan lost_receiver{.fault = "receiver_in_transfer:20,*"};
  static const Plan lost_worker{.fault = "worker_before_analysis,*"};
  static const Plan lost_master{&EachStep::master_dies_twice, "master_after_claimed,*"};
  static const std::map<std::string_view, Plan> all = {
      {"receiver_part_created", twentieth_object},
      {"receiver_in_transfer", twentieth_object},
      {"receiver_received", twentieth_object},
      {"receiver_before_rename", twentieth_object},
      {"receiver_after_rename", twentieth_object},
      {"receiver_before_response", twentieth_object},
      {"receiver_after_response", twentieth_object},
      {"receiver_before_refusal", {&EachStep::refused_object, "*"}},
      {"receiver_before_commitment", commitment},
      {"receiver_in_commitment", commitment},
      {"receiver_after_commitment", commitment},
      {"acceptor_before_lost_sweep", lost_receiver},
      {"acceptor_in_drain", stop},
      {"collector_in_lost_ending", lost_receiver},
      {"collector_after_lost_ending", lost_receiver},
      {"collector_after_object", twentieth_object},
      {"collector_before_alarm", quarantine},
      {"collector_in_alarm", quarantine},
      {"collector_before_quarantine", quarantine},
      {"collector_quarantine_folder", quarantine},
      {"collector_in_quarantine_reason", quarantine},
      {"collector_quarantine_reason", quarantine},
      {"collector_after_quarantine", quarantine},
      {"collector_in_supersede", {&EachStep::late_slices, "worker_before_analysis+4000,*"}},
      {"collector_in_forget_jobs", retention},
      {"collector_in_forget_results", {&EachStep::results_retention, "*"}},
      {"collector_before_outbox_sweep", retention},
      {"collector_in_outbox_sweep", retention},
      {"collector_in_retiring_list", retention},
      {"collector_after_retiring_list", retention},
      {"collector_in_retirement", {&EachStep::retention, "*:20"}},
      {"collector_before_list_removed", retention},
      {"collector_after_retirement", retention},
      {"collector_in_tidy", retention},
      {"collector_in_release", stop},
      {"predecoder_before_fork", compressed},
      {"predecoder_before_decoding", compressed},
      {"predecoder_in_copy", compressed},
      {"worker_in_renew", {.fault = "worker_before_analysis+9000,*"}},
      {"worker_in_give_back", {&EachStep::unreadable_slice, "worker_before_analysis+1500,*"}},
      {"worker_outbox_exchanged", {&EachStep::retried_job, "*"}},
      {"master_before_take_back", lost_master},
      {"master_in_take_back", lost_master},
      {"master_after_take_back", lost_master},
      {"master_before_give_back", lost_worker},
      {"master_in_give_back", lost_worker},
      {"master_in_drain", stop},
      {"courier_in_failure", {&EachStep::destination_is_down, "*"}},
      {"courier_in_park", {&EachStep::damaged_outbox, "courier_before_send+1500,*"}},
      {"supervisor_before_restart", {.fault = "collector_before_add_job,*"}},
      {"supervisor_in_reload", {&EachStep::reload, "*"}},
      {"supervisor_in_stop", stop},
  };
  return all;
}

TEST_P(EachStep, LosesDoublesAndHalvesNothing) {
  const auto begin = std::chrono::steady_clock::now();
  const auto known = plans().find(step_.name);
  const Plan plan = known == plans().end() ? Plan{.fault = "*"} : known->second;
  fault_ = plan.fault;
  fault_.replace(fault_.find('*'), 1, step_.name);
  start_sink();
  (this->*plan.scenario)();
  if (HasFatalFailure()) return;
  settle();
  EXPECT_EQ(stop_node(), 0);
  MatrixRow row = audit();
  expect_jobs_ended();
  expect_no_orphans();
  row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  keep_row(row);
  EXPECT_TRUE(row.reached) << "nobody came to " << step_.name;
  EXPECT_EQ(row.lost, 0U);
  EXPECT_EQ(row.doubled, 0U);
  EXPECT_EQ(row.half_written, 0U);
}

INSTANTIATE_TEST_SUITE_P(KillMatrix, EachStep, testing::ValuesIn(fault_steps), [](const auto& tested) {
  return std::string(tested.param.name);
});

TEST(KillMatrixPlans, NameStepsThatExist) {
  std::set<std::string_view> steps;
  for (const FaultStep& step : fault_steps) steps.insert(step.name);
  for (const auto& [name, plan] : plans()) EXPECT_TRUE(steps.contains(name)) << name;
}

}  // namespace
}  // namespace focalhip
