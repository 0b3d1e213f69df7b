// The road through the node: what is sent, what comes back.
#include <set>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include "tests/integration/node_fixture.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using test::put;

const std::string study_1 = "1.2.826.0.1.3680043.9999.1";
const std::string study_7 = "1.2.826.0.1.3680043.9999.7";

class NodeRoad : public NodeTest {};

TEST_F(NodeRoad, ASeriesComesBackAsOneReportAndOnePictureInItsStudy) {
  start_sink();
  start_node();
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  const std::vector<SinkObject> objects = wait_for_reports(1);
  EXPECT_EQ(objects.size(), 2U);
  expect_one_report(objects, study_1);
  EXPECT_NE(report_text(study_1).find("R_"), std::string::npos)
      << "a small grey block is no hip: the report says why it was not analysed\n"
      << report_text(study_1);
  EXPECT_EQ(stop_node(), 0);
}

TEST_F(NodeRoad, TwoInterleavedAssociationsGiveTwoReports) {
  start_sink();
  start_node();
  const fs::path one = write(small_series("1"), "a");
  const fs::path two = write(small_series("7"), "b");
  const auto first = start_sending(one);
  const auto second = start_sending(two);
  EXPECT_EQ(first->wait(60s), 0);
  EXPECT_EQ(second->wait(60s), 0);
  const std::vector<SinkObject> objects = wait_for_reports(2);
  EXPECT_EQ(objects.size(), 4U);
  expect_one_report(objects, study_1);
  expect_one_report(objects, study_7);
}

TEST_F(NodeRoad, AStudyWithLocalizerAndTwoReconstructionsGivesOneReportThatNamesTheOthers) {
  start_sink();
  start_node();
  static_cast<void>(write(small_series("1"), "study/thin"));
  test::TestSeries thick = small_series("1", 24);
  thick.series_uid += ".5";
  thick.spacing_mm = 5.0;
  test::TestSeries localizer = small_series("1", 2);
  localizer.series_uid += ".6";
  const auto as_small = thick.adjust;
  thick.adjust = [as_small](DcmDataset& dataset, int slice) {
    as_small(dataset, slice);
    put(dataset, DCM_SeriesNumber, "5");
    put(dataset, DCM_SliceThickness, "5");
  };
  localizer.adjust = [as_small](DcmDataset& dataset, int slice) {
    as_small(dataset, slice);
    put(dataset, DCM_SeriesNumber, "6");
    put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER");
  };
  static_cast<void>(write(thick, "study/thick"));
  static_cast<void>(write(localizer, "study/localizer"));
  ASSERT_EQ(send(folder() / "series" / "study"), 0);
  const std::vector<SinkObject> objects = wait_for_reports(1);
  EXPECT_EQ(objects.size(), 2U);
  expect_one_report(objects, study_1);
  const std::string text = report_text(study_1);
  EXPECT_NE(text.find("series 5"), std::string::npos) << text;
  EXPECT_NE(text.find("series 6"), std::string::npos) << text;
}

TEST_F(NodeRoad, AnUnknownCallerIsRejectedAndEchoIsAnswered) {
  start_sink();
  start_node();
  EXPECT_NE(send(write(small_series(), "a"), "STRANGER"), 0);
  ChildProcess echo(
      {"echoscu", "-aet", "CTSCANNER", "-aec", "FOCALHIP", "127.0.0.1", std::to_string(node_port())},
      folder() / "logs" / "echoscu.log");
  EXPECT_EQ(echo.wait(20s), 0);
  std::this_thread::sleep_for(2s);
  EXPECT_TRUE(open_store()->jobs("").empty());
}

TEST_F(NodeRoad, ADestinationThatIsDownGetsItsReportWhenItIsUp) {
  start_node();
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  ASSERT_TRUE(wait_until(
      [&] {
        const std::vector<Delivery> deliveries = open_store()->deliveries(0);
        return !deliveries.empty() && deliveries.front().attempts >= 2;
      },
      60s));
  start_sink();
  expect_one_report(wait_for_reports(1), study_1);
}

TEST_F(NodeRoad, JunkIsRefusedOrSetAsideAndTheNodeGoesOn) {
  start_sink();
  start_node();
  // What storescu can be made to send of them; hostile bytes below DIMSE are the reception tests'.
  for (const char* place : {"malformed", "headers"}) {
    const fs::path folder_of_files = fs::path(FOCALHIP_SHARED_DIR) / "realdata" / place;
    if (!fs::exists(folder_of_files)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder_of_files)) {
      if (entry.is_regular_file()) static_cast<void>(send(entry.path()));
    }
  }
  test::TestSeries deep = small_series("7", 1);
  deep.adjust = [](DcmDataset& dataset, int) {
    DcmItem* item = &dataset;
    for (int level = 0; level < 200; ++level) {
      DcmItem* inner = nullptr;
      test::must(item->findOrCreateSequenceItem(DCM_ReferencedStudySequence, inner, 0), "nest");
      item = inner;
    }
  };
  EXPECT_NE(send(write(deep, "deep")), 0) << "200 nested sequences are refused on the wire";
  ASSERT_EQ(send(write(small_series(), "a")), 0);
  expect_one_report(wait_for_report_of(study_1), study_1);
  EXPECT_EQ(stop_node(), 0);
}

TEST_F(NodeRoad, NoPatientDataIsLogged) {
  start_sink();
  start_node();
  test::TestSeries series = small_series();
  const auto as_small = series.adjust;
  series.adjust = [as_small](DcmDataset& dataset, int slice) {
    as_small(dataset, slice);
    put(dataset, DCM_AccessionNumber, "ACC-GEHEIM");
    put(dataset, DCM_PatientBirthDate, "19330217");
    put(dataset, DCM_StudyDescription, "DESC-GEHEIM");
  };
  ASSERT_EQ(send(write(series, "a")), 0);
  static_cast<void>(wait_for_reports(1));
  EXPECT_EQ(stop_node(), 0);
  const std::string text = logs();
  EXPECT_NE(text.find("JOB_DONE"), std::string::npos) << "the log that is searched is the right one";
  for (const char* secret : {"GEHEIM", "ZACHARIAS", "19330217", "4711"}) {
    std::size_t at = text.find(secret);
    // storescu names the files it sends, the sink is not ours; both run without verbosity and say nothing.
    EXPECT_EQ(at, std::string::npos) << secret << ": " << text.substr(at > 200 ? at - 200 : 0, 400);
  }
}

// One full simulated hip: a measured report, not a refusal.
TEST_F(NodeRoad, ASimulatedHipIsMeasured) {
  const std::optional<fs::path> series = simulated_series();
  ASSERT_TRUE(series.has_value()) << "focalhip-simulate failed";
  start_sink();
  start_node();
  ASSERT_EQ(send(*series), 0);
  const std::vector<SinkObject> objects = wait_for_reports(1, 300s);
  EXPECT_EQ(objects.size(), 2U);
  const std::vector<Job> jobs = open_store()->jobs("");
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs.front().state, JobState::done) << jobs.front().outcome_code;
  const std::string text = report_text(jobs.front().what.study_instance_uid);
  EXPECT_NE(text.find("mg/cm3"), std::string::npos) << text;
}

}  // namespace
}  // namespace focalhip
