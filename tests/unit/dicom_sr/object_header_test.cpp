#include "dicom_sr/object_header.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "dicom_sr/encode_results.h"
#include "tests/support/dicom_bytes.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

struct ForeignName {
  const char* what;
  std::string charset;
  std::string name;
};

const std::vector<ForeignName>& foreign_names() {
  // PS3.5 H.3.1 (Japanese, ISO 2022) and J.3 (Chinese, GB18030); the last has the byte of a backslash inside
  // a character, as GB18030 allows.
  static const std::vector<ForeignName> names{
      {"japanese",
       "\\ISO 2022 IR 87",
       "Yamada^Tarou=\033$B;3ED\033(B^\033$BB@O:\033(B=\033$B$d$^$@\033(B^\033$B$?$m$&\033(B"},
      {"chinese", "GB18030", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB="},
      {"backslash", "GB18030", "Wang^XiaoDong=\xCD\xF5^\x81\x5C\xB6\xAB="},
      {"utf8", "ISO_IR 192", "M\xC3\xBCller^J\xC3\xBCrgen"}};
  return names;
}

TEST(ObjectHeader, CopiesNamesOfAnyCharacterSetByteForByte) {
  const HipReport report = test::refused_report_without_volume();
  for (const ForeignName& foreign : foreign_names()) {
    StudyContext study = test::study_of(report);
    study.specific_character_set = foreign.charset;
    study.patient_and_study[0].value = foreign.name;
    for (const EncodedObject& object : encode_results(report, study, test::stamp_with())) {
      DcmFileFormat file;
      test::parse(object.bytes, file);
      EXPECT_EQ(test::value_of(file, DCM_SpecificCharacterSet), foreign.charset) << object.file_name;
      EXPECT_EQ(test::value_of(file, DCM_PatientName), foreign.name) << foreign.what << object.file_name;
    }
  }
}

TEST(ObjectHeader, CopiesPersonAndStudyAndStampsTheRest) {
  const HipReport report = test::both_sides_report();
  const StudyContext study = test::study_of(report);
  for (const EncodedObject& object : encode_results(report, study, test::stamp_with())) {
    SCOPED_TRACE(object.file_name);
    DcmFileFormat file;
    test::parse(object.bytes, file);
    for (const CopiedAttribute& copied : study.patient_and_study) {
      EXPECT_EQ(test::value_of(file, DcmTagKey(copied.group, copied.element)), copied.value);
    }
    EXPECT_EQ(test::value_of(file, DCM_StudyInstanceUID), study.study_instance_uid);
    EXPECT_NE(test::value_of(file, DCM_SeriesInstanceUID), study.series_instance_uid);
    EXPECT_EQ(test::value_of(file, DCM_SOPClassUID), object.sop_class_uid);
    EXPECT_EQ(test::value_of(file, DCM_SOPInstanceUID), object.sop_instance_uid);
    for (const DcmTagKey& tag : {DCM_SeriesDate, DCM_ContentDate, DCM_InstanceCreationDate}) {
      EXPECT_EQ(test::value_of(file, tag), "20261123");
    }
    EXPECT_EQ(test::value_of(file, DCM_TimezoneOffsetFromUTC), "+0800");
    EXPECT_EQ(test::value_of(file, DCM_StationName), "FOCALHIP");
    EXPECT_EQ(test::value_of(file, DCM_SoftwareVersions), "0.1.0");
  }
}

TEST(ObjectHeader, WritesNoCharacterSetWhenTheSourceHasNone) {
  const HipReport report = test::refused_report_without_volume();
  StudyContext study = test::study_of(report);
  study.specific_character_set.clear();
  for (const EncodedObject& object : encode_results(report, study, test::stamp_with())) {
    DcmFileFormat file;
    test::parse(object.bytes, file);
    EXPECT_FALSE(test::has(file, DCM_SpecificCharacterSet)) << object.file_name;
  }
}

// A de-identified source with its method in a sequence, which is not copied.
TEST(ObjectHeader, NamesAMethodWhenTheSourceIsDeidentified) {
  const HipReport report = test::refused_report_without_volume();
  StudyContext study = test::study_of(report);
  study.patient_and_study.push_back({0x0012, 0x0062, "YES"});
  DcmFileFormat file;
  test::parse(encode_results(report, study, test::stamp_with())[0].bytes, file);
  EXPECT_EQ(test::value_of(file, DCM_DeidentificationMethod), "As in the source images");
  study.patient_and_study.push_back({0x0012, 0x0063, "own method"});
  DcmFileFormat named;
  test::parse(encode_results(report, study, test::stamp_with())[0].bytes, named);
  EXPECT_EQ(test::value_of(named, DCM_DeidentificationMethod), "own method");
}

TEST(ObjectHeader, RefusesToCopyWhatDescribesTheObjectItself) {
  const HipReport report = test::refused_report_without_volume();
  for (const DcmTagKey& tag : {DCM_SOPInstanceUID, DCM_Modality, DCM_Rows, DCM_SeriesInstanceUID}) {
    StudyContext study = test::study_of(report);
    study.patient_and_study.push_back({tag.getGroup(), tag.getElement(), "1"});
    EXPECT_THROW((void)encode_results(report, study, test::stamp_with()), std::runtime_error);
  }
}

}  // namespace
}  // namespace focalhip
