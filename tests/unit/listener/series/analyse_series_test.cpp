#include "listener/series/analyse_series.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/version.h"
#include "listener/support/log.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

using test::TestSeries;
using testing::HasSubstr;

class AnalyseSeries : public testing::Test {
 protected:
  AnalyseSeries() { silence_dcmtk_log(); }

  // A CT of air: readable, but nothing in it can be measured.
  std::vector<std::filesystem::path> write(TestSeries series = {}) {
    series.word = [](int, int, int) { return static_cast<std::uint16_t>(24); };
    return test::write_series(series, folder_.path());
  }
  static AnalysedSeries run(const SeriesWork& work, const StampRequest& stamp = {}) {
    return analyse_series(work, {}, stamp, {});
  }
  static std::string uid_of(const AnalysedSeries& analysed, const std::string& file_name) {
    const auto object = std::ranges::find(analysed.objects, file_name, &EncodedObject::file_name);
    return object == analysed.objects.end() ? "no " + file_name : object->sop_instance_uid;
  }
  static bool has_note(const AnalysedSeries& analysed, NoteCode code) {
    return std::ranges::any_of(analysed.report.notes,
                               [code](const QualityNote& note) { return note.code == code; });
  }

  test::TemporaryFolder folder_;
};

TEST_F(AnalyseSeries, MakesAReportAndItsObjectsOfTheFilesOfAJob) {
  const AnalysedSeries analysed = run(series_work(write(), {}, std::nullopt));
  EXPECT_TRUE(analysed.report.refusal.has_value());  // air is no hip
  EXPECT_EQ(analysed.report.grid.size[2], 60);
  EXPECT_EQ(analysed.report.software.version, focalhip_version());
  ASSERT_FALSE(analysed.objects.empty());
  EXPECT_EQ(analysed.objects.back().part, "sr");  // the report goes last
  EXPECT_EQ(analysed.study.sources.size(), 60U);
}

TEST_F(AnalyseSeries, WritesTheRefusalOfAJobWithoutReadingPixels) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int) { delete dataset.remove(DCM_PixelData); };
  const SeriesWork work =
      series_work(write(series), {}, NotMeasured{RefusalCode::processing_failed, "crashed"});
  EXPECT_FALSE(work.volume.has_value());
  const AnalysedSeries analysed = run(work);
  EXPECT_EQ(analysed.report.refusal->code, RefusalCode::processing_failed);
  EXPECT_EQ(analysed.report.subject.age_years, 72.0);
  EXPECT_FALSE(analysed.objects.empty());
}

TEST_F(AnalyseSeries, GivesARefusalOtherIdentifiersThanTheAnalysisOfTheSameContent) {
  const auto files = write();
  StampRequest stamp;
  stamp.content_digest = "c";
  stamp.identity_digest = "i";
  const AnalysedSeries analysed = run(series_work(files, {}, std::nullopt), stamp);
  const AnalysedSeries refused =
      run(series_work(files, {}, NotMeasured{RefusalCode::processing_failed, "crashed"}), stamp);
  EXPECT_NE(uid_of(analysed, "sr.dcm"), uid_of(refused, "sr.dcm"));
  EXPECT_EQ(uid_of(analysed, "sr.dcm"), uid_of(run(series_work(files, {}, std::nullopt), stamp), "sr.dcm"));
}

TEST_F(AnalyseSeries, RefusesAVolumeWithAProblemByItsCode) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int slice) {
    if (slice > 30)
      test::put(dataset, DCM_ImagePositionPatient, "-8\\-9\\" + std::to_string(500 + 7 * slice * slice));
  };
  const AnalysedSeries analysed = run(series_work(write(series), {}, std::nullopt));
  EXPECT_EQ(analysed.report.refusal->code, RefusalCode::geometry);
  EXPECT_FALSE(analysed.objects.empty());
}

TEST_F(AnalyseSeries, RefusesWhatTheReaderFindsInTheMiddleOfAVolume) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int slice) {
    if (slice == 40) test::put(dataset, DCM_RescaleSlope, "1e400");
  };
  const AnalysedSeries analysed = run(series_work(write(series), {}, std::nullopt));
  EXPECT_EQ(analysed.report.refusal->code, RefusalCode::not_hu);
  EXPECT_FALSE(analysed.objects.empty());
}

TEST_F(AnalyseSeries, TellsOfSeriesThatWereNotAnalysed) {
  const auto files = write();
  EXPECT_FALSE(has_note(run(series_work(files, {}, std::nullopt)), NoteCode::volumes_not_used));
  const AnalysedSeries analysed = run(series_work(files, {"series 9: sharper kernel"}, std::nullopt));
  EXPECT_TRUE(has_note(analysed, NoteCode::volumes_not_used));
  EXPECT_THAT(analysed.study.other_series, testing::ElementsAre("series 9: sharper kernel"));
}

TEST_F(AnalyseSeries, CallsStudiesWithoutAReadableHeaderAnError) {
  const std::vector files{folder_.path() / "rubbish"};
  std::ofstream(files[0]) << "not DICOM";
  EXPECT_THROW((void)run(series_work(files, {}, std::nullopt)), std::runtime_error);
}

TEST_F(AnalyseSeries, CallsAVanishedFileAnErrorNotARefusal) {
  const auto files = write();
  const SeriesWork work = series_work(files, {}, std::nullopt);
  std::filesystem::remove(files[20]);
  EXPECT_THROW((void)run(work), std::runtime_error);
  EXPECT_THROW((void)series_work(files, {}, std::nullopt), std::runtime_error);
}

TEST(SubjectOverridesText, NamesOnlyWhatIsGiven) {
  EXPECT_EQ(text_of(SubjectOverrides{}), "");
  EXPECT_EQ(text_of({.height_cm = 160.5, .weight_kg = std::nullopt, .t2dm = DiabetesStatus::no}),
            "height_cm=160.5\nt2dm=no\n");
}

}  // namespace
}  // namespace focalhip
