#include "listener/collector/image_comparer.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

class Comparing : public testing::Test {
 protected:
  fs::path image(const std::string& name, E_TransferSyntax syntax, int first_word = 0, double z_mm = 100.0) {
    test::TestSeries series;
    series.slices = 1;
    series.syntax = syntax;
    series.first_z_mm = z_mm;
    series.word = [first_word](int column, int row, int) {
      return static_cast<std::uint16_t>(column + 40 * row + (column + row == 0 ? first_word : 0));
    };
    return test::write_series(series, folder_.path() / name).front();
  }
  testing_support::TemporaryFolder folder_;
  ImageComparer comparer_;
};

TEST_F(Comparing, TheSameImageInAnotherTransferSyntaxIsTheSame) {
  EXPECT_TRUE(comparer_.same(image("a", EXS_LittleEndianExplicit), image("b", EXS_LittleEndianImplicit)));
}

TEST_F(Comparing, OneOtherPixelOrAnotherPositionIsDifferent) {
  const fs::path known = image("a", EXS_LittleEndianExplicit);
  EXPECT_FALSE(comparer_.same(known, image("b", EXS_LittleEndianImplicit, 1)));
  EXPECT_FALSE(comparer_.same(known, image("c", EXS_LittleEndianImplicit, 0, 101.0)));
}

TEST_F(Comparing, WhatCannotBeDecodedIsDifferentAndTheNextComparisonWorks) {
  const fs::path known = image("a", EXS_LittleEndianExplicit);
  const fs::path junk = folder_.path() / "junk";
  std::ofstream(junk) << "no DICOM file";
  EXPECT_FALSE(comparer_.same(known, junk));
  EXPECT_FALSE(comparer_.same(known, folder_.path() / "missing"));
  EXPECT_TRUE(comparer_.same(known, known));
}

// Five encodings of one slice by another program (NEMA WG04): lossless ones are the same image.
TEST_F(Comparing, CompressedEncodingsOfOneSliceAreTheSame) {
  const fs::path folder = fs::path(FOCALHIP_SHARED_DIR) / "realdata" / "headers";
  std::vector<fs::path> lossless;
  if (fs::exists(folder)) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("CT1_") && name.find("J2K") == std::string::npos) lossless.push_back(entry.path());
    }
  }
  if (lossless.size() < 2) GTEST_SKIP() << folder << " is not there";
  for (const fs::path& other : lossless) EXPECT_TRUE(comparer_.same(lossless.front(), other)) << other;
}

}  // namespace
}  // namespace focalhip
