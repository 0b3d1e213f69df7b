#include "dicom_sr/write_measurement_report.h"

#include <map>
#include <set>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dcmtk/dcmsr/dsrdoc.h>

#include "dicom_sr/codes.h"
#include "dicom_sr/result_groups.h"
#include "dicom_sr/sr_tree.h"
#include "tests/support/dicom_bytes.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

const PageReference page{{UID_SecondaryCaptureImageStorage, "2.25.77"}, "2.25.78", 0};

EncodedObject written(const HipReport& report, SrClass sr_class = SrClass::comprehensive_3d) {
  return write_measurement_report(
      report,
      test::study_of(report),
      test::stamp_with(),
      {.sr_class = sr_class, .role = "sr", .file_name = "sr.dcm", .pages = {page}});
}

// What DCMTK reads back: one line for each content item, depth first, as
// "tracking id|concept code|value|unit or coded value".
struct ReadBack {
  std::string completion;
  std::vector<std::string> items;
  std::set<std::string> tree_references;
  std::set<std::string> evidence;
};

std::string text_of(const OFString& text) { return {text.c_str(), text.length()}; }

std::string describe(const std::string& group, DSRContentItem& item) {
  const std::string name = text_of(item.getConceptName().getCodeValue());
  std::string value = text_of(item.getStringValue());
  std::string second;
  if (item.getValueType() == DSRTypes::VT_Num) {
    value = text_of(item.getNumericValue().getNumericValue());
    const DSRCodedEntryValue& unit = item.getNumericValue().getMeasurementUnit();
    const DSRCodedEntryValue& qualifier = item.getNumericValue().getNumericValueQualifier();
    second = text_of(value.empty() ? qualifier.getCodeValue() : unit.getCodeValue());
  } else if (item.getValueType() == DSRTypes::VT_Code) {
    second = text_of(item.getCodeValue().getCodeValue());
  }
  return group + "|" + name + "|" + value + "|" + second;
}

ReadBack read_back(const std::string& bytes) {
  DcmFileFormat file;
  test::parse(bytes, file);
  DSRDocument document;
  EXPECT_TRUE(document.read(*file.getDataset()).good());
  ReadBack result;
  result.completion = DSRTypes::completionFlagToEnumeratedValue(document.getCompletionFlag());
  OFString description;
  document.getCompletionFlagDescription(description);
  result.completion += ": " + text_of(description);
  DSRDocumentTree& tree = document.getTree();
  std::string group;
  tree.gotoRoot();
  do {
    DSRContentItem& item = tree.getCurrentContentItem();
    if (item.getValueType() == DSRTypes::VT_Container) group.clear();
    if (text_of(item.getConceptName().getCodeValue()) == codes::tracking_identifier.value) {
      group = text_of(item.getStringValue());
    }
    if (item.getValueType() == DSRTypes::VT_Image) {
      result.tree_references.insert(text_of(item.getImageReference().getSOPInstanceUID()));
    }
    result.items.push_back(describe(group, item));
  } while (tree.iterate() != 0);
  DcmSequenceOfItems* evidence = nullptr;
  file.getDataset()->findAndGetSequence(DCM_CurrentRequestedProcedureEvidenceSequence, evidence);
  for (unsigned long i = 0; evidence != nullptr && i < evidence->card(); ++i) {
    for (const std::string& uid : test::instances_in(*evidence->getItem(i))) result.evidence.insert(uid);
  }
  return result;
}

class BothClasses : public ::testing::TestWithParam<SrClass> {};

TEST_P(BothClasses, GiveBackEveryNumberOfEveryGroup) {
  for (const HipReport& report : {test::both_sides_report(), test::missing_values_report()}) {
    const ReadBack read = read_back(written(report, GetParam()).bytes);
    std::size_t expected_count = 0;
    for (const ResultGroup& group : result_groups(report)) {
      for (const ResultValue& value : group.values) {
        std::string line = group.tracking_id;
        line.append("|").append(value.quantity.value).append("|").append(value.number.value_or(""));
        line.append("|").append(value.number ? value.unit.value : value.missing.value);
        EXPECT_THAT(read.items, Contains(line));
        ++expected_count;
      }
    }
    EXPECT_GT(expected_count, 60U);
  }
}

TEST_P(BothClasses, ListEveryReferencedInstanceInTheEvidence) {
  const HipReport report = test::both_sides_report();
  const ReadBack read = read_back(written(report, GetParam()).bytes);
  EXPECT_EQ(read.tree_references.size(), 181U);  // 180 slices and the page
  EXPECT_THAT(read.evidence, IsSupersetOf(read.tree_references));
  for (const SourceInstance& source : test::study_of(report).sources) {
    EXPECT_TRUE(read.tree_references.count(source.sop_instance_uid) == 1);
  }
}

TEST_P(BothClasses, UseOnlyCodesOfTheTable) {
  std::set<std::string> table;
  for (const Code& code : all_codes()) {
    std::string entry(code.scheme);
    table.insert(entry.append("|").append(code.value).append("|").append(code.meaning));
  }
  for (const HipReport& report : {test::crowded_report(),
                                  test::one_side_report(),
                                  test::missing_values_report(),
                                  test::refused_report_with_pictures()}) {
    DcmFileFormat file;
    test::parse(written(report, GetParam()).bytes, file);
    const std::vector<std::string> used = test::codes_in(*file.getDataset());
    EXPECT_GT(used.size(), 20U);
    for (const std::string& code : used) EXPECT_TRUE(table.count(code) == 1) << code;
  }
}

INSTANTIATE_TEST_SUITE_P(MeasurementReport,
                         BothClasses,
                         ::testing::Values(SrClass::comprehensive_3d, SrClass::enhanced));

TEST(MeasurementReport, SaysTheSameInBothClasses) {
  const HipReport report = test::both_sides_report();
  EXPECT_EQ(read_back(written(report).bytes).items,
            read_back(written(report, SrClass::enhanced).bytes).items);
}

TEST(MeasurementReport, IsCompleteOnlyWhenBothSidesWereMeasured) {
  EXPECT_EQ(read_back(written(test::both_sides_report()).bytes).completion,
            "COMPLETE: Automated analysis complete; unverified");
  EXPECT_EQ(read_back(written(test::one_side_report()).bytes).completion,
            "PARTIAL: right R_METAL not measured");
  EXPECT_EQ(read_back(written(test::refused_report_with_pictures()).bytes).completion,
            "PARTIAL: Not analysed: R_NO_PHANTOM");
}

TEST(MeasurementReport, OfARefusedSeriesCarriesCodeAndDetail) {
  const HipReport report = test::refused_report_with_pictures();
  const ReadBack read = read_back(written(report).bytes);
  EXPECT_THAT(read.items, Contains("|FH-T10||FH-X11"));
  EXPECT_THAT(read.items, Contains("|111050||111235"));
  EXPECT_THAT(read.items, Contains("|FH-T04||FH-G04"));
  EXPECT_THAT(read.items, Contains(HasSubstr("|FH-T13|R_NO_PHANTOM: no row of rods found")));
  EXPECT_THAT(read.items, Contains(HasSubstr("|FH-T01|Research use only.")));
  EXPECT_EQ(read.tree_references.size(), 180U);
  EXPECT_TRUE(read.evidence.count("2.25.77") == 1) << "the page is part of the evidence";
}

TEST(MeasurementReport, OfARefusedSeriesKeepsItsCalibrationWhereImagesCanShowIt) {
  const HipReport report = test::refused_report_with_calibration();
  EXPECT_THAT(read_back(written(report).bytes).items, Contains("CALIB|FH-Q18|-10.12|[hnsf'U]"));
  StudyContext study = test::study_of(report);
  study.sources.pop_back();
  const EncodedObject object = write_measurement_report(
      report, study, test::stamp_with(), {.role = "sr", .file_name = "sr.dcm", .pages = {page}});
  EXPECT_THAT(read_back(object.bytes).items, ::testing::Not(Contains(HasSubstr("CALIB"))));
}

TEST(MeasurementReport, OfASeriesWithoutVolumeCanStillBeWritten) {
  const HipReport report = test::refused_report_without_volume();
  StudyContext study = test::study_of(report);
  study.sources.clear();
  study.frame_of_reference_uid.clear();
  study.study_date.clear();
  const EncodedObject object = write_measurement_report(
      report, study, test::stamp_with(), {.role = "sr", .file_name = "sr.dcm", .pages = {}});
  EXPECT_THAT(read_back(object.bytes).items, Contains("|FH-T10||FH-X05"));
}

// Frame numbers and the number of references of the images regions were seen in.
struct References {
  std::set<int> frames;
  std::size_t without_frame = 0;
};
References image_references(const EncodedObject& object) {
  DcmFileFormat file;
  test::parse(object.bytes, file);
  DSRDocument document;
  EXPECT_TRUE(document.read(*file.getDataset()).good());
  References found;
  DSRDocumentTree& tree = document.getTree();
  for (size_t node = tree.gotoRoot(); node != 0; node = tree.iterate()) {
    DSRContentItem& item = tree.getCurrentContentItem();
    if (item.getValueType() != DSRTypes::VT_Image) continue;
    const DSRImageFrameList& frames = item.getImageReference().getFrameList();
    if (frames.isEmpty()) {
      ++found.without_frame;
      continue;
    }
    Sint32 frame = 0;
    EXPECT_TRUE(frames.getItem(1, frame).good());
    found.frames.insert(frame);
  }
  return found;
}

TEST(MeasurementReport, PointsAtFramesOfOneObject) {
  const HipReport report = test::both_sides_report();
  StudyContext study = test::study_of(report);
  int frame = 0;
  for (SourceInstance& source : study.sources) source = {UID_EnhancedCTImageStorage, "1.2.3.4", ++frame};
  const EncodedObject object = write_measurement_report(
      report, study, test::stamp_with(), {.role = "sr", .file_name = "sr.dcm", .pages = {}});
  const References references = image_references(object);
  EXPECT_EQ(references.without_frame, 1U);  // the image library names the object once
  EXPECT_FALSE(references.frames.empty());
  const ReadBack read = read_back(object.bytes);
  EXPECT_EQ(read.evidence.size(), 1U);
}

// The volume was resampled from images that lie elsewhere: here every image one slice higher than the grid's
// slice of that number. The same places are then seen one image lower.
TEST(MeasurementReport, PointsIntoTheImagesAVolumeWasResampledFrom) {
  const HipReport report = test::both_sides_report();
  StudyContext study = test::study_of(report);
  int frame = 0;
  for (SourceInstance& source : study.sources) source = {UID_EnhancedCTImageStorage, "1.2.3.4", ++frame};
  const auto frames_with = [&](const StudyContext& context) {
    return image_references(
               write_measurement_report(
                   report, context, test::stamp_with(), {.role = "sr", .file_name = "sr.dcm", .pages = {}}))
        .frames;
  };
  const std::set<int> plain = frames_with(study);
  const VoxelGrid& grid = report.grid;
  const auto step = [&](int axis) {
    const Eigen::Vector3d s = grid.patient_axes.col(axis) * grid.spacing_mm[axis];
    return std::array<double, 3>{s.x(), s.y(), s.z()};
  };
  const Eigen::Vector3d first = grid.patient_from_voxel({0.0, 0.0, 1.0});
  study.resampled_from = SourceLattice{.first_pixel_patient_mm = {first.x(), first.y(), first.z()},
                                       .column_step_mm = step(0),
                                       .row_step_mm = step(1),
                                       .slice_step_mm = step(2),
                                       .size = grid.size};
  std::set<int> expected;
  for (const int f : plain) expected.insert(f - 1);
  EXPECT_EQ(frames_with(study), expected);
}

TEST(MeasurementReport, NamesThePredecessorsItReplaces) {
  const HipReport report = test::both_sides_report();
  ResultStamp stamp = test::stamp_with();
  stamp.predecessors = {{UID_Comprehensive3DSRStorage, "2.25.1001", "2.25.1002"}};
  const EncodedObject object = write_measurement_report(
      report, test::study_of(report), stamp, {.role = "sr", .file_name = "sr.dcm", .pages = {page}});
  DcmFileFormat file;
  test::parse(object.bytes, file);
  DcmItem* predecessor = nullptr;
  ASSERT_TRUE(
      file.getDataset()->findAndGetSequenceItem(DCM_PredecessorDocumentsSequence, predecessor).good());
  EXPECT_THAT(test::instances_in(*predecessor), Contains("2.25.1001"));
}

TEST(MeasurementReport, KeepsTrackingIdentitiesApartAndOverRuns) {
  const HipReport report = test::both_sides_report();
  std::map<std::string, std::string> uid_of_group;
  for (const std::string& item : read_back(written(report).bytes).items) {
    const std::size_t at = item.find("|112040|");
    if (at != std::string::npos) uid_of_group[item.substr(0, at)] = item.substr(at + 8);
  }
  EXPECT_EQ(uid_of_group.size(), 19U);
  std::set<std::string> different;
  for (const auto& [group, uid] : uid_of_group) different.insert(uid);
  EXPECT_EQ(different.size(), 19U);
}

// The middle used rod of the fake stands at (0, 110, 80): column (0 + 230) / 0.9 = 255.56, row 377.78,
// slice 80 + 10 = 90; SCOORD counts from the corner, half a pixel more.
TEST(MeasurementReport, PointsToTheSliceAndPixelOfItsGroups) {
  DcmFileFormat file;
  test::parse(written(test::both_sides_report()).bytes, file);
  DSRDocument document;
  ASSERT_TRUE(document.read(*file.getDataset()).good());
  DSRDocumentTree& tree = document.getTree();
  DSRSpatialCoordinatesValue last;
  std::string slice;
  tree.gotoRoot();
  do {
    DSRContentItem& item = tree.getCurrentContentItem();
    if (item.getValueType() != DSRTypes::VT_SCoord) continue;
    last = item.getSpatialCoordinates();
    tree.goDown();
    slice = text_of(tree.getCurrentContentItem().getImageReference().getSOPInstanceUID());
    tree.goUp();
  } while (tree.iterate() != 0);
  Float32 column = 0;
  Float32 row = 0;
  ASSERT_TRUE(last.getGraphicDataList().getItem(1, column, row).good());
  EXPECT_NEAR(column, 256.06, 0.01);  // 0.01: rounding of this comment's arithmetic
  EXPECT_NEAR(row, 378.28, 0.01);
  EXPECT_THAT(slice, ::testing::EndsWith(".91"));
}

TEST(SrTree, RefusesACodeMeaningThatIsTooLong) {
  const std::string meaning(65, 'm');
  EXPECT_THROW((void)coded_entry({"V", "99FOCALHIP", meaning}), std::runtime_error);
  EXPECT_THROW((void)coded_entry({"A-VALUE-OF-17-CHA", "99FOCALHIP", "m"}), std::runtime_error);
  EXPECT_THROW((void)coded_entry({"V", "99FOCALHIP", ""}), std::runtime_error);
}

// DCMTK's own constructor would have made an empty measurement of the first of these.
TEST(SrTree, RefusesANumberThatIsNoDecimalString) {
  for (const char* bad : {"0.12345678901234567", "1,5", "nan", "", "1 2"}) {
    DSRDocument document(DSRTypes::DT_EnhancedSR);
    SrTree tree(document.getTree(), codes::imaging_measurement_report, "1500");
    EXPECT_THROW(
        tree.container(codes::imaging_measurements,
                       [&] { tree.number(DSRTypes::RT_contains, codes::area, bad, codes::unit_cm2); }),
        std::runtime_error)
        << bad;
  }
}

TEST(SrTree, RefusesWhatTheClassForbids) {
  DSRDocument document(DSRTypes::DT_EnhancedSR);
  SrTree tree(document.getTree(), codes::imaging_measurement_report, "1500");
  EXPECT_THROW(tree.text(DSRTypes::RT_selectedFrom, codes::comment, "a text cannot be selected from"),
               std::runtime_error);
}

}  // namespace
}  // namespace focalhip
