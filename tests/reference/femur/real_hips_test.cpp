#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/femur/cut_pictures.h"
#include "analysis/femur/segment_femora.h"
#include "listener/series/read_ct_volume.h"
#include "tests/support/temporary_folder.h"

// Real scans, not part of the repository: arthritic hips whose scan ends at the trochanters, and volumes that
// are no hip.

namespace focalhip {
namespace {

namespace fs = std::filesystem;

const fs::path real_data = fs::path(FOCALHIP_SHARED_DIR) / "realdata";

CtVolume read_archive(const fs::path& archive) {
  const testing_support::TemporaryFolder folder;
  const std::string command = "tar -xJf '" + archive.string() + "' -C '" + folder.path().string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("tar failed");
  std::vector<ScannedInstance> instances;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    auto scanned = scan_instance(entry.path(), {});
    if (auto* instance = std::get_if<ScannedInstance>(&scanned)) instances.push_back(std::move(*instance));
  }
  const StudyVolumes volumes = group_volumes(instances);
  if (volumes.candidates.empty()) throw std::runtime_error("no volume in " + archive.filename().string());
  return read_ct_volume(volumes.candidates.front(), 2).ct;
}

TEST(RealHips, ArthriticHeadsAreFoundAndTheShortScanIsRefusedForItsCoverage) {
  const fs::path archive = real_data / "hip_ct" / "tcga-ov_09-2043_toshiba_3mm.tar.xz";
  if (!fs::exists(archive)) GTEST_SKIP() << archive.filename() << " is not beside the source tree";
  const CtVolume ct = read_archive(archive);
  const std::array<FemurOutcome, 2> femora = segment_femora(ct, {});
  // By eye, +-4 mm each (realdata/README.md): centre, diameter.
  const std::array<Eigen::Vector3d, 2> centre_mm{Eigen::Vector3d{-88.0, 9.0, 1106.0},
                                                 Eigen::Vector3d{87.0, 29.0, 1114.0}};
  const std::array<double, 2> diameter_mm{49.0, 47.0};
  for (std::size_t side = 0; side < 2; ++side) {
    const auto* seen = std::get_if<UnmeasuredFemur>(&femora[side]);
    ASSERT_NE(seen, nullptr);
    ASSERT_TRUE(seen->head_centre_patient_mm && seen->head_radius_mm);
    EXPECT_LT((*seen->head_centre_patient_mm - centre_mm[side]).norm(), 4.0)
        << seen->head_centre_patient_mm->transpose();
    EXPECT_NEAR(2.0 * *seen->head_radius_mm, diameter_mm[side], 4.0);
    EXPECT_EQ(seen->reason.code, RefusalCode::coverage);
    EXPECT_THAT(seen->reason.detail, testing::HasSubstr("below the centre of the femoral head"));
  }
  EXPECT_EQ(cut_pictures(ct, femora).size(), 2U);
}

void expect_no_hip(const char* name) {
  const fs::path archive = real_data / name;
  if (!fs::exists(archive)) GTEST_SKIP() << name << " is not beside the source tree";
  const CtVolume ct = read_archive(archive);
  try {
    (void)segment_femora(ct, {});
    FAIL() << "taken for a hip";
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code(), RefusalCode::not_a_hip);
  }
}

TEST(RealHips, APelvisThatEndsAtTheFemoralHeadsIsNoHip) {
  expect_no_hip("reject/acrin-flt-breast_001_pelvis_5mm_no_femora.tar.xz");
}

TEST(RealHips, AThoraxPhantomIsNoHip) {
  expect_no_hip("phantom/qrm_cardiac_toshiba_aquilion_one_3mm.tar.xz");
}

}  // namespace
}  // namespace focalhip
