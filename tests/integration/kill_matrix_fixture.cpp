#include "tests/integration/kill_matrix_fixture.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include <gmock/gmock.h>

#include "listener/jobs/database.h"
#include "listener/spool/spool_layout.h"
#include "tests/integration/commitment_report_bytes.h"
#include "tests/integration/node_audit.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

std::vector<MatrixRow>& rows() {
  static std::vector<MatrixRow> all;
  return all;
}

void print(const MatrixRow& row) {
  std::printf("%-14s %-32s %7s %5zu %8zu %13zu %6.1f\n",
              std::string(row.step.process).c_str(),
              std::string(row.step.name).c_str(),
              row.reached ? "yes" : "NO",
              row.lost,
              row.doubled,
              row.half_written,
              row.seconds);
}

class PrintMatrix : public testing::Environment {
 public:
  void TearDown() override {
    if (rows().empty()) return;
    std::printf("\n%-14s %-32s reached  lost  doubled  half written      s\n", "process", "step");
    MatrixRow sum;
    for (const MatrixRow& row : rows()) {
      print(row);
      sum.lost += row.lost;
      sum.doubled += row.doubled;
      sum.half_written += row.half_written;
      sum.seconds += row.seconds;
    }
    std::printf("%zu of %zu steps: %zu lost, %zu doubled, %zu half written; %.0f s\n",
                rows().size(),
                fault_steps.size(),
                sum.lost,
                sum.doubled,
                sum.half_written,
                sum.seconds);
  }
};

[[maybe_unused]] const testing::Environment* const printing =
    testing::AddGlobalTestEnvironment(std::make_unique<PrintMatrix>().release());

std::size_t beyond_one(const std::set<std::string>& uids) { return uids.size() > 1 ? uids.size() - 1 : 0; }

}  // namespace

void keep_row(const MatrixRow& row) { rows().push_back(row); }

void KillMatrix::SetUp() {
  NodeTest::SetUp();
  ::setenv("TCP_NODELAY", "1", 1);  // or each small slice waits 40 ms for storescu
  series_toml_ = "quiet_seconds = 2\ncomplete_quiet_seconds = 0\n";
}

bool KillMatrix::struck() const { return armed_ && fault_has_struck(std::string(step_.name)); }

void KillMatrix::arm_later() {
  armed_ = false;
  std::ofstream(fault_file(std::string(step_.name))) << "not yet";
}

void KillMatrix::arm() {
  fs::remove(fault_file(std::string(step_.name)));
  armed_ = true;
}

void KillMatrix::keep_running() {
  for (int start = 0; start < 4 && !node_runs(); ++start)
    static_cast<void>(try_start_node({.fault = fault_, .more_toml = more_toml_}));
  ASSERT_TRUE(node_runs());
}

void KillMatrix::deliver(const fs::path& sent, const std::vector<std::string>& options) {
  for (int time = 0; time < 40; ++time) {
    keep_running();
    if (send_with(options, sent) == 0) return;
    std::this_thread::sleep_for(100ms);
  }
  FAIL() << "cannot be sent";
}

void KillMatrix::settle(bool with_fault) {
  const std::unique_ptr<JobStore> store = open_store();
  const auto ended = [&] {
    std::this_thread::sleep_for(50ms);
    keep_running();
    return (!with_fault || struck()) && nothing_under_way(*store) && !at_sink("SR").empty();
  };
  EXPECT_TRUE(wait_until(ended, 40s)) << "no end";
  std::this_thread::sleep_for(300ms);
}

void KillMatrix::make_outbox_old() const {
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const auto& entry : fs::recursive_directory_iterator(data_folder() / "outbox"))
    fs::last_write_time(entry.path(), old);
}

void KillMatrix::make_rows_old() const {
  Database database(store_, data_folder());
  for (const char* table : {"jobs", "deliveries"}) {
    static_cast<void>(database.transaction(
        [&] { return database.execute(std::string("UPDATE ") + table + " SET changed_ms = 1"); }));
  }
}

fs::path KillMatrix::series() {
  const fs::path place = folder() / "series" / "a";
  return fs::exists(place) ? place : write(small_series("1", slices), "a");
}

fs::path KillMatrix::deep_object() {
  test::TestSeries deep = small_series("1", 1);
  deep.series_uid += ".7";
  deep.adjust = [](DcmDataset& dataset, int) {
    DcmItem* item = &dataset;
    for (int level = 0; level < 70; ++level) {
      DcmItem* inner = nullptr;
      test::must(item->findOrCreateSequenceItem(DCM_ReferencedStudySequence, inner, 0), "nest");
      item = inner;
    }
  };
  return write(deep, "deep");
}

int KillMatrix::send_commitment_report() {
  using namespace testing_support;
  try {
    const RawPeer peer(node_port());
    peer.send(associate_request("CTSCANNER", "FOCALHIP", {{push_model, {"1.2.840.10008.1.2"}}}));
    if (peer.receive_pdu(2s).substr(0, 1) != "\2") return -1;
    peer.send(data_pdu(1, true, true, event_report(5)) + data_pdu(1, false, true, report_data_set()));
    return status_in(peer.receive_pdu(2s));
  } catch (const std::runtime_error&) {
    return -1;
  }
}

SpoolLayout KillMatrix::spool() const { return spool_layout(data_folder(), "node1"); }

std::set<std::string> KillMatrix::at_sink(const std::string& modality) const {
  std::set<std::string> uids;
  for (const SinkObject& object : sink_objects())
    if (object.modality == modality) uids.insert(object.sop_instance_uid);
  return uids;
}

MatrixRow KillMatrix::audit() const {
  const std::set<std::string> reports = at_sink("SR");
  const std::set<std::string> pictures = at_sink("OT");
  const std::size_t kept = instances_in_spool(data_folder());
  std::vector<std::string> half = half_written_in(data_folder());
  const std::vector<std::string> arrived = half_written_at(folder() / "sink");
  half.insert(half.end(), arrived.begin(), arrived.end());
  EXPECT_THAT(half, testing::IsEmpty());
  MatrixRow row{.step = step_, .reached = struck()};
  row.lost = (reports.empty() ? 1U : 0U) + (pictures.empty() ? 1U : 0U) +
             (kept < instances_ ? instances_ - kept : 0U);
  row.doubled = beyond_one(reports) + beyond_one(pictures);
  row.half_written = half.size();
  return row;
}

void KillMatrix::expect_jobs_ended() const {
  const std::unique_ptr<JobStore> store = open_store();
  std::size_t ended = 0;
  for (const Job& job : store->jobs("")) {
    if (job.state == JobState::superseded || job.state == JobState::dropped) continue;
    ++ended;
    EXPECT_EQ(job.state, JobState::refused) << name(job.state);
    EXPECT_EQ(job.outcome_code, "R_NOT_HIP") << "a grey block is no hip";
  }
  EXPECT_EQ(ended, jobs_);
  EXPECT_EQ(store->alarms(10).size(), alarms_);
}

void KillMatrix::expect_no_orphans() {
  std::vector<fs::path> orphans = orphans_in(data_folder(), *open_store());
  if (orphans.empty()) return;
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(2);
  for (const fs::path& orphan : orphans) {
    fs::last_write_time(orphan, old);
    fs::last_write_time(orphan.parent_path(), old);
  }
  keep_running();
  const auto gone = [&] {
    std::this_thread::sleep_for(100ms);
    orphans = orphans_in(data_folder(), *open_store());
    return orphans.empty();
  };
  EXPECT_TRUE(wait_until(gone, 10s)) << orphans.front();
  EXPECT_EQ(stop_node(), 0);
}

}  // namespace focalhip
