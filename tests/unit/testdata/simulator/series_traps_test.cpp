#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "testdata/simulator/simulate_rods.h"
#include "testdata/simulator/write_series.h"
#include "tests/support/small_written_series.h"

namespace focalhip::simulator {
namespace {

namespace fs = std::filesystem;

class SeriesTrap : public SmallWrittenSeries {
 protected:
  SeriesTrap() : SmallWrittenSeries(6) {}
};

struct Object {
  explicit Object(const fs::path& path) { EXPECT_TRUE(file.loadFile(path.c_str()).good()) << path; }
  DcmDataset& data() { return *file.getDataset(); }
  std::string text(const DcmTagKey& tag) {
    OFString value;
    data().findAndGetOFStringArray(tag, value, true);
    return value.c_str();
  }
  double number(const DcmTagKey& tag, unsigned long position = 0) {
    OFString value;
    EXPECT_TRUE(data().findAndGetOFString(tag, value, position, true).good());
    return std::stod(value.c_str());
  }
  std::vector<std::int16_t> pixels() {
    const Uint16* words = nullptr;
    unsigned long count = 0;
    EXPECT_TRUE(data().findAndGetUint16Array(DCM_PixelData, words, &count).good());
    return {reinterpret_cast<const std::int16_t*>(words),
            reinterpret_cast<const std::int16_t*>(words) + count};
  }
  DcmFileFormat file;
};

TEST_F(SeriesTrap, ProneImagesAreTurnedRoundWithTheirGeometry) {
  series_.position = PatientPosition::hfp;
  Object object(write()[2]);
  EXPECT_EQ(object.text(DCM_PatientPosition), "HFP");
  EXPECT_EQ(object.text(DCM_ImageOrientationPatient), "-1\\0\\0\\0\\-1\\0");
  const Vec3 corner = grid_.patient_from_voxel(15, 11, 2);
  EXPECT_NEAR(object.number(DCM_ImagePositionPatient, 0), corner.x, 1e-5);
  EXPECT_NEAR(object.number(DCM_ImagePositionPatient, 1), corner.y, 1e-5);
  EXPECT_EQ(object.pixels().front(), hu_[grid_.index(15, 11, 2)]);
}

TEST_F(SeriesTrap, MissingAndDuplicateSlices) {
  series_.traps.missing_slices = {1, 2};
  series_.traps.duplicate_slice = 4;
  for (const bool new_uid : {false, true}) {
    series_.traps.duplicate_has_new_uid = new_uid;
    std::set<std::string> uids;
    std::multiset<double> levels;
    const std::vector<fs::path> files = write();
    ASSERT_EQ(files.size(), 5U);
    EXPECT_EQ(std::set<fs::path>(files.begin(), files.end()).size(), 5U);
    for (const fs::path& path : files) {
      Object object(path);
      uids.insert(object.text(DCM_SOPInstanceUID));
      levels.insert(std::round(object.number(DCM_ImagePositionPatient, 2) + 712.5));
    }
    EXPECT_EQ(levels, (std::multiset<double>{0, 3, 4, 4, 5}));
    EXPECT_EQ(uids.size(), new_uid ? 5U : 4U);
  }
}

TEST_F(SeriesTrap, MirroredPixelsContradictTheirGeometry) {
  series_.traps.mirror = Mirror::columns;
  Object columns(write()[3]);
  EXPECT_EQ(columns.text(DCM_ImageOrientationPatient), "1\\0\\0\\0\\1\\0");
  EXPECT_EQ(columns.pixels().front(), hu_[grid_.index(15, 0, 3)]);
  series_.traps.mirror = Mirror::slices;
  EXPECT_EQ(Object(write()[0]).pixels()[5], hu_[grid_.index(5, 0, 5)]);
}

TEST_F(SeriesTrap, ChangingRescaleKeepsTheCtNumbers) {
  series_.traps.changing_rescale = true;
  series_.rescale_intercept = -1024;
  const std::vector<fs::path> files = write();
  std::set<double> slopes;
  for (int slice = 0; slice < grid_.slices; ++slice) {
    Object object(files[static_cast<std::size_t>(slice)]);
    const double slope = object.number(DCM_RescaleSlope);
    slopes.insert(slope);
    const std::vector<std::int16_t> stored = object.pixels();
    for (std::size_t i = 0; i < stored.size(); ++i)
      ASSERT_EQ(stored[i] * slope + object.number(DCM_RescaleIntercept), hu_[grid_.index(0, 0, slice) + i]);
  }
  EXPECT_EQ(slopes.size(), 3U);
}

TEST_F(SeriesTrap, PaddingMayLackItsTagOrHaveALimit) {
  series_.traps.padding_limit_hu = -1500;
  Sint16 value = 0;
  EXPECT_TRUE(Object(write()[0]).data().findAndGetSint16(DCM_PixelPaddingRangeLimit, value).good());
  EXPECT_EQ(value, -1500);
  series_.traps.padding_limit_hu.reset();
  series_.traps.padding_tag = false;
  Object without(write()[0]);
  EXPECT_FALSE(without.data().tagExists(DCM_PixelPaddingValue));
  EXPECT_EQ(without.pixels().front(), -2000);
}

TEST_F(SeriesTrap, HeaderTrapsStandInTheHeader) {
  series_.traps.contrast_tag = true;
  series_.traps.private_tags = true;
  series_.traps.wrong_slice_location = true;
  series_.traps.content = ImageContent::iodine_map;
  Object object(write()[0]);
  EXPECT_EQ(object.text(DCM_ContrastBolusAgent), "SIMULATED IODINE");
  EXPECT_EQ(object.text(DcmTagKey(0x0029, 0x0010)), "FOCALHIP SIMULATOR");
  EXPECT_NEAR(object.number(DCM_SliceLocation), 712.5, 1e-6);
  EXPECT_EQ(object.text(DCM_ImageType), "DERIVED\\PRIMARY\\AXIAL\\IODINE_MAP");
  EXPECT_EQ(object.text(DCM_RescaleType), "MGML");
}

TEST_F(SeriesTrap, MultiFrameObjectsNameTheirContent) {
  series_.object_kind = ObjectKind::enhanced_ct;
  const std::vector<std::pair<ImageContent, std::string>> types{
      {ImageContent::ct_number, "ORIGINAL\\PRIMARY\\VOLUME\\NONE"},
      {ImageContent::monoenergetic, "DERIVED\\PRIMARY\\VOLUME\\VMI"},
      {ImageContent::iodine_map, "DERIVED\\PRIMARY\\VOLUME\\MAT_SPECIFIC"},
      {ImageContent::effective_z, "DERIVED\\PRIMARY\\VOLUME\\EFF_ATOMIC_NUM"}};
  for (const auto& [content, type] : types) {
    series_.traps.content = content;
    Object object(write()[0]);
    EXPECT_EQ(object.text(DCM_ImageType), type);
    EXPECT_EQ(object.text(DCM_FrameType), type);
  }
}

TEST_F(SeriesTrap, TwoAcquisitionsShareTheSeriesNotTheirUids) {
  std::vector<std::int16_t> other(hu_);
  for (std::int16_t& value : other) value = static_cast<std::int16_t>(value / 2);
  ScanGrid shifted = grid_;
  shifted.origin_patient_mm.z += 3.0;
  const std::vector<AcquiredVolume> volumes{{grid_, hu_}, {shifted, other}};
  const auto files =
      write_ct_series(folder_, hip_, protocol_, study_header(hip_, 1, "SIM1"), series_, volumes);
  ASSERT_EQ(files.size(), 12U);
  std::set<std::string> uids, acquisitions, numbers, series;
  for (const fs::path& path : files) {
    Object object(path);
    uids.insert(object.text(DCM_SOPInstanceUID));
    acquisitions.insert(object.text(DCM_AcquisitionNumber));
    numbers.insert(object.text(DCM_InstanceNumber));
    series.insert(object.text(DCM_SeriesInstanceUID));
  }
  EXPECT_EQ(uids.size(), 12U);
  EXPECT_EQ(numbers.size(), 12U);
  EXPECT_EQ(acquisitions, (std::set<std::string>{"1", "2"}));
  EXPECT_EQ(series.size(), 1U);
}

TEST_F(SeriesTrap, MultiFrameObjectsHoldEveryFrameWithItsPlace) {
  for (const ObjectKind kind : {ObjectKind::enhanced_ct, ObjectKind::legacy_converted_enhanced_ct}) {
    for (const bool changing : {false, true}) {
      series_.object_kind = kind;
      series_.traps.changing_rescale = changing;
      const std::vector<fs::path> files = write();
      ASSERT_EQ(files.size(), 1U);
      Object object(files[0]);
      EXPECT_EQ(object.number(DCM_NumberOfFrames), 6);
      const std::vector<std::int16_t> stored = object.pixels();
      ASSERT_EQ(stored.size(), hu_.size());
      DcmItem* shared = nullptr;
      ASSERT_TRUE(object.data().findAndGetSequenceItem(DCM_SharedFunctionalGroupsSequence, shared, 0).good());
      for (int slice = 0; slice < 6; ++slice) {
        DcmItem* groups = nullptr;
        ASSERT_TRUE(
            object.data().findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, groups, slice).good());
        Float64 z = 0.0;
        ASSERT_TRUE(groups->findAndGetFloat64(DCM_ImagePositionPatient, z, 2, true).good());
        EXPECT_NEAR(z, -712.5 + slice, 1e-6);
        Float64 slope = 0.0, intercept = 0.0;
        DcmItem* rescale = changing ? groups : shared;
        ASSERT_TRUE(rescale->findAndGetFloat64(DCM_RescaleSlope, slope, 0, true).good());
        ASSERT_TRUE(rescale->findAndGetFloat64(DCM_RescaleIntercept, intercept, 0, true).good());
        for (std::size_t i = 0; i < grid_.slice_size(); ++i) {
          const std::size_t n = grid_.index(0, 0, slice) + i;
          ASSERT_EQ(stored[n] * slope + intercept, hu_[n]);
        }
      }
    }
  }
}

TEST_F(SeriesTrap, CompressedSeriesDecodeToTheSamePixels) {
  DJDecoderRegistration::registerCodecs();
  DJLSDecoderRegistration::registerCodecs();
  DcmRLEDecoderRegistration::registerCodecs();
  for (const TransferSyntax syntax : {TransferSyntax::jpeg_lossless,
                                      TransferSyntax::jpeg_ls,
                                      TransferSyntax::rle,
                                      TransferSyntax::deflated,
                                      TransferSyntax::explicit_big_endian}) {
    for (const ObjectKind kind : {ObjectKind::ct_image, ObjectKind::enhanced_ct}) {
      series_.transfer_syntax = syntax;
      series_.object_kind = kind;
      Object object(write()[0]);
      const bool encapsulated =
          syntax != TransferSyntax::deflated && syntax != TransferSyntax::explicit_big_endian;
      EXPECT_EQ(DcmXfer(object.data().getOriginalXfer()).isEncapsulated(), encapsulated);
      ASSERT_TRUE(object.data().chooseRepresentation(EXS_LittleEndianExplicit, nullptr).good());
      const std::vector<std::int16_t> stored = object.pixels();
      EXPECT_TRUE(std::equal(stored.begin(), stored.end(), hu_.begin()));
    }
  }
}

TEST_F(SeriesTrap, CompanionObjectsShareTheStudy) {
  const StudyHeader study = study_header(hip_, 1, "SIM1");
  series_.file_prefix = "X";
  Object report(write_dose_report(folder_, hip_, study, series_));
  EXPECT_EQ(report.text(DCM_Modality), "SR");
  EXPECT_EQ(report.text(DCM_StudyInstanceUID), study.study_instance_uid);
  Object page(write_dose_page(folder_, hip_, study, series_));
  EXPECT_EQ(page.text(DCM_ImageType), "DERIVED\\SECONDARY\\SCREEN SAVE");
  const auto coronal = write_coronal_reformat(folder_, hip_, protocol_, study, series_, grid_, hu_);
  ASSERT_EQ(coronal.size(), 2U);
  Object first(coronal[0]);
  EXPECT_EQ(first.text(DCM_ImageOrientationPatient), "1\\0\\0\\0\\0\\-1");
  EXPECT_EQ(first.pixels().front(), hu_[grid_.index(0, 3, 5)]);
}

// The tilted image plane is sampled, not relabelled: a rod stands where position and orientation put it.
TEST(TiltedScan, RodsStandWhereTheGeometrySays) {
  HipParameters hip = draw_hip(31, Sex::male);
  Protocol protocol;
  protocol.noise_sd_hu = 0.0;
  protocol.slices = 31;
  protocol.slice_spacing_mm = 2.0;
  for (const bool shear : {false, true}) {
    protocol.gantry_tilt_deg = shear ? 0.0 : 12.0;
    protocol.shear_deg = shear ? 12.0 : 0.0;
    const SimulatedScan scan = simulate_rods(hip, protocol, 1, 2);
    const ScanGrid& grid = scan.grid;
    EXPECT_NEAR(grid.column_direction.z, shear ? 0.0 : std::sin(12.0 * degree), 1e-12);
    for (const RodAxis& rod : scan.truth.rods) {
      const Vec3 p = rod.centre_mm(scan.truth.heads_z_mm);
      const Vec3 v = grid.voxel_from_patient(p);
      const Vec3 back = grid.patient_from_voxel(v.x, v.y, v.z);
      EXPECT_NEAR(length(back - p), 0.0, 1e-9);
      const std::size_t n = grid.index(static_cast<int>(std::lround(v.x)),
                                       static_cast<int>(std::lround(v.y)),
                                       static_cast<int>(std::lround(v.z)));
      EXPECT_NEAR(scan.hu[n], rod.hu, 0.6) << rod.rod.name;
    }
  }
}

}  // namespace
}  // namespace focalhip::simulator
