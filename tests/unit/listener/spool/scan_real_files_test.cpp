#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "listener/spool/scanned_instance.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using Kind = ScanProblem::Kind;

const fs::path real_data = fs::path(FOCALHIP_SHARED_DIR) / "realdata";

// The file itself, or its unpacked copy in `folder` when it ends in .xz.
fs::path unpacked(const fs::path& file, const fs::path& folder) {
  if (file.extension() != ".xz") return file;
  const fs::path target = folder / file.stem();
  const std::string command = "xz -dc '" + file.string() + "' > '" + target.string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("xz failed");
  return target;
}

std::string outcome(const std::variant<ScannedInstance, ScanProblem>& scanned) {
  if (std::holds_alternative<ScannedInstance>(scanned)) return "scanned";
  switch (std::get<ScanProblem>(scanned).kind) {
    case Kind::not_dicom:
      return "not_dicom";
    case Kind::malformed:
      return "malformed";
    case Kind::too_deep:
      return "too_deep";
    case Kind::too_large:
      return "too_large";
    case Kind::unsupported:
      return "unsupported";
  }
  return "?";
}

class ScanRealFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(real_data)) GTEST_SKIP() << "no real data beside the source tree";
  }
};

TEST_F(ScanRealFiles, EveryMalformedFileGetsItsNamedOutcome) {
  // What each file is, see the README beside them.
  const std::map<std::string, std::string> expected = {
      {"fodicom_GH177_bigendian_undefined_length.dcm", "unsupported"},
      {"orthanc_2017-06-27-XSSInjection.dcm", "scanned"},
      {"orthanc_2026-05-26-oob-monochrome-65535.dcm", "scanned"},
      {"orthanc_Deeply-Nested-Sequence.dcm", "too_deep"},
      {"orthanc_Issue137.dcm", "scanned"},
      {"orthanc_Issue154-d1.dcm", "scanned"},
      {"orthanc_Issue195.dcm", "scanned"},
      {"pydicom_badVR.dcm", "scanned"},
      {"pydicom_bad_sequence.dcm", "malformed"},
      {"pydicom_meta_missing_tsyntax.dcm", "malformed"},
      {"pydicom_no_meta.dcm", "not_dicom"},
      {"pydicom_no_meta_group_length.dcm", "scanned"},
  };
  const testing_support::TemporaryFolder folder;
  for (const fs::directory_entry& entry : fs::directory_iterator(real_data / "malformed")) {
    const fs::path file = unpacked(entry.path(), folder.path());
    const auto scanned = scan_instance(file, {});
    const auto found = expected.find(file.filename().string());
    const std::string detail =
        std::holds_alternative<ScanProblem>(scanned) ? std::get<ScanProblem>(scanned).detail : "";
    EXPECT_EQ(outcome(scanned), found == expected.end() ? "not in the table" : found->second)
        << file.filename() << ": " << detail;
  }
}

TEST_F(ScanRealFiles, ScansEveryGoodHeader) {
  int count = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(real_data / "headers")) {
    if (!entry.is_regular_file()) continue;
    const auto scanned = scan_instance(entry.path(), {});
    ASSERT_TRUE(std::holds_alternative<ScannedInstance>(scanned))
        << entry.path().filename() << ": " << std::get<ScanProblem>(scanned).detail;
    const auto& instance = std::get<ScannedInstance>(scanned);
    EXPECT_EQ(instance.modality, "CT") << entry.path().filename();
    EXPECT_FALSE(instance.series_instance_uid.empty());
    EXPECT_GT(instance.pixel_bytes, 0U);
    const bool wg04 = entry.path().parent_path().filename() == "wg04";
    EXPECT_TRUE(instance.encapsulated || !wg04) << entry.path().filename();
    ++count;
  }
  EXPECT_GE(count, 8);
}

}  // namespace
}  // namespace focalhip
