#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/series/analyse_series.h"
#include "listener/series/decode_slice.h"
#include "listener/series/read_ct_volume.h"
#include "listener/support/log.h"
#include "tests/support/temporary_folder.h"

// Real scans that nobody of this project made; what is known of them stands in their README. They are not
// part of the repository: without them these tests are skipped.

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path real_data = fs::path(FOCALHIP_SHARED_DIR) / "realdata";

class RealData : public testing::Test {
 protected:
  void SetUp() override {
    silence_dcmtk_log();
    if (!fs::exists(real_data)) GTEST_SKIP() << "no real data beside the source";
  }

  // Unpacks a tar.xz and groups what is in it.
  StudyVolumes volumes_of(const fs::path& archive) {
    const std::string command = "tar -xJf '" + archive.string() + "' -C '" + folder_.path().string() + "'";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("cannot unpack " + archive.string());
    std::vector<ScannedInstance> instances;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      auto scanned = scan_instance(entry.path(), {});
      if (auto* instance = std::get_if<ScannedInstance>(&scanned)) instances.push_back(std::move(*instance));
    }
    return group_volumes(instances);
  }

  testing_support::TemporaryFolder folder_;
};

TEST_F(RealData, HipCtBecomesOneVolumeInItsPlace) {
  const StudyVolumes volumes = volumes_of(real_data / "hip_ct" / "tcga-ov_09-2043_toshiba_3mm.tar.xz");
  ASSERT_EQ(volumes.candidates.size(), 1U);
  const VolumeCandidate& candidate = volumes.candidates[0];
  ASSERT_FALSE(candidate.problem.has_value()) << candidate.problem->detail;
  EXPECT_EQ(candidate.slices.size(), 160U);
  EXPECT_NEAR(candidate.slice_spacing_mm, 3.0, 1e-6);
  EXPECT_EQ(candidate.grade, Grade::c);  // 3 mm slices
  EXPECT_TRUE(candidate.geometrically_complete);

  const ReadSeries series = read_ct_volume(candidate, 2);
  const CtVolume& ct = series.ct;
  EXPECT_EQ(ct.grid.size, (std::array{512, 512, 160}));
  // z 1055 .. 1532, pixel 1.030 mm, axes 1,0,0,0,1,0; feet first, but left is at image right.
  EXPECT_NEAR(ct.grid.origin_patient_mm.z(), 1055.0, 0.5);
  EXPECT_NEAR(ct.grid.patient_from_voxel({0, 0, 159}).z(), 1532.0, 0.5);
  EXPECT_NEAR(ct.grid.spacing_mm.x(), 1.03, 1e-3);
  EXPECT_TRUE(ct.grid.patient_axes.isApprox(Eigen::Matrix3d::Identity(), 1e-9));
  EXPECT_EQ(ct.acquisition.patient_position, "FFS");
  EXPECT_EQ(ct.acquisition.kernel, "FC13");
  EXPECT_TRUE(ct.acquisition.contrast_agent);
  EXPECT_EQ(series.subject.sex, Sex::female);
  EXPECT_EQ(series.subject.age_years, 69.0);
  EXPECT_EQ(series.study.sources.size(), 160U);
  // Padding -2048 outside the reconstruction circle.
  ASSERT_FALSE(ct.valid.empty());
  EXPECT_FALSE(ct.is_valid(ct.grid.index(0, 0, 80)));
  EXPECT_TRUE(ct.is_valid(ct.grid.index(256, 256, 80)));
}

// Peaks of fat and muscle in the lowest 45 slices, -100 and +25 HU in histograms of 5 HU bins (README): HU
// are right in sign, slope and intercept. One bin on either side.
TEST_F(RealData, HipCtHasFatAndMuscleAtTheirPlaces) {
  const StudyVolumes volumes = volumes_of(real_data / "hip_ct" / "tcga-ov_09-2043_toshiba_3mm.tar.xz");
  const CtVolume ct = read_ct_volume(volumes.candidates.at(0), 2).ct;
  std::array<std::size_t, 100> bins{};  // -250 .. 250 HU
  for (std::size_t i = 0; i < ct.grid.index(0, 0, 45); ++i) {
    if (ct.is_valid(i) && ct.hu[i] >= -250 && ct.hu[i] < 250)
      ++bins[static_cast<std::size_t>((ct.hu[i] + 250) / 5)];
  }
  const auto peak_hu = [&](int from, int to) {
    const auto begin = bins.begin() + (from + 250) / 5;
    const auto peak = std::max_element(begin, bins.begin() + (to + 250) / 5);
    return static_cast<double>(peak - bins.begin()) * 5.0 - 250.0 + 2.5;
  };
  EXPECT_NEAR(peak_hu(-200, -40), -100.0, 7.5);
  EXPECT_NEAR(peak_hu(-30, 120), 25.0, 7.5);
}

TEST_F(RealData, CompressedSlicesDecodeToTheSamePixels) {
  const fs::path folder = real_data / "headers" / "wg04";
  std::optional<StoredSlice> first;
  for (const char* name : {"CT1_RLE", "CT1_JPLL", "CT1_JLSL"}) {
    DcmFileFormat object = open_object(folder / name, ReadPart::whole);
    const StoredSlice slice = decode_slice(object);
    EXPECT_EQ(slice.words.size(), 512U * 512U) << name;
    if (!first) first = slice;
    EXPECT_EQ(slice.words, first->words) << name;
    EXPECT_EQ(slice.meaning.padding, first->meaning.padding) << name;
  }
  // Not a constant picture: the comparison can fail.
  EXPECT_NE(*std::ranges::min_element(first->words), *std::ranges::max_element(first->words));
}

TEST_F(RealData, Jpeg2000IsRefusedByCode) {
  for (const char* name : {"CT1_J2KR", "CT1_J2KI"}) {
    DcmFileFormat object = open_object(real_data / "headers" / "wg04" / name, ReadPart::whole);
    try {
      (void)decode_slice(object);
      ADD_FAILURE() << name << " was decoded";
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.code(), RefusalCode::unsupported_syntax) << name;
    }
  }
}

TEST_F(RealData, TiltedHeadScanIsRefusedForItsGeometry) {
  const StudyVolumes volumes =
      volumes_of(real_data / "reject" / "ge_hispeed_tilt_irregular_spacing_head.tar.xz");
  ASSERT_FALSE(volumes.candidates.empty());
  for (const VolumeCandidate& candidate : volumes.candidates) {
    ASSERT_TRUE(candidate.problem.has_value());
    EXPECT_EQ(candidate.problem->code, RefusalCode::geometry) << candidate.problem->detail;
  }
}

TEST_F(RealData, ThickSlicesAreReadAndGradedR) {
  const StudyVolumes volumes =
      volumes_of(real_data / "reject" / "acrin-flt-breast_001_pelvis_5mm_no_femora.tar.xz");
  ASSERT_EQ(volumes.candidates.size(), 1U);
  EXPECT_EQ(volumes.candidates[0].grade, Grade::r);
  EXPECT_NEAR(volumes.candidates[0].slice_spacing_mm, 4.25, 1e-3);
  EXPECT_FALSE(volumes.candidates[0].problem.has_value());
  EXPECT_NO_THROW((void)read_ct_volume(volumes.candidates[0], 2));
}

TEST_F(RealData, ImplicitSyntaxAndUnorderedFileNames) {
  const StudyVolumes volumes =
      volumes_of(real_data / "phantom" / "qrm_cardiac_toshiba_aquilion_one_3mm.tar.xz");
  ASSERT_EQ(volumes.candidates.size(), 1U);
  const VolumeCandidate& candidate = volumes.candidates[0];
  ASSERT_FALSE(candidate.problem.has_value()) << candidate.problem->detail;
  EXPECT_EQ(candidate.slices.size(), 47U);
  const CtVolume ct = read_ct_volume(candidate, 2).ct;
  EXPECT_NEAR(ct.grid.origin_patient_mm.z(), 534.875, 1e-3);
  EXPECT_NEAR(ct.grid.patient_from_voxel({0, 0, 46}).z(), 672.875, 1e-3);
}

// Whatever these are: an answer, and no crash. None of them is a hip CT.
TEST_F(RealData, MalformedObjectsEndInARefusalOrAnError) {
  int looked_at = 0;
  for (const char* folder : {"malformed", "headers"}) {
    for (const auto& entry : fs::recursive_directory_iterator(real_data / folder)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".xz") continue;
      ++looked_at;
      const std::array files{entry.path()};
      try {
        const SeriesWork work = series_work(files, {}, std::nullopt);
        EXPECT_TRUE(!work.volume || work.volume->problem) << entry.path();
        (void)read_study_header(files);
      } catch (const std::runtime_error&) {
        continue;  // no readable header
      }
    }
  }
  EXPECT_GT(looked_at, 10);
}

}  // namespace
}  // namespace focalhip
