#include "dicom_sr/write_secondary_capture.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/support/dicom_bytes.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

Page small_page(std::string label, std::uint8_t first_byte) {
  Page page{std::move(label), {5, 3, {}}, {}};
  for (int i = 0; i < 45; ++i) page.image.rgb.push_back(static_cast<std::uint8_t>(first_byte + i));
  return page;
}

std::vector<std::uint8_t> pixels_of(DcmFileFormat& file, std::size_t count) {
  const Uint8* data = nullptr;
  unsigned long length = 0;
  EXPECT_TRUE(file.getDataset()->findAndGetUint8Array(DCM_PixelData, data, &length).good());
  EXPECT_GE(length, count);
  return {data, data + count};
}

TEST(SecondaryCapture, SingleFrameHoldsThePixelsOfItsPage) {
  const HipReport report = test::both_sides_report();
  const Page page = small_page("SUMMARY", 7);
  const auto capture = write_single_capture(page, 2, report, test::study_of(report), test::stamp_with());
  EXPECT_EQ(capture.object.file_name, "sc-2-single.dcm");
  EXPECT_EQ(capture.object.sop_class_uid, UID_SecondaryCaptureImageStorage);
  EXPECT_EQ(capture.reference.frame, 0);
  DcmFileFormat file;
  test::parse(capture.object.bytes, file);
  EXPECT_EQ(pixels_of(file, 45), page.image.rgb);
  EXPECT_EQ(test::value_of(file, DCM_InstanceNumber), "2");
  EXPECT_EQ(test::value_of(file, DCM_SeriesNumber), "9602");
  EXPECT_FALSE(test::has(file, DCM_NumberOfFrames));
}

TEST(SecondaryCapture, MultiFrameHoldsAllPagesWithTheirLabels) {
  const HipReport report = test::both_sides_report();
  const std::vector<Page> pages{small_page("SUMMARY", 7), small_page("MAPS", 100)};
  const auto capture = write_multiframe_capture(pages, report, test::study_of(report), test::stamp_with());
  EXPECT_EQ(capture.reference.frame, 1);
  DcmFileFormat file;
  test::parse(capture.object.bytes, file);
  std::vector<std::uint8_t> expected = pages[0].image.rgb;
  expected.insert(expected.end(), pages[1].image.rgb.begin(), pages[1].image.rgb.end());
  EXPECT_EQ(pixels_of(file, 90), expected);
  EXPECT_EQ(test::value_of(file, DCM_NumberOfFrames), "2");
  EXPECT_EQ(test::value_of(file, DCM_FrameLabelVector), "SUMMARY\\MAPS");
  EXPECT_EQ(test::value_of(file, DCM_PageNumberVector), "1\\2");
  EXPECT_EQ(test::value_of(file, DCM_SeriesNumber), "9601");
}

TEST(SecondaryCapture, CannotBeMeasuredAndCarriesNoIdentity) {
  const HipReport report = test::both_sides_report();
  const StudyContext study = test::study_of(report);
  const auto capture = write_single_capture(small_page("SUMMARY", 0), 1, report, study, test::stamp_with());
  DcmFileFormat file;
  test::parse(capture.object.bytes, file);
  for (const DcmTagKey& tag : {DCM_PixelSpacing,
                               DCM_ImagerPixelSpacing,
                               DCM_NominalScannedPixelSpacing,
                               DCM_FrameOfReferenceUID,
                               DCM_WindowCenter,
                               DCM_Laterality}) {
    EXPECT_FALSE(test::has(file, tag));
  }
  EXPECT_EQ(test::value_of(file, DCM_Modality), "OT");
  EXPECT_EQ(test::value_of(file, DCM_ConversionType), "WSD");
  EXPECT_EQ(test::value_of(file, DCM_BurnedInAnnotation), "NO");
  EXPECT_EQ(test::value_of(file, DCM_PlanarConfiguration), "0");
  EXPECT_EQ(test::instances_in(*file.getDataset()).size(), 2 * study.sources.size());
}

TEST(SecondaryCapture, RefusesPagesThatDoNotFit) {
  const HipReport report = test::both_sides_report();
  const StudyContext study = test::study_of(report);
  std::vector<Page> pages{small_page("SUMMARY", 7), small_page("A LABEL OF 17 CHA", 1)};
  EXPECT_THROW((void)write_multiframe_capture(pages, report, study, test::stamp_with()), std::runtime_error);
  pages[1] = small_page("SUMMARY", 7);
  pages[1].image.rows = 2;
  EXPECT_THROW((void)write_multiframe_capture(pages, report, study, test::stamp_with()), std::runtime_error);
  EXPECT_THROW((void)write_multiframe_capture({}, report, study, test::stamp_with()), std::runtime_error);
}

}  // namespace
}  // namespace focalhip
