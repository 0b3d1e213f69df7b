#include "dicom_sr/encode_results.h"

#include <set>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dicom_bytes.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

using ::testing::ElementsAre;

TEST(EncodeResults, GivesPicturesFirstThenReportsInOrderOfPreference) {
  const HipReport report = test::both_sides_report();
  const auto objects = encode_results(report, test::study_of(report), test::stamp_with());
  std::vector<std::string> names;
  std::vector<std::string> parts;
  std::vector<int> alternatives;
  for (const EncodedObject& object : objects) {
    names.push_back(object.file_name);
    parts.push_back(object.part);
    alternatives.push_back(object.alternative);
  }
  EXPECT_THAT(names,
              ElementsAre("sc-1.dcm",
                          "sc-1-single.dcm",
                          "sc-2-single.dcm",
                          "sc-3-single.dcm",
                          "sc-4-single.dcm",
                          "sc-5-single.dcm",
                          "sr.dcm",
                          "sr-enhanced.dcm",
                          "sr-single.dcm",
                          "sr-enhanced-single.dcm"));
  EXPECT_THAT(parts, ElementsAre("sc", "sc", "sc", "sc", "sc", "sc", "sr", "sr", "sr", "sr"));
  EXPECT_THAT(alternatives, ElementsAre(0, 1, 1, 1, 1, 1, 0, 1, 2, 3));
}

TEST(EncodeResults, NamesTheCompanionsAReportPointsTo) {
  const HipReport report = test::both_sides_report();
  const auto objects = encode_results(report, test::study_of(report), test::stamp_with());
  std::vector<std::string> singles;
  for (std::size_t i = 1; i <= 5; ++i) singles.push_back(objects[i].sop_instance_uid);
  EXPECT_THAT(objects[6].companions, ElementsAre(objects[0].sop_instance_uid));
  EXPECT_THAT(objects[7].companions, ElementsAre(objects[0].sop_instance_uid));
  EXPECT_THAT(objects[8].companions, testing::ElementsAreArray(singles));
  EXPECT_THAT(objects[9].companions, testing::ElementsAreArray(singles));
}

// A refused series shows the summary; a femur that was not measured its slices.
TEST(EncodeResults, GivesAsManyPagesAsThereIsToSee) {
  const auto pages_of = [](const HipReport& report) {
    const auto objects = encode_results(report, test::study_of(report), test::stamp_with());
    DcmFileFormat file;
    test::parse(objects[0].bytes, file);
    return test::value_of(file, DCM_FrameLabelVector);
  };
  EXPECT_EQ(pages_of(test::both_sides_report()), "SUMMARY\\R SLICES\\R SURFACE\\L SLICES\\L SURFACE");
  EXPECT_EQ(pages_of(test::one_side_report()), "SUMMARY\\R SLICES\\L SLICES\\L SURFACE");
  EXPECT_EQ(pages_of(test::refused_report_without_volume()), "");
}

TEST(EncodeResults, GivesTheSameBytesForTheSameInput) {
  const HipReport report = test::both_sides_report();
  const StudyContext study = test::study_of(report);
  const auto first = encode_results(report, study, test::stamp_with());
  const auto second = encode_results(report, study, test::stamp_with());
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].sop_instance_uid, second[i].sop_instance_uid);
    EXPECT_TRUE(first[i].bytes == second[i].bytes) << first[i].file_name;
  }
}

TEST(EncodeResults, GivesEveryObjectItsOwnUid) {
  const HipReport report = test::both_sides_report();
  std::set<std::string> uids;
  std::set<std::string> series;
  for (const EncodedObject& object : encode_results(report, test::study_of(report), test::stamp_with())) {
    EXPECT_TRUE(uids.insert(object.sop_instance_uid).second) << object.file_name;
    DcmFileFormat file;
    test::parse(object.bytes, file);
    series.insert(test::value_of(file, DCM_SeriesInstanceUID));
  }
  EXPECT_EQ(series.size(), 3U);  // multi-frame pictures, single pictures, reports
}

TEST(EncodeResults, RefusesAnUnusableUid) {
  const HipReport report = test::both_sides_report();
  const std::vector<std::string> bad_uids{"", "1.2.x", std::string(65, '1')};
  for (const std::string& bad : bad_uids) {
    ResultStamp stamp = test::stamp_with();
    stamp.uid_for = [&](std::string_view) { return bad; };
    EXPECT_THROW((void)encode_results(report, test::study_of(report), stamp), std::runtime_error);
  }
}

// Leading zeros and single components occur in the field; reception lets them through, so must we.
TEST(EncodeResults, ReferencesForeignUidsAsTheyCame) {
  const HipReport report = test::refused_report_without_volume();
  StudyContext study = test::study_of(report);
  study.study_instance_uid = "1.2.03.4";
  study.series_instance_uid = "1.2.03.5";
  study.sources[0].sop_instance_uid = "1.2.03.6";
  study.frame_of_reference_uid = "no uid";  // not needed to file the object: left out
  study.study_date = "20261399";            // likewise
  for (const EncodedObject& object : encode_results(report, study, test::stamp_with())) {
    DcmFileFormat file;
    test::parse(object.bytes, file);
    EXPECT_EQ(test::value_of(file, DCM_StudyInstanceUID), "1.2.03.4");
    EXPECT_THAT(test::instances_in(*file.getDataset()), ::testing::Contains("1.2.03.6")) << object.file_name;
  }
}

TEST(EncodeResults, RefusesAStudyThatCannotBeFiled) {
  const HipReport report = test::refused_report_without_volume();
  StudyContext study = test::study_of(report);
  study.study_instance_uid.clear();
  EXPECT_THROW((void)encode_results(report, study, test::stamp_with()), std::runtime_error);
}

TEST(EncodeResults, RefusesImagesThatAreNotTheMeasuredOnes) {
  const HipReport report = test::both_sides_report();
  StudyContext study = test::study_of(report);
  study.sources.pop_back();
  EXPECT_THROW((void)encode_results(report, study, test::stamp_with()), std::runtime_error);
}

}  // namespace
}  // namespace focalhip
