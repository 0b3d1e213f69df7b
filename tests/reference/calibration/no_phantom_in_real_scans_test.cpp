#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/calibration/calibrate.h"
#include "listener/series/read_ct_volume.h"
#include "tests/support/temporary_folder.h"

// Real scans without a bone phantom: table, mats, clothes, contrast medium and a thorax phantom with one rod
// must never become a calibration. The scans are not part of the repository.

namespace focalhip {
namespace {

namespace fs = std::filesystem;

const fs::path real_data = fs::path(FOCALHIP_SHARED_DIR) / "realdata";

CtVolume read_archive(const fs::path& archive, const fs::path& folder) {
  const std::string command = "tar -xJf '" + archive.string() + "' -C '" + folder.string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("tar failed");
  std::vector<ScannedInstance> instances;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    auto scanned = scan_instance(entry.path(), {});
    auto* instance = std::get_if<ScannedInstance>(&scanned);
    if (instance == nullptr) continue;
    // One series calls itself reformatted and would not come this far; here its pixels are what matters.
    instance->image_type = {"ORIGINAL", "PRIMARY", "AXIAL"};
    instances.push_back(std::move(*instance));
  }
  const StudyVolumes volumes = group_volumes(instances);
  if (volumes.candidates.empty()) throw std::runtime_error("no volume in " + archive.filename().string());
  return read_ct_volume(volumes.candidates.front(), 2).ct;
}

void expect_no_phantom(const fs::path& archive) {
  if (!fs::exists(archive)) GTEST_SKIP() << archive.filename() << " is not beside the source tree";
  const testing_support::TemporaryFolder folder;
  const CtVolume ct = read_archive(archive, folder.path());
  ASSERT_GT(ct.grid.size[2], 40);  // 47 and 160 slices: something was read
  try {
    const Calibration calibration = calibrate(ct, {});
    FAIL() << "calibrated with sigma " << calibration.sigma_ct_hu_per_mg_cm3;
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code(), RefusalCode::no_phantom);
    EXPECT_THAT(refusal.what(), testing::HasSubstr("searched"));
  }
}

TEST(NoPhantomInRealScans, AHipScanWithoutPhantom) {
  expect_no_phantom(real_data / "hip_ct" / "tcga-ov_09-2043_toshiba_3mm.tar.xz");
}

TEST(NoPhantomInRealScans, AThoraxPhantomWithOneRod) {
  expect_no_phantom(real_data / "phantom" / "qrm_cardiac_toshiba_aquilion_one_3mm.tar.xz");
}

}  // namespace
}  // namespace focalhip
