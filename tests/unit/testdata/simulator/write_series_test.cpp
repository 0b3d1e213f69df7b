#include "testdata/simulator/write_series.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "tests/support/small_written_series.h"

namespace focalhip::simulator {
namespace {

namespace fs = std::filesystem;

class WriteSeries : public SmallWrittenSeries {
 protected:
  WriteSeries() : SmallWrittenSeries(5) {}
};

std::string text_of(DcmDataset& dataset, const DcmTagKey& tag) {
  OFString value;
  dataset.findAndGetOFStringArray(tag, value);
  return value.c_str();
}

double number_of(DcmDataset& dataset, const DcmTagKey& tag, unsigned long position = 0) {
  OFString value;
  EXPECT_TRUE(dataset.findAndGetOFString(tag, value, position).good());
  return std::stod(value.c_str());
}

TEST_F(WriteSeries, CanBeReadBackVoxelForVoxel) {
  for (const int intercept : {0, -1024}) {
    for (const TransferSyntax syntax :
         {TransferSyntax::explicit_little_endian, TransferSyntax::implicit_little_endian}) {
      series_.rescale_intercept = intercept;
      series_.transfer_syntax = syntax;
      const std::vector<fs::path> files = write();
      ASSERT_EQ(files.size(), 5U);
      for (int slice = 0; slice < 5; ++slice) {
        DcmFileFormat file;
        ASSERT_TRUE(file.loadFile(files[static_cast<std::size_t>(slice)].c_str()).good());
        DcmDataset& d = *file.getDataset();
        EXPECT_EQ(d.getOriginalXfer() == EXS_LittleEndianImplicit,
                  syntax == TransferSyntax::implicit_little_endian);
        EXPECT_NEAR(number_of(d, DCM_ImagePositionPatient, 2), -712.5 + slice, 1e-6);
        EXPECT_NEAR(number_of(d, DCM_ImagePositionPatient, 0), -7.3242, 1e-6);
        EXPECT_NEAR(number_of(d, DCM_PixelSpacing, 1), 0.9765625, 1e-6);
        EXPECT_EQ(text_of(d, DCM_ImageOrientationPatient), "1\\0\\0\\0\\1\\0");
        EXPECT_EQ(number_of(d, DCM_RescaleIntercept), intercept);
        const Uint16* words = nullptr;
        unsigned long count = 0;
        ASSERT_TRUE(d.findAndGetUint16Array(DCM_PixelData, words, &count).good());
        ASSERT_EQ(count, grid_.slice_size());
        for (std::size_t i = 0; i < count; ++i) {
          ASSERT_EQ(static_cast<std::int16_t>(words[i]) + intercept, hu_[grid_.index(0, 0, slice) + i]);
        }
        Sint16 padding = 0;
        ASSERT_TRUE(d.findAndGetSint16(DCM_PixelPaddingValue, padding).good());
        EXPECT_EQ(padding + intercept, -2000);
      }
    }
  }
}

TEST_F(WriteSeries, NumbersRunFromTheHeadUnlessReversed) {
  for (const bool reversed : {false, true}) {
    series_.traps.reversed_instance_numbers = reversed;
    const std::vector<fs::path> files = write();
    DcmFileFormat most_caudal;
    ASSERT_TRUE(most_caudal.loadFile(files.front().c_str()).good());
    EXPECT_EQ(number_of(*most_caudal.getDataset(), DCM_InstanceNumber), reversed ? 1 : 5);
  }
}

TEST_F(WriteSeries, EveryImageHasItsOwnUidAndAllShareTheStudy) {
  std::set<std::string> instances;
  std::set<std::string> studies;
  series_.position = PatientPosition::ffs;
  for (const fs::path& path : write()) {
    DcmFileFormat file;
    ASSERT_TRUE(file.loadFile(path.c_str()).good());
    instances.insert(text_of(*file.getDataset(), DCM_SOPInstanceUID));
    studies.insert(text_of(*file.getDataset(), DCM_StudyInstanceUID));
    EXPECT_EQ(text_of(*file.getDataset(), DCM_PatientPosition), "FFS");
    EXPECT_EQ(text_of(*file.getDataset(), DCM_Modality), "CT");
  }
  EXPECT_EQ(instances.size(), 5U);
  EXPECT_EQ(studies.size(), 1U);
}

TEST_F(WriteSeries, SatisfiesTheImageObjectDefinition) {
  if (std::system("command -v dciodvfy > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "dciodvfy (dicom3tools) is not installed";
  protocol_.contrast = true;
  std::vector<fs::path> files = write();
  series_.series_instance_uid = derived_uid("localizer");
  series_.file_prefix = "LOC";
  files.push_back(
      write_localizer(folder_, hip_, protocol_, study_header(hip_, 1, "SIM1"), series_, grid_, hu_));
  for (const fs::path& path : {files.front(), files.back()}) {
    const fs::path log = folder_ / "dciodvfy.txt";
    const std::string command = "dciodvfy '" + path.string() + "' > '" + log.string() + "' 2>&1";
    std::system(command.c_str());
    std::ifstream in(log);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    EXPECT_NE(text.find("CTImage"), std::string::npos) << text;
    EXPECT_EQ(text.find("Error"), std::string::npos) << text;
  }
}

TEST(DerivedUid, IsValidAndDependsOnItsText) {
  const std::string uid = derived_uid("study/1/1");
  EXPECT_EQ(uid, derived_uid("study/1/1"));
  EXPECT_NE(uid, derived_uid("study/1/2"));
  EXPECT_EQ(uid.rfind("2.25.", 0), 0U);
  EXPECT_LE(uid.size(), 44U);
  EXPECT_NE(uid[5], '0');
  EXPECT_EQ(uid.find_first_not_of("0123456789."), std::string::npos);
}

}  // namespace
}  // namespace focalhip::simulator
