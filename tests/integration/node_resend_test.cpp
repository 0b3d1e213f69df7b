// What comes later and what comes again, over the wire: late slices, better volumes, other encodings, other
// pixels, corrections, retention, retry.
#include <set>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <gmock/gmock.h>

#include "tests/integration/node_audit.h"
#include "tests/integration/node_fixture.h"
#include "tests/support/compress_file.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using test::put;

const std::string study_1 = "1.2.826.0.1.3680043.9999.1";

class NodeResend : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    ::setenv("TCP_NODELAY", "1", 1);  // or each small slice waits 40 ms for storescu
    series_toml_ = "quiet_seconds = 2\ncomplete_quiet_seconds = 0\n";
  }

  // Nothing comes of it: longer than the quiet time, then the same objects as before.
  void expect_nothing_new(std::size_t objects) {
    std::this_thread::sleep_for(3500ms);
    EXPECT_EQ(sink_objects().size(), objects);
    EXPECT_TRUE(nothing_under_way(*open_store()));
  }

  // The report that arrived last, by the instances known before.
  std::optional<SinkObject> report_beside(const std::set<std::string>& known) const {
    for (const SinkObject& object : sink_objects())
      if (object.modality == "SR" && !known.contains(object.sop_instance_uid)) return object;
    return std::nullopt;
  }
  [[nodiscard]] std::set<std::string> reports() const {
    std::set<std::string> uids;
    for (const SinkObject& object : sink_objects())
      if (object.modality == "SR") uids.insert(object.sop_instance_uid);
    return uids;
  }

  static std::vector<std::string> predecessors_of(const fs::path& report) {
    std::vector<std::string> uids;
    DcmFileFormat file;
    test::must(file.loadFile(report.c_str()), "load");
    DcmStack place;
    if (file.getDataset()->search(DCM_PredecessorDocumentsSequence, place).bad()) return uids;
    DcmStack found;
    auto* sequence = dynamic_cast<DcmSequenceOfItems*>(place.top());
    while (sequence->search(DCM_ReferencedSOPInstanceUID, found, ESM_afterStackTop, OFTrue).good()) {
      OFString uid;
      test::must(dynamic_cast<DcmElement*>(found.top())->getOFString(uid, 0), "read");
      uids.emplace_back(uid.c_str());
    }
    return uids;
  }
};

TEST_F(NodeResend, TheSameSeriesTwiceDoublesNothing) {
  start_sink();
  start_node();
  const fs::path series = write(small_series(), "a");
  for (int time = 0; time < 2; ++time) {
    ASSERT_EQ(send(series), 0);
    static_cast<void>(wait_for_reports(1));
  }
  expect_nothing_new(2);
}

TEST_F(NodeResend, ACorrectedPatientIsIssuedAgainForTheCorrectedPatient) {
  start_sink();
  start_node();
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  expect_one_report(wait_for_reports(1), study_1);
  patient_id_ = "PID-4712-GEHEIM";
  ASSERT_EQ(send(write(small_series(), "corrected")), 0);
  const std::vector<SinkObject> objects = wait_for_reports(2);
  EXPECT_EQ(objects.size(), 4U);
  std::set<std::string> instances;
  std::multiset<std::string> patients;
  for (const SinkObject& object : objects) {
    instances.insert(object.sop_instance_uid);
    patients.insert(object.patient_id);
  }
  EXPECT_EQ(instances.size(), 4U) << "new content, new identifiers";
  EXPECT_EQ(patients.count("PID-4712-GEHEIM"), 2U);
}

TEST_F(NodeResend, LateSlicesReplaceADeliveredReportOnceAndTheNewOneNamesIt) {
  start_sink();
  start_node();
  ASSERT_EQ(send(write(small_series("1", 56), "early")), 0);
  static_cast<void>(wait_for_reports(1));
  const std::set<std::string> first = reports();
  ASSERT_EQ(send(write(small_series("1", 58), "all")),
            0);  // 56 again, with another Instance Number, and 2 late
  static_cast<void>(wait_for_reports(2));
  const std::optional<SinkObject> second = report_beside(first);
  ASSERT_TRUE(second);
  EXPECT_THAT(predecessors_of(second->file), testing::ElementsAre(*first.begin()));
  expect_nothing_new(4);
}

TEST_F(NodeResend, LateSlicesCancelAReportThatWasNotSentYet) {
  start_node();
  ASSERT_EQ(send(write(small_series("1", 56), "early")), 0);
  ASSERT_TRUE(wait_until([&] { return !open_store()->deliveries(0).empty(); }, 60s));
  ASSERT_EQ(send(write(small_series("1", 58), "all")), 0);
  ASSERT_TRUE(wait_until([&] { return open_store()->deliveries(0).size() == 2; }, 60s));
  EXPECT_EQ(open_store()->deliveries(1).front().state, DeliveryState::cancelled);
  start_sink();
  const std::vector<SinkObject> objects = wait_for_reports(1);
  expect_one_report(objects, study_1);
  EXPECT_THAT(predecessors_of(report_beside({})->file), testing::IsEmpty()) << "nobody has the first one";
}

TEST_F(NodeResend, ABetterVolumeOfTheStudyReplacesTheReportAWorseOneChangesNothing) {
  start_sink();
  start_node();
  test::TestSeries thick = small_series("1", 40);
  thick.spacing_mm = 3.0;
  thick.series_uid += ".5";
  ASSERT_EQ(send(write(thick, "thick")), 0);
  static_cast<void>(wait_for_reports(1));
  ASSERT_EQ(send(write(small_series("1", 56), "thin")), 0);
  static_cast<void>(wait_for_reports(2));
  thick.series_uid += ".7";
  ASSERT_EQ(send(write(thick, "thick again")), 0);
  expect_nothing_new(4);
}

TEST_F(NodeResend, TheSameSeriesCompressedChangesNothingAndIsNoAlarm) {
  start_sink();
  start_node();
  const fs::path series = write(small_series(), "a");
  ASSERT_EQ(send(series), 0);
  static_cast<void>(wait_for_reports(1));
  for (const auto& entry : fs::directory_iterator(series)) test::compress_file(entry.path(), EXS_RLELossless);
  ASSERT_EQ(send_with({"-xr"}, series), 0);
  expect_nothing_new(2);
  EXPECT_TRUE(open_store()->alarms(10).empty());
}

TEST_F(NodeResend, AnotherHeaderChangesNothingAnotherAccessionIssuesAgain) {
  start_sink();
  start_node();
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  static_cast<void>(wait_for_reports(1));
  const auto changed = [this](const DcmTagKey& tag, const std::string& value) {
    test::TestSeries series = small_series();
    series.adjust = [small = series.adjust, tag, value](DcmDataset& dataset, int slice) {
      small(dataset, slice);
      put(dataset, tag, value);
    };
    return series;
  };
  ASSERT_EQ(send(write(changed(DCM_SeriesDescription, "renamed"), "renamed")), 0);
  expect_nothing_new(2);
  const std::set<std::string> first = reports();
  ASSERT_EQ(send(write(changed(DCM_AccessionNumber, "A2"), "reconciled")), 0);
  static_cast<void>(wait_for_reports(2));
  EXPECT_THAT(predecessors_of(report_beside(first)->file), testing::ElementsAre(*first.begin()));
}

TEST_F(NodeResend, OtherPixelsUnderAKnownUidAreSetAsideWithOneAlarmHoweverOftenTheyCome) {
  start_sink();
  start_node();
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  static_cast<void>(wait_for_reports(1));
  test::TestSeries altered = small_series("1", 1);
  altered.word = [](int, int, int) { return std::uint16_t{77}; };
  const fs::path sent = write(altered, "altered");
  for (int time = 0; time < 2; ++time) {
    ASSERT_EQ(send(sent), 0);
    expect_nothing_new(2);
  }
  ASSERT_EQ(open_store()->alarms(10).size(), 1U);
  EXPECT_EQ(open_store()->alarms(10).front().code, "QUARANTINED");
  EXPECT_EQ(instances_in_spool(data_folder()), 56U);
}

TEST_F(NodeResend, AfterRetentionAnArchiveTriggersNothingAndRetryIsTheWayBack) {
  start_sink();
  start_node();
  const fs::path series = write(small_series(), "a");
  ASSERT_EQ(send(series), 0);
  static_cast<void>(wait_for_reports(1));
  const std::set<std::string> first = reports();
  EXPECT_EQ(stop_node(), 0);
  start_node({.fault = "", .more_toml = "[retention]\nreceived_days = 0\n"});
  ASSERT_TRUE(wait_until([&] { return instances_in_spool(data_folder()) == 0; }, 20s));
  EXPECT_EQ(stop_node(), 0);
  start_node();
  const auto retry = [&] {
    std::vector<std::string> command = program("jobs");
    command.insert(command.begin() + 2, {"retry", "1"});
    ChildProcess jobs(command, folder() / "logs" / "jobs.log");
    return jobs.wait(20s);
  };
  EXPECT_EQ(retry(), 1) << "what was received is gone";
  ASSERT_EQ(send(series), 0);
  expect_nothing_new(2);
  EXPECT_EQ(retry(), 0);
  ASSERT_TRUE(wait_until(
      [&] { return open_store()->job(1)->generation == 2 && nothing_under_way(*open_store()); }, 60s));
  EXPECT_EQ(open_store()->job(1)->outcome_code, "R_NOT_HIP")
      << "analysed again, not refused for missing files";
  EXPECT_EQ(reports(), first) << "the same input gives the same identifiers";
}

}  // namespace
}  // namespace focalhip
