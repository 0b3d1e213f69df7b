#include <algorithm>

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/series/analyse_series.h"
#include "listener/series/read_ct_volume.h"
#include "listener/support/log.h"
#include "tests/support/enhanced_ct_writer.h"

// Enhanced CT and Legacy Converted Enhanced CT: one object, many frames. Truth: the words that were written.

namespace focalhip {
namespace {

using test::EnhancedCt;
using test::item_in;
using test::put;
using test::TemporaryFolder;
using testing::HasSubstr;

class EnhancedCtTest : public testing::Test {
 protected:
  EnhancedCtTest() { silence_dcmtk_log(); }

  StudyVolumes volumes(const EnhancedCt& ct) {
    const auto scanned = scan_instance(test::write_enhanced(ct, folder_.path()), {});
    if (const auto* problem = std::get_if<ScanProblem>(&scanned))
      throw std::runtime_error("not scanned: " + problem->detail);
    const std::vector<ScannedInstance> instances{std::get<ScannedInstance>(scanned)};
    return group_volumes(instances);
  }
  ReadSeries read(const EnhancedCt& ct, int threads = 2) {
    return read_ct_volume(volumes(ct).candidates.at(0), threads);
  }
  NotMeasured problem(const EnhancedCt& ct) {
    const StudyVolumes found = volumes(ct);
    if (found.candidates.empty() || !found.candidates[0].problem) {
      ADD_FAILURE() << "no problem found";
      return {};
    }
    return *found.candidates[0].problem;
  }

  TemporaryFolder folder_;
};

void expect_words(const CtVolume& ct, const EnhancedCt& written, int copy, double slope = 1.0) {
  ASSERT_EQ(ct.grid.size, (std::array{32, 24, 60}));
  for (int slice = 0; slice < 60; ++slice) {
    for (int row = 0; row < 24; ++row) {
      for (int column = 0; column < 32; ++column) {
        const double hu = slope * written.word(column, row, slice, copy) - 1024.0;
        ASSERT_EQ(ct.hu[ct.grid.index(column, row, slice)], std::lround(hu))
            << column << ' ' << row << ' ' << slice;
      }
    }
  }
}

TEST_F(EnhancedCtTest, BecomesOneVolumeInItsPlace) {
  const EnhancedCt ct;
  const StudyVolumes found = volumes(ct);
  ASSERT_EQ(found.candidates.size(), 1U);
  const VolumeCandidate& candidate = found.candidates[0];
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_TRUE(candidate.geometrically_complete);
  EXPECT_EQ(candidate.files().size(), 1U);
  EXPECT_EQ(candidate.content_digest.size(), 64U);
  const ReadSeries series = read_ct_volume(candidate, 2);
  EXPECT_TRUE(series.ct.grid.spacing_mm.isApprox(Eigen::Vector3d(0.5, 0.75, 2.0)));
  EXPECT_TRUE(series.ct.grid.origin_patient_mm.isApprox(Eigen::Vector3d(-8.0, -9.0, 100.0)));
  EXPECT_EQ(series.ct.acquisition.kvp, 120.0);
  EXPECT_EQ(series.ct.acquisition.kernel, "FC13");
  EXPECT_EQ(series.ct.acquisition.slice_thickness_mm, 2.0);
  expect_words(series.ct, ct, 0);
}

TEST_F(EnhancedCtTest, LegacyConvertedKeepsWhatTheConversionLeftBeside) {
  EnhancedCt ct;
  ct.legacy_converted = true;
  const ReadSeries series = read(ct);
  EXPECT_EQ(series.ct.acquisition.kvp, 120.0);
  EXPECT_EQ(series.ct.acquisition.kernel, "FC13");
  expect_words(series.ct, ct, 0);
}

TEST_F(EnhancedCtTest, GivesTheSameVolumeWithAnyNumberOfThreads) {
  const EnhancedCt ct;
  EXPECT_EQ(read(ct, 1).ct.hu, read(ct, 7).ct.hu);
}

TEST_F(EnhancedCtTest, NamesTheFrameOfEachSlice) {
  const EnhancedCt ct;
  const ReadSeries series = read(ct);
  ASSERT_EQ(series.study.sources.size(), 60U);
  for (int frame = 0; frame < 60; ++frame) {
    const auto slice = static_cast<std::size_t>(test::plan_of(ct, frame).slice);
    EXPECT_EQ(series.study.sources[slice].frame, frame + 1);
  }
  EXPECT_EQ(series.study.sources[0].sop_class_uid, UID_EnhancedCTImageStorage);
}

TEST_F(EnhancedCtTest, AFramesOwnGroupGoesBeforeTheSharedOne) {
  EnhancedCt ct;
  ct.adjust_frame = [](DcmItem& groups, int slice, int) {
    if (slice != 7) return;
    DcmItem& values = item_in(groups, DCM_PixelValueTransformationSequence);
    put(values, DCM_RescaleSlope, "2");
    put(values, DCM_RescaleIntercept, "-24");
    put(values, DCM_RescaleType, "HU");
  };
  const CtVolume volume = read(ct).ct;
  EXPECT_EQ(volume.hu[volume.grid.index(2, 3, 6)], 2 + 120 + 18 - 1024);
  EXPECT_EQ(volume.hu[volume.grid.index(2, 3, 7)], 2 * (2 + 120 + 21) - 24);
}

TEST_F(EnhancedCtTest, SplitsByDimensionsOtherThanPosition) {
  EnhancedCt ct;
  ct.copies = 2;  // two times, same places
  const StudyVolumes found = volumes(ct);
  ASSERT_EQ(found.candidates.size(), 2U);
  for (std::size_t copy = 0; copy < 2; ++copy) {
    ASSERT_FALSE(found.candidates[copy].problem.has_value());
    expect_words(read_ct_volume(found.candidates[copy], 2).ct, ct, static_cast<int>(copy));
  }
  EXPECT_NE(found.candidates[0].content_digest, found.candidates[1].content_digest);
  EXPECT_EQ(found.other_series().size(), 1U);
}

TEST_F(EnhancedCtTest, SplitsByTubeVoltageAndByStack) {
  EnhancedCt ct;
  ct.copies = 3;
  ct.adjust = [](DcmDataset& dataset) {
    test::must(dataset.findAndDeleteElement(DCM_DimensionIndexSequence), "drop");
  };
  ct.adjust_frame = [](DcmItem& groups, int, int copy) {
    if (copy == 1) put(item_in(groups, DCM_CTXRayDetailsSequence), DCM_KVP, "80");
    if (copy == 2) put(item_in(groups, DCM_FrameContentSequence), DCM_StackID, "B");
  };
  const StudyVolumes found = volumes(ct);
  ASSERT_EQ(found.candidates.size(), 3U);
  for (const VolumeCandidate& candidate : found.candidates) EXPECT_FALSE(candidate.problem.has_value());
}

// Two sets of pixels at the same places that nothing tells apart: never a silent mixture.
TEST_F(EnhancedCtTest, RefusesFramesAtOnePlaceThatNothingTellsApart) {
  EnhancedCt ct;
  ct.copies = 2;
  ct.adjust = [](DcmDataset& dataset) {
    test::must(dataset.findAndDeleteElement(DCM_DimensionIndexSequence), "drop");
  };
  EXPECT_EQ(problem(ct).code, RefusalCode::geometry);
}

TEST_F(EnhancedCtTest, DropsCopiesOfFrames) {
  EnhancedCt ct;
  ct.copies = 2;
  ct.word = [](int column, int row, int slice, int) {
    return static_cast<std::uint16_t>(column + 40 * row + 3 * slice);
  };
  ct.adjust = [](DcmDataset& dataset) {
    test::must(dataset.findAndDeleteElement(DCM_DimensionIndexSequence), "drop");
  };
  const StudyVolumes found = volumes(ct);
  ASSERT_EQ(found.candidates.size(), 1U);
  ASSERT_FALSE(found.candidates[0].problem.has_value()) << found.candidates[0].problem->detail;
  ASSERT_EQ(found.candidates[0].notes.size(), 1U);
  EXPECT_EQ(found.candidates[0].notes[0].code, NoteCode::duplicates_dropped);
}

TEST_F(EnhancedCtTest, RefusesMapsAndFramesThatAreNotDescribed) {
  EnhancedCt virtual_image;
  virtual_image.adjust_frame = [](DcmItem& groups, int, int) {
    put(item_in(groups, DCM_CTImageFrameTypeSequence), DCM_FrameType, "DERIVED\\PRIMARY\\VOLUME\\VMI");
  };
  EXPECT_EQ(problem(virtual_image).code, RefusalCode::not_hu);

  EnhancedCt equivalent_energy;
  equivalent_energy.adjust = [](DcmDataset& dataset) {
    DcmItem& characteristics = item_in(dataset, DCM_MultienergyCTCharacteristicsSequence);
    test::must(characteristics.putAndInsertFloat64(DCM_MonoenergeticEnergyEquivalent, 70.0), "energy");
  };
  EXPECT_EQ(problem(equivalent_energy).code, RefusalCode::not_hu);

  EnhancedCt perfusion;
  perfusion.adjust_frame = [](DcmItem& groups, int, int) {
    DcmItem& values = item_in(groups, DCM_PixelValueTransformationSequence);
    put(values, DCM_RescaleType, "US");
  };
  EXPECT_EQ(problem(perfusion).code, RefusalCode::not_hu);

  EnhancedCt count;
  count.adjust = [](DcmDataset& dataset) { put(dataset, DCM_NumberOfFrames, "59"); };
  EXPECT_EQ(problem(count).code, RefusalCode::header_inconsistent);

  EnhancedCt bare;
  bare.adjust = [](DcmDataset& dataset) {
    test::must(dataset.findAndDeleteElement(DCM_PerFrameFunctionalGroupsSequence), "drop");
  };
  EXPECT_EQ(problem(bare).code, RefusalCode::header_inconsistent);
}

TEST_F(EnhancedCtTest, ContrastCountsOnlyWhereItWasGiven) {
  EnhancedCt ct;
  ct.adjust = [](DcmDataset& dataset) {
    put(item_in(dataset, DCM_ContrastBolusAgentSequence), DCM_CodeMeaning, "Iohexol");
  };
  EXPECT_TRUE(read(ct).ct.acquisition.contrast_agent);
  ct.adjust_frame = [](DcmItem& groups, int, int) {
    put(item_in(groups, DCM_ContrastBolusUsageSequence), DCM_ContrastBolusAgentAdministered, "NO");
  };
  EXPECT_FALSE(read(ct).ct.acquisition.contrast_agent);
}

struct Encoders {
  Encoders() {
    DJEncoderRegistration::registerCodecs();
    DJLSEncoderRegistration::registerCodecs();
    DcmRLEEncoderRegistration::registerCodecs();
  }
  ~Encoders() {
    DJEncoderRegistration::cleanup();
    DJLSEncoderRegistration::cleanup();
    DcmRLEEncoderRegistration::cleanup();
  }
};

TEST_F(EnhancedCtTest, DecodesCompressedFramesOneByOne) {
  const Encoders encoders;
  for (const E_TransferSyntax syntax :
       {EXS_LittleEndianImplicit, EXS_JPEGProcess14SV1, EXS_JPEGLSLossless, EXS_RLELossless}) {
    EnhancedCt ct;
    ct.series.syntax = syntax;
    SCOPED_TRACE(DcmXfer(syntax).getXferName());
    expect_words(read(ct).ct, ct, 0);
  }
}

TEST_F(EnhancedCtTest, ReadsFramesOfSeveralFragmentsByTheirOffsetTable) {
  const Encoders encoders;
  EnhancedCt ct;
  ct.series.syntax = EXS_JPEGLSLossless;
  // DCMTK splits frames into fragments of at most so many kbytes; noise does not compress below that.
  ct.series.rows = 64;
  ct.series.columns = 64;
  ct.series.slices = 30;
  ct.series.spacing_mm = 4.0;
  ct.word = [](int column, int row, int slice, int) {
    const unsigned mixed = (static_cast<unsigned>(column) * 2654435761U) ^
                           (static_cast<unsigned>(row) * 40503U) ^ (static_cast<unsigned>(slice) * 9973U);
    return static_cast<std::uint16_t>((mixed >> 7U) & 0xFFFU);
  };
  DJLSEncoderRegistration::cleanup();
  DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFTrue, 1, OFTrue);
  const CtVolume volume = read(ct).ct;
  for (int slice = 0; slice < 30; ++slice)
    ASSERT_EQ(volume.hu[volume.grid.index(17, 40, slice)], ct.word(17, 40, slice, 0) - 1024) << slice;
}

// The worker scans the files of a job again and must come to the same volume.
TEST_F(EnhancedCtTest, TheWorkerFindsTheSameVolumeAgain) {
  EnhancedCt ct;
  ct.copies = 2;
  const VolumeCandidate chosen = volumes(ct).candidates.at(0);
  const SeriesWork work = series_work(chosen.files(), {}, std::nullopt);
  ASSERT_TRUE(work.volume.has_value());
  EXPECT_EQ(work.volume->content_digest, chosen.content_digest);
}

}  // namespace
}  // namespace focalhip
