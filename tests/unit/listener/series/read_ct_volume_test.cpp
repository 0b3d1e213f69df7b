#include "listener/series/read_ct_volume.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <random>

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/support/log.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

using test::put;
using test::TemporaryFolder;
using test::TestSeries;
using testing::HasSubstr;

std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class ReadCtVolume : public testing::Test {
 protected:
  ReadCtVolume() { silence_dcmtk_log(); }

  VolumeCandidate candidate(const TestSeries& series) {
    std::vector<ScannedInstance> instances;
    for (const std::filesystem::path& file : test::write_series(series, folder_.path())) {
      const auto scanned = scan_instance(file, {});
      if (const auto* problem = std::get_if<ScanProblem>(&scanned)) {
        throw std::runtime_error("not scanned: " + problem->detail);
      }
      instances.push_back(std::get<ScannedInstance>(scanned));
    }
    return group_volumes(instances).candidates.at(0);
  }
  ReadSeries read(const TestSeries& series, int threads = 2) {
    return read_ct_volume(candidate(series), threads);
  }

  // The coded reason of a series that cannot be read.
  NotMeasured refusal(const TestSeries& series) {
    const VolumeCandidate volume = candidate(series);
    try {
      (void)read_ct_volume(volume, 2);
    } catch (const Refusal& refused) {
      return refused.not_measured();
    }
    ADD_FAILURE() << "was read";
    return {};
  }

  TemporaryFolder folder_;
};

// Every voxel against the words that were written: HU = word * slope + intercept.
void expect_hu(const CtVolume& ct, const TestSeries& series, double slope, double intercept) {
  ASSERT_EQ(ct.hu.size(), ct.grid.voxel_count());
  for (int slice = 0; slice < series.slices; ++slice) {
    for (int row = 0; row < series.rows; ++row) {
      for (int column = 0; column < series.columns; ++column) {
        const auto word = static_cast<std::int16_t>(series.word(column, row, slice));
        const double expected = slope * word + intercept;
        ASSERT_EQ(ct.hu[ct.grid.index(column, row, slice)], std::lround(expected))
            << column << ' ' << row << ' ' << slice;
      }
    }
  }
}

TEST_F(ReadCtVolume, ReadsExplicitLittleEndianBitExactly) {
  const TestSeries series;
  const ReadSeries read_series = read(series);
  expect_hu(read_series.ct, series, 1.0, -1024.0);
  EXPECT_TRUE(read_series.ct.valid.empty());
}

TEST_F(ReadCtVolume, ReadsImplicitLittleEndianBitExactly) {
  TestSeries series;
  series.syntax = EXS_LittleEndianImplicit;
  expect_hu(read(series).ct, series, 1.0, -1024.0);
}

TEST_F(ReadCtVolume, GivesTheSameVolumeWithAnyNumberOfThreads) {
  const TestSeries series;
  EXPECT_EQ(read(series, 1).ct.hu, read(series, 7).ct.hu);
}

TEST_F(ReadCtVolume, TakesSlopeAndInterceptOfEachSlice) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int slice) {
    if (slice == 7) {
      put(dataset, DCM_RescaleSlope, "0.5");
      put(dataset, DCM_RescaleIntercept, "-24");
    }
  };
  const CtVolume ct = read(series).ct;
  EXPECT_EQ(ct.hu[ct.grid.index(2, 3, 6)], 2 + 120 + 18 - 1024);
  EXPECT_EQ(ct.hu[ct.grid.index(3, 3, 7)], 72 - 24);  // (3 + 120 + 21) / 2 - 24
}

TEST_F(ReadCtVolume, PutsTheGridWhereTheHeaderSaysWhateverTheFileOrder) {
  const TestSeries series;
  const VoxelGrid grid = read(series).ct.grid;
  EXPECT_EQ(grid.size, (std::array{32, 24, 60}));
  EXPECT_TRUE(grid.spacing_mm.isApprox(Eigen::Vector3d(0.5, 0.75, 2.0)));
  EXPECT_TRUE(grid.origin_patient_mm.isApprox(Eigen::Vector3d(-8.0, -9.0, 100.0)));
  EXPECT_TRUE(grid.patient_axes.isApprox(Eigen::Matrix3d::Identity()));
}

TEST_F(ReadCtVolume, KeepsImageAxesAndACranialSliceAxisWhenTheImageIsTurned) {
  TestSeries series;  // prone, feet first: rows to the right, columns to the front
  series.orientation = "-1\\0\\0\\0\\-1\\0";
  series.first_x_mm = 8.0;
  const CtVolume prone = read(series).ct;
  EXPECT_TRUE(prone.grid.patient_axes.col(0).isApprox(Eigen::Vector3d(-1, 0, 0)));
  EXPECT_TRUE(prone.grid.patient_axes.col(1).isApprox(Eigen::Vector3d(0, -1, 0)));
  EXPECT_TRUE(prone.grid.patient_axes.col(2).isApprox(Eigen::Vector3d(0, 0, 1)));
  expect_hu(prone, series, 1.0, -1024.0);
}

TEST_F(ReadCtVolume, MirroredStackStaysCranial) {
  TestSeries series;  // normal of the image plane points to the feet
  series.orientation = "-1\\0\\0\\0\\1\\0";
  const CtVolume ct = read(series).ct;
  EXPECT_TRUE(ct.grid.patient_axes.col(2).isApprox(Eigen::Vector3d(0, 0, 1)));
  EXPECT_DOUBLE_EQ(ct.grid.origin_patient_mm.z(), 100.0);
  expect_hu(ct, series, 1.0, -1024.0);
}

TEST_F(ReadCtVolume, ReadsUnsignedTwelveBitsWithRubbishAbove) {
  TestSeries series;
  series.is_signed = false;
  series.bits_stored = 12;
  series.word = [](int column, int row, int) {
    return static_cast<std::uint16_t>(0x9000 | (column + 32 * row));
  };
  const CtVolume ct = read(series).ct;
  EXPECT_EQ(ct.hu[ct.grid.index(5, 2, 9)], 69 - 1024);
}

TEST_F(ReadCtVolume, KeepsPaddingApartWithAMask) {
  TestSeries series;
  series.word = [](int column, int, int) { return static_cast<std::uint16_t>(column < 3 ? -2000 : 1024); };
  series.adjust = [](DcmDataset& dataset, int) {
    test::must(dataset.putAndInsertSint16(DCM_PixelPaddingValue, -2000), "padding");
  };
  const CtVolume ct = read(series).ct;
  ASSERT_EQ(ct.valid.size(), ct.hu.size());
  EXPECT_FALSE(ct.is_valid(ct.grid.index(2, 0, 0)));
  EXPECT_EQ(ct.hu[ct.grid.index(2, 0, 0)], -1000);
  EXPECT_TRUE(ct.is_valid(ct.grid.index(3, 0, 0)));
  EXPECT_EQ(ct.hu[ct.grid.index(3, 0, 0)], 0);
}

TEST_F(ReadCtVolume, FindsPaddingThatTheHeaderDoesNotName) {
  TestSeries series;
  series.word = [](int column, int, int) { return static_cast<std::uint16_t>(column == 0 ? -1024 : 1024); };
  const CtVolume ct = read(series).ct;  // -1024 - 1024 = -2048 HU
  EXPECT_FALSE(ct.is_valid(0));
  EXPECT_TRUE(ct.is_valid(1));
}

TEST_F(ReadCtVolume, UsesAPaddingRange) {
  TestSeries series;
  series.word = [](int column, int, int) { return static_cast<std::uint16_t>(1000 + column); };
  series.adjust = [](DcmDataset& dataset, int) {
    test::must(dataset.putAndInsertSint16(DCM_PixelPaddingValue, 1004), "padding");
    test::must(dataset.putAndInsertSint16(DCM_PixelPaddingRangeLimit, 1002), "padding");
  };
  const CtVolume ct = read(series).ct;
  std::vector<int> invalid;
  for (int column = 0; column < 32; ++column) {
    if (!ct.is_valid(ct.grid.index(column, 5, 5))) invalid.push_back(column);
  }
  EXPECT_THAT(invalid, testing::ElementsAre(2, 3, 4));
}

// One slice of the series did not arrive.
TEST_F(ReadCtVolume, FillsOneMissingSliceFromItsNeighbours) {
  const TestSeries series;
  std::vector<ScannedInstance> instances;
  for (const std::filesystem::path& file : test::write_series(series, folder_.path())) {
    auto instance = std::get<ScannedInstance>(scan_instance(file, {}));
    if ((*instance.position_patient_mm)[2] != 140.0) instances.push_back(std::move(instance));
  }
  ASSERT_EQ(instances.size(), 59U);
  const ReadSeries read_series = read_ct_volume(group_volumes(instances).candidates.at(0), 2);
  // Words grow by 3 a slice: the mean of the neighbours is what the missing slice held.
  expect_hu(read_series.ct, series, 1.0, -1024.0);
  EXPECT_THAT(read_series.ct.interpolated_slices, testing::ElementsAre(20));
  const auto& sources = read_series.study.sources;
  ASSERT_EQ(sources.size(), 60U);
  EXPECT_EQ(sources[20].sop_instance_uid, sources[19].sop_instance_uid);
  EXPECT_NE(sources[21].sop_instance_uid, sources[20].sop_instance_uid);
}

// The table moves along z, the planes are turned by 10 degrees about the left-right axis.
TEST_F(ReadCtVolume, StraightensATiltedGantry) {
  const double tilt = 10.0 * std::numbers::pi / 180.0;
  TestSeries series;
  series.rows = 64;
  series.slices = 80;
  series.orientation =
      "1\\0\\0\\0\\" + std::to_string(std::cos(tilt)) + "\\" + std::to_string(-std::sin(tilt));
  // HU = 10 z, whatever the plane: z of a pixel is that of the slice less its part of the rows.
  const auto z_of = [&](int row, int slice) {
    return series.first_z_mm + slice * series.spacing_mm - row * series.row_spacing_mm * std::sin(tilt);
  };
  series.word = [&](int, int row, int slice) {
    return static_cast<std::uint16_t>(std::lround(1024.0 + 10.0 * z_of(row, slice)));
  };
  const VolumeCandidate volume = candidate(series);
  EXPECT_EQ(volume.grade, Grade::b);
  const ReadSeries read_series = read_ct_volume(volume, 2);
  const CtVolume& ct = read_series.ct;
  EXPECT_NEAR(ct.removed_tilt_deg, 10.0, 0.01);
  EXPECT_TRUE(ct.grid.patient_axes.isApprox(Eigen::Matrix3d::Identity(), 1e-6));
  EXPECT_NEAR(ct.grid.spacing_mm.z(), 2.0, 1e-6);
  for (int slice = 10; slice < 70; ++slice) {
    const std::size_t i = ct.grid.index(5, 30, slice);
    ASSERT_TRUE(ct.is_valid(i));
    EXPECT_NEAR(ct.hu[i], 10.0 * ct.grid.patient_from_voxel({5.0, 30.0, 1.0 * slice}).z(), 1.01);
  }
  ASSERT_TRUE(read_series.study.resampled_from.has_value());
  EXPECT_EQ(read_series.study.sources.size(), 80U);
  EXPECT_EQ(read_series.study.resampled_from->slice_step_mm, (std::array{0.0, 0.0, 2.0}));
}

TEST_F(ReadCtVolume, CountsVoxelsAtTheTopOfTheirContainer) {
  TestSeries series;
  series.is_signed = false;
  series.bits_stored = 12;
  series.word = [](int column, int row, int slice) {
    return static_cast<std::uint16_t>(column == 3 && row < 4 && slice == 30 ? 4095 : 1024 + column);
  };
  EXPECT_EQ(read(series).ct.clipped_voxels, 4U);
  TestSeries wide;  // the same clipping in words of 16 bits
  wide.word = [](int column, int row, int slice) {
    return static_cast<std::uint16_t>(column == 3 && row < 4 && slice == 30 ? 4095 : 1024 + column);
  };
  EXPECT_EQ(read(wide).ct.clipped_voxels, 4U);
  EXPECT_EQ(read(TestSeries{}).ct.clipped_voxels, 0U);
}

struct Encoder {
  Encoder() {
    DJEncoderRegistration::registerCodecs();
    DJLSEncoderRegistration::registerCodecs();
    DcmRLEEncoderRegistration::registerCodecs();
  }
  ~Encoder() {
    DJEncoderRegistration::cleanup();
    DJLSEncoderRegistration::cleanup();
    DcmRLEEncoderRegistration::cleanup();
  }
};

TEST_F(ReadCtVolume, DecodesLosslessCompressionToTheSameVolume) {
  const Encoder encoder;
  TestSeries series;
  series.word = [](int column, int row, int slice) {
    return static_cast<std::uint16_t>((column * 7919 + row * 104729 + slice * 31) % 3000 - 500);
  };
  const CtVolume native = read(series).ct;
  for (const E_TransferSyntax syntax :
       {EXS_JPEGProcess14SV1, EXS_JPEGProcess14, EXS_JPEGLSLossless, EXS_RLELossless}) {
    series.syntax = syntax;
    series.adjust = [syntax](DcmDataset& dataset, int) {
      test::must(dataset.chooseRepresentation(syntax, nullptr), "compress");
      // The encoders may call the image derived; it is the same image.
      put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
    };
    const CtVolume decoded = read(series).ct;
    EXPECT_EQ(decoded.hu, native.hu) << DcmXfer(syntax).getXferName();
    EXPECT_EQ(decoded.valid, native.valid) << DcmXfer(syntax).getXferName();
  }
}

struct HeaderFault {
  const char* name;
  void (*spoil)(DcmDataset&, int slice);
  RefusalCode code;
  const char* detail;
};
class FaultyObject : public ReadCtVolume, public testing::WithParamInterface<HeaderFault> {};

TEST_P(FaultyObject, IsRefusedWithItsReason) {
  TestSeries series;
  series.adjust = GetParam().spoil;
  const NotMeasured reason = refusal(series);
  EXPECT_EQ(reason.code, GetParam().code) << reason.detail;
  EXPECT_THAT(reason.detail, HasSubstr(GetParam().detail));
}

constexpr RefusalCode not_hu = RefusalCode::not_hu;
constexpr RefusalCode header = RefusalCode::header_inconsistent;

INSTANTIATE_TEST_SUITE_P(
    ReadCtVolume,
    FaultyObject,
    testing::Values(
        HeaderFault{"NoSlope",
                    [](DcmDataset& d, int) { delete d.remove(DCM_RescaleSlope); },
                    not_hu,
                    "Slope missing"},
        HeaderFault{"NoIntercept",
                    [](DcmDataset& d, int) { delete d.remove(DCM_RescaleIntercept); },
                    not_hu,
                    "Intercept missing"},
        HeaderFault{"NoSlopeInOneSlice",
                    [](DcmDataset& d, int slice) {
                      if (slice == 31) delete d.remove(DCM_RescaleSlope);
                    },
                    not_hu,
                    "Slope missing"},
        HeaderFault{
            "SlopeZero", [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "0"); }, not_hu, "Slope outside"},
        HeaderFault{"SlopeNegative",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "-1"); },
                    not_hu,
                    "Slope outside"},
        HeaderFault{"SlopeNotANumber",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "nan"); },
                    not_hu,
                    "Slope missing or not"},
        HeaderFault{"SlopeInfinite",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "inf"); },
                    not_hu,
                    "Slope missing or not"},
        HeaderFault{"SlopeOverflow",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "1e400"); },
                    not_hu,
                    "Slope missing or not"},
        HeaderFault{"SlopeWithComma",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "1,0"); },
                    not_hu,
                    "Slope missing or not"},
        HeaderFault{"TwoSlopes",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "1\\2"); },
                    not_hu,
                    "Slope missing or not"},
        HeaderFault{"HexSlope",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleSlope, "0x1"); },
                    not_hu,
                    "Slope missing or not"},
        HeaderFault{"InterceptHuge",
                    [](DcmDataset& d, int) { put(d, DCM_RescaleIntercept, "-1e30"); },
                    not_hu,
                    "Intercept outside"},
        HeaderFault{"EightBits",
                    [](DcmDataset& d, int) { test::put_short(d, DCM_BitsAllocated, 8); },
                    header,
                    "Bits Allocated"},
        HeaderFault{"NoBitsStored",
                    [](DcmDataset& d, int) { delete d.remove(DCM_BitsStored); },
                    header,
                    "Bits Stored missing"},
        HeaderFault{"ManyBitsStored",
                    [](DcmDataset& d, int) { test::put_short(d, DCM_BitsStored, 17); },
                    header,
                    "Bits Stored outside"},
        HeaderFault{"HighBitElsewhere",
                    [](DcmDataset& d, int) { test::put_short(d, DCM_HighBit, 11); },
                    header,
                    "High Bit"},
        HeaderFault{"NoRepresentation",
                    [](DcmDataset& d, int) { delete d.remove(DCM_PixelRepresentation); },
                    header,
                    "Pixel Representation missing"},
        HeaderFault{"OddRepresentation",
                    [](DcmDataset& d, int) { test::put_short(d, DCM_PixelRepresentation, 7); },
                    header,
                    "Pixel Representation"},
        HeaderFault{"NoPixels",
                    [](DcmDataset& d, int slice) {
                      if (slice == 3) delete d.remove(DCM_PixelData);
                    },
                    header,
                    "Pixel Data missing"},
        HeaderFault{"FewPixels",
                    [](DcmDataset& d, int) {
                      d.putAndInsertUint16Array(DCM_PixelData, std::vector<Uint16>(100).data(), 100);
                    },
                    header,
                    "200 bytes, 1536 needed"},
        HeaderFault{"ManyPixels",
                    [](DcmDataset& d, int) {
                      d.putAndInsertUint16Array(DCM_PixelData, std::vector<Uint16>(769).data(), 769);
                    },
                    header,
                    "1538 bytes, 1536 needed"},
        HeaderFault{"OnItsSide",
                    [](DcmDataset& d, int) { put(d, DCM_PatientPosition, "HFDL"); },
                    RefusalCode::orientation,
                    "HFDL"},
        HeaderFault{"TwoPersons",
                    [](DcmDataset& d, int slice) {
                      if (slice == 9) put(d, DCM_PatientID, "T2");
                    },
                    header,
                    "more than one person"}),
    [](const testing::TestParamInfo<HeaderFault>& fault) { return fault.param.name; });

TEST_F(ReadCtVolume, RefusesCodedTransferSyntaxesItCannotDecode) {
  TestSeries series;
  series.syntax = EXS_BigEndianExplicit;
  const std::vector<std::filesystem::path> files = test::write_series(series, folder_.path());
  VolumeCandidate volume = candidate(TestSeries{});
  (void)test::write_series(series, folder_.path());  // changes under our hands
  try {
    (void)read_ct_volume(volume, 2);
    FAIL() << "was read";
  } catch (const Refusal& refused) {
    EXPECT_EQ(refused.code(), RefusalCode::unsupported_syntax);
  }
}

TEST_F(ReadCtVolume, RefusesWhatTheGroupingFoundWrong) {
  VolumeCandidate volume;
  volume.problem = {RefusalCode::geometry, "tilted"};
  try {
    (void)read_ct_volume(volume, 2);
    FAIL() << "was read";
  } catch (const Refusal& refused) {
    EXPECT_EQ(refused.code(), RefusalCode::geometry);
  }
}

TEST_F(ReadCtVolume, CallsAVanishedFileAnErrorOfTheMachine) {
  const VolumeCandidate volume = candidate(TestSeries{});
  std::filesystem::remove(volume.slices[5].file);
  try {
    (void)read_ct_volume(volume, 2);
    FAIL() << "was read";
  } catch (const Refusal&) {
    FAIL() << "is no fault of the scan";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("gone"));
  }
}

// Truncation at every length must end in a refusal or an error, never in a crash or a volume.
TEST_F(ReadCtVolume, SurvivesTruncatedObjects) {
  TestSeries series;
  series.slices = 21;
  const VolumeCandidate volume = candidate(series);
  const std::filesystem::path file = volume.slices[5].file;
  const auto size = std::filesystem::file_size(file);
  for (std::uintmax_t keep = size - 1; keep > 0; keep -= std::min<std::uintmax_t>(keep, 61)) {
    std::filesystem::resize_file(file, keep);
    EXPECT_THROW((void)read_ct_volume(volume, 2), std::runtime_error) << keep;
  }
}

// A few changed bytes anywhere in an object, compressed or not: a volume, a refusal or an error, never a
// crash (the sanitizer build looks closer).
TEST_F(ReadCtVolume, SurvivesChangedBytes) {
  const Encoder encoder;
  std::mt19937 random(1);
  for (const E_TransferSyntax syntax :
       {EXS_LittleEndianImplicit, EXS_JPEGProcess14SV1, EXS_JPEGLSLossless, EXS_RLELossless}) {
    TestSeries series;
    series.slices = 21;
    series.syntax = syntax;
    series.adjust = [syntax](DcmDataset& dataset, int) {
      test::must(dataset.chooseRepresentation(syntax, nullptr), "compress");
      put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
    };
    VolumeCandidate volume = candidate(series);
    const std::filesystem::path file = volume.slices[5].file;
    const std::string good = read_bytes(file);
    for (int run = 0; run < 30; ++run) {
      std::string bad = good;
      for (auto changes = 1 + random() % 6; changes > 0; --changes) {
        bad[132 + random() % (bad.size() - 132)] = static_cast<char>(random() % 256);
      }
      std::ofstream(file, std::ios::binary) << bad;
      const auto scanned = scan_instance(file, {});
      const auto* instance = std::get_if<ScannedInstance>(&scanned);
      if (instance == nullptr) continue;
      volume.slices[5] = *instance;
      for (const VolumeCandidate& grouped : group_volumes(volume.slices).candidates) {
        try {
          EXPECT_EQ(read_ct_volume(grouped, 1).ct.hu.size() % (24U * 32U), 0U);
        } catch (const std::runtime_error&) {
          continue;  // Refusal is one
        }
      }
    }
  }
}

TEST_F(ReadCtVolume, ReadsThePersonAndTheStudy) {
  const ReadSeries read_series = read(TestSeries{});
  EXPECT_EQ(read_series.subject.sex, Sex::female);
  EXPECT_EQ(read_series.subject.age_years, 72.0);
  EXPECT_DOUBLE_EQ(read_series.subject.height_cm.value_or(0), 160.0);
  EXPECT_DOUBLE_EQ(read_series.subject.weight_kg.value_or(0), 61.5);
  EXPECT_EQ(read_series.subject.t2dm, DiabetesStatus::unknown);
  const StudyContext& study = read_series.study;
  EXPECT_EQ(study.specific_character_set, "ISO_IR 100");
  EXPECT_EQ(study.study_instance_uid, "1.2.826.0.1.3680043.9999.1");
  EXPECT_EQ(study.series_instance_uid, "1.2.826.0.1.3680043.9999.2");
  EXPECT_EQ(study.study_date, "20260102");
  ASSERT_EQ(study.sources.size(), 60U);
  EXPECT_EQ(study.sources.front().sop_instance_uid, "1.2.826.0.1.3680043.9999.2.1");
  EXPECT_EQ(study.sources.back().sop_instance_uid, "1.2.826.0.1.3680043.9999.2.60");
  const auto name = std::ranges::find_if(study.patient_and_study, [](const CopiedAttribute& a) {
    return a.group == 0x0010 && a.element == 0x0010;
  });
  ASSERT_NE(name, study.patient_and_study.end());
  EXPECT_EQ(name->value.substr(0, 11), "M\xfcller^Test");  // bytes of the source, not converted
}

TEST_F(ReadCtVolume, ReadsHowTheImageWasMade) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int slice) {
    if (slice == 59) put(dataset, DCM_ContrastBolusAgent, "CE");
    put(dataset, DCM_Manufacturer, "MAKER\xfc");
  };
  const Acquisition acquisition = read(series).ct.acquisition;
  EXPECT_EQ(acquisition.kvp, 120.0);
  EXPECT_EQ(acquisition.slice_thickness_mm, 2.0);
  EXPECT_EQ(acquisition.kernel, "FC13");
  EXPECT_EQ(acquisition.manufacturer, "MAKER");
  EXPECT_EQ(acquisition.patient_position, "HFS");
  EXPECT_TRUE(acquisition.contrast_agent);
  EXPECT_FALSE(read(TestSeries{}).ct.acquisition.contrast_agent);
}

struct PersonCase {
  const char* name;
  const char* age;
  const char* birth;
  const char* size;
  const char* weight;
  std::optional<double> expected_age;
  std::optional<double> expected_height_cm;
  std::optional<double> expected_weight_kg;
};
class PersonInHeader : public ReadCtVolume, public testing::WithParamInterface<PersonCase> {};

TEST_P(PersonInHeader, IsReadOrLeftUnknown) {
  TestSeries series;
  series.slices = 30;
  series.adjust = [](DcmDataset& dataset, int) {
    put(dataset, DCM_PatientSex, "O");
    put(dataset, DCM_PatientAge, GetParam().age);
    put(dataset, DCM_PatientBirthDate, GetParam().birth);
    put(dataset, DCM_PatientSize, GetParam().size);
    put(dataset, DCM_PatientWeight, GetParam().weight);
  };
  const Subject subject = read(series).subject;
  EXPECT_FALSE(subject.sex.has_value());
  EXPECT_EQ(subject.age_years, GetParam().expected_age);
  EXPECT_EQ(subject.height_cm.has_value(), GetParam().expected_height_cm.has_value());
  EXPECT_DOUBLE_EQ(subject.height_cm.value_or(0), GetParam().expected_height_cm.value_or(0));
  EXPECT_EQ(subject.weight_kg, GetParam().expected_weight_kg);
}

INSTANTIATE_TEST_SUITE_P(
    ReadCtVolume,
    PersonInHeader,
    testing::Values(  // the study date is 2026-01-02
        PersonCase{"Months", "018M", "", "0.80", "10", 1.5, 80.0, 10.0},
        PersonCase{"FromBirthday", "", "19500102", "1.7", "70", 76.0, 170.0, 70.0},
        PersonCase{"DayBeforeBirthday", "", "19500103", "1.7", "70", 75.0, 170.0, 70.0},
        PersonCase{"PlaceholderZeros", "000Y", "", "0", "0", 0.0, std::nullopt, std::nullopt},
        PersonCase{
            "CentimetresAreNotGuessed", "999Y", "", "170", "70000", std::nullopt, std::nullopt, std::nullopt},
        PersonCase{"Rubbish", "-1Y", "20261301", "1e400", "nan", std::nullopt, std::nullopt, std::nullopt},
        PersonCase{"BornAfterTheStudy", "", "20270101", "x", "7x", std::nullopt, std::nullopt, std::nullopt}),
    [](const testing::TestParamInfo<PersonCase>& person) { return person.param.name; });

TEST_F(ReadCtVolume, ReadsAHeaderForARefusalFromTheFirstReadableObject) {
  TestSeries series;
  series.slices = 3;
  std::vector<std::filesystem::path> files{folder_.path() / "rubbish"};
  std::ofstream(files[0]) << "not DICOM";
  for (const auto& file : test::write_series(series, folder_.path())) files.push_back(file);
  const StudyHeader header_only = read_study_header(files);
  EXPECT_EQ(header_only.subject.sex, Sex::female);
  EXPECT_EQ(header_only.study.sources.size(), 3U);
  EXPECT_THROW((void)read_study_header(std::span(files).first(1)), std::runtime_error);
}

}  // namespace
}  // namespace focalhip
