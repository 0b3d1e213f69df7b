#include "listener/collector/collector.h"

#include <optional>

#include <gtest/gtest.h>

#include "listener/jobs/job_input.h"
#include "listener/support/durable_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using test::put;
using test::TestSeries;

// A spool filled by hand, a real job store, clocks that are turned by hand.
class Collecting : public testing::Test {
 protected:
  Collecting() {
    config_.node.data_folder = folder_.path();
    config_.series.quiet = std::chrono::seconds(30);
    config_.series.complete_quiet = std::chrono::seconds(2);
    store_ = JobStore::open(config_.store, folder_.path());
    restart();
  }

  void restart() { collector_ = std::make_unique<Collector>(config_, Log("collector"), nullptr); }

  // One association that brings a series and ends; all files get the time `now_`.
  void receive(const TestSeries& series, std::optional<AssociationEnd> end = AssociationEnd::released) {
    const fs::path folder = spool().association(next_id());
    fs::create_directories(folder);
    AssociationRecord record;
    record.calling_ae_title = "CT";
    write_association_record(folder, record);
    int number = 0;
    for (const fs::path& file : test::write_series(series, folder_.path() / "source")) {
      fs::rename(file, folder / object_file_name(++number, file.string()));
    }
    if (end) {
      AssociationEnding ending;
      ending.end = *end;
      ending.ended_ms = utc_now_ms();
      write_association_ending(folder, ending);
    }
    last_folder_ = folder;
  }
  std::string next_id() { return "17000000000" + std::to_string(10 + associations_++) + "-17-0000000a"; }
  [[nodiscard]] SpoolLayout spool() const { return spool_layout(folder_.path(), "node1"); }

  // What the collector does until `after` the last object.
  std::size_t jobs_after(std::chrono::seconds after) {
    now_.utc_ms = utc_now_ms() + 1000 * after.count();
    now_.steady_ms = now_.utc_ms;
    collector_->absorb([this] { return now_; }, [] { return true; });
    collector_->decide(*store_, now_);
    return store_->jobs("").size();
  }
  [[nodiscard]] JobInput newest_input() { return job_input_from_json(store_->jobs("").front().what.input); }

  testing_support::TemporaryFolder folder_;
  NodeConfig config_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<Collector> collector_;
  CollectorClock now_;
  fs::path last_folder_;
  int associations_ = 0;
};

TEST_F(Collecting, ACompleteReleasedSeriesBecomesOneJobAfterTheShortWait) {
  receive(TestSeries{});
  EXPECT_EQ(jobs_after(std::chrono::seconds(1)), 0U);
  ASSERT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  const Job job = store_->jobs("").front();
  EXPECT_EQ(job.what.study_instance_uid, "1.2.826.0.1.3680043.9999.1");
  EXPECT_EQ(job.what.series_instance_uid, TestSeries{}.series_uid);
  EXPECT_EQ(job.what.calling_ae_title, "CT");
  EXPECT_FALSE(job.what.refusal_only);
  EXPECT_FALSE(job.what.accession_digest.empty());
  const JobInput input = newest_input();
  EXPECT_EQ(input.files.size(), 60U);
  EXPECT_TRUE(fs::exists(folder_.path() / input.files.front())) << input.files.front();
  EXPECT_EQ(jobs_after(std::chrono::seconds(100)), 1U);
}

TEST_F(Collecting, TheSameSeriesAgainAndANewStartDoubleNothing) {
  receive(TestSeries{});
  ASSERT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  receive(TestSeries{});
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
  restart();
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
}

TEST_F(Collecting, LateSlicesSupersedeOnce) {
  TestSeries first_half;
  first_half.slices = 58;
  receive(first_half);
  ASSERT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
  receive(TestSeries{});  // 58 duplicates and two late slices
  ASSERT_EQ(jobs_after(std::chrono::seconds(40)), 2U);
  EXPECT_EQ(store_->jobs("").front().generation, 2);
  EXPECT_EQ(store_->jobs("").back().state, JobState::superseded);
  EXPECT_EQ(newest_input().files.size(), 60U);
  restart();
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 2U);
}

// Each signal alone makes the study wait for quiet; together they end the wait.
TEST_F(Collecting, ASeriesThatWasNotReleasedWaitsForQuiet) {
  receive(TestSeries{}, AssociationEnd::aborted);
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 0U);
  EXPECT_EQ(jobs_after(std::chrono::seconds(31)), 1U);
}

TEST_F(Collecting, AShortSeriesWaitsForQuiet) {
  TestSeries series;
  series.slices = 55;  // 108 mm
  receive(series);
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 0U);
  EXPECT_EQ(jobs_after(std::chrono::seconds(31)), 1U);
}

TEST_F(Collecting, ASeriesWithAGapWaitsForTheMissingSlice) {
  receive(TestSeries{});
  fs::remove(last_folder_ / object_file_name(31, (folder_.path() / "source" / "i101.dcm").string()));
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 0U);
  receive(TestSeries{});
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  EXPECT_EQ(newest_input().files.size(), 60U);
}

class ExpectedCount : public Collecting, public testing::WithParamInterface<DcmTagKey> {};

TEST_P(ExpectedCount, IsWaitedForAndEndsTheWait) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int) { put(dataset, GetParam(), "60"); };
  series.slices = 58;
  receive(series);
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 0U) << "58 of 60";
  series.slices = 60;
  receive(series);
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  EXPECT_EQ(newest_input().files.size(), 60U);
}

TEST_P(ExpectedCount, ThatIsNeverReachedWaitsForQuietOnly) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int) { put(dataset, GetParam(), "2000"); };
  receive(series);
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 0U);
  EXPECT_EQ(jobs_after(std::chrono::seconds(31)), 1U);
}

INSTANTIATE_TEST_SUITE_P(Collecting,
                         ExpectedCount,
                         testing::Values(DCM_ImagesInAcquisition, DCM_NumberOfSeriesRelatedInstances),
                         [](const auto& tested) {
                           return tested.param == DCM_ImagesInAcquisition ? "ImagesInAcquisition"
                                                                          : "NumberOfSeriesRelatedInstances";
                         });

TEST_F(Collecting, ABetterVolumeSupersedesOnceAndAWorseOneNever) {
  TestSeries thick;
  thick.series_uid += ".5";
  thick.spacing_mm = 3.0;
  thick.slices = 40;
  receive(thick);
  ASSERT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  receive(TestSeries{});
  ASSERT_EQ(jobs_after(std::chrono::seconds(40)), 2U);
  EXPECT_EQ(store_->jobs("").front().what.series_instance_uid, TestSeries{}.series_uid);
  EXPECT_EQ(store_->jobs("").back().state, JobState::superseded);
  TestSeries thicker = thick;
  thicker.series_uid += ".6";
  thicker.spacing_mm = 4.0;
  receive(thicker);
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 2U);
  restart();
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 2U);
}

TEST_F(Collecting, ACorrectedPersonIsIssuedAgainWithTheSameContent) {
  receive(TestSeries{});
  ASSERT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  TestSeries corrected;
  corrected.adjust = [](DcmDataset& dataset, int) { put(dataset, DCM_PatientID, "CORRECTED"); };
  receive(corrected);
  ASSERT_EQ(jobs_after(std::chrono::seconds(40)), 2U);
  const std::vector<Job> jobs = store_->jobs("");
  EXPECT_EQ(jobs[0].what.content_digest, jobs[1].what.content_digest);
  EXPECT_NE(jobs[0].what.identity_digest, jobs[1].what.identity_digest);
}

TEST_F(Collecting, AHeaderChangeThatIsNotIdentityIsNothing) {
  receive(TestSeries{});
  ASSERT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  TestSeries other;
  other.adjust = [](DcmDataset& dataset, int) { put(dataset, DCM_SeriesDescription, "renamed"); };
  receive(other);
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
}

TEST_F(Collecting, SlicesOfTwoPersonsAreRefusedNotMeasured) {
  TestSeries mixed;
  mixed.adjust = [](DcmDataset& dataset, int slice) {
    if (slice > 30) put(dataset, DCM_PatientID, "SOMEBODY ELSE");
  };
  receive(mixed);
  EXPECT_EQ(jobs_after(std::chrono::seconds(3)), 0U) << "the rest of a correction may be under way";
  ASSERT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
  EXPECT_TRUE(store_->jobs("").front().what.refusal_only);
  EXPECT_EQ(newest_input().refusal_code, "R_HEADER");
}

TEST_F(Collecting, OtherPixelsUnderAKnownUidGoToQuarantineWithAnAlarm) {
  receive(TestSeries{});
  ASSERT_EQ(jobs_after(std::chrono::seconds(3)), 1U);
  TestSeries altered;
  altered.word = [](int, int, int) { return std::uint16_t{77}; };
  altered.slices = 1;
  receive(altered);
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
  ASSERT_EQ(store_->alarms(10).size(), 1U);
  EXPECT_EQ(store_->alarms(10).front().code, "QUARANTINED");
  EXPECT_NE(store_->alarms(10).front().detail.find("other-pixels"), std::string::npos);
  EXPECT_EQ(std::distance(fs::directory_iterator(spool().quarantine()), fs::directory_iterator{}), 1);
}

TEST_F(Collecting, AnUnreadableObjectGoesToQuarantineAndTheRestIsWorkedOn) {
  receive(TestSeries{});
  write_file_durably(last_folder_ / object_file_name(999, "junk"), "this is not DICOM");
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
  ASSERT_EQ(store_->alarms(10).size(), 1U);
  EXPECT_NE(store_->alarms(10).front().detail.find("not-dicom"), std::string::npos);
}

TEST_F(Collecting, AnOpenAssociationPostpones) {
  receive(TestSeries{}, std::nullopt);
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 0U);
  EXPECT_EQ(jobs_after(std::chrono::seconds(100)), 1U)
      << "busy with other studies for longer than it may be silent";
}

TEST_F(Collecting, LocalizersAloneAreRefusedAfterALongWait) {
  TestSeries localizer;
  localizer.slices = 2;
  localizer.adjust = [](DcmDataset& dataset, int) {
    put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER");
  };
  receive(localizer);
  EXPECT_EQ(jobs_after(std::chrono::seconds(100)), 0U);
  ASSERT_EQ(jobs_after(std::chrono::seconds(310)), 1U);
  EXPECT_EQ(newest_input().refusal_code, "R_NOT_AXIAL");
  EXPECT_FALSE(newest_input().files.empty()) << "a report needs a header to be filed under";
}

TEST_F(Collecting, AStopInTheMiddleOfReadingDecidesNothing) {
  TestSeries first_half;
  first_half.slices = 58;
  receive(first_half);
  receive(TestSeries{});
  now_.utc_ms = utc_now_ms() + 100000;
  now_.steady_ms = now_.utc_ms;
  int asked = 0;
  collector_->absorb([this] { return now_; }, [&asked] { return asked++ < 1; });
  collector_->decide(*store_, now_);
  EXPECT_TRUE(store_->jobs("").empty()) << "only the first association was read";
  EXPECT_EQ(jobs_after(std::chrono::seconds(100)), 1U);
  EXPECT_EQ(newest_input().files.size(), 60U);
}

TEST_F(Collecting, OldStudiesLeaveTheSpoolWhenTheirJobsAreFinished) {
  receive(TestSeries{});
  ASSERT_EQ(jobs_after(std::chrono::seconds(40)), 1U);
  now_.steady_ms += std::chrono::milliseconds(config_.retention.received).count();
  EXPECT_EQ(collector_->retire(*store_, now_), 0) << "the job is still queued";
  ASSERT_TRUE(store_->drop(store_->jobs("").front().id, 0));
  EXPECT_EQ(collector_->retire(*store_, now_), 1);
  EXPECT_TRUE(fs::is_empty(spool().associations()));
  TestSeries
      encoded_otherwise;  // what cannot be compared any more: another digest under the same identifiers
  encoded_otherwise.word = [](int, int, int) { return std::uint16_t{77}; };
  receive(encoded_otherwise);
  EXPECT_EQ(jobs_after(std::chrono::seconds(40)), 1U) << "a tombstone outlives the files";
  EXPECT_TRUE(fs::exists(folder_.path() / newest_input().files.front()))
      << "`jobs retry` finds what is there";
  EXPECT_TRUE(store_->alarms(10).empty());
}

}  // namespace
}  // namespace focalhip
