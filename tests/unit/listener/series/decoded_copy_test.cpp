#include "listener/series/decoded_copy.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

class DecodedCopy : public testing::Test {
 protected:
  void SetUp() override { write_decoded_copy(copy_, 2, 3, words_); }

  testing_support::TemporaryFolder folder_;
  const fs::path copy_ = folder_.path() / "copy";
  const std::vector<std::uint16_t> words_{1, 2, 3, 40000, 50000, 65535};
};

TEST_F(DecodedCopy, GivesBackTheWordsAndLeavesNothingElse) {
  EXPECT_EQ(read_decoded_copy(copy_, 2, 3), words_);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(DecodedCopy, OfAnotherSizeIsNone) {
  EXPECT_FALSE(read_decoded_copy(copy_, 3, 2));
  EXPECT_FALSE(read_decoded_copy(copy_, 2, 2));
  EXPECT_FALSE(read_decoded_copy(copy_, 20, 30));
  EXPECT_FALSE(read_decoded_copy(folder_.path() / "missing", 2, 3));
}

TEST_F(DecodedCopy, DamagedAnywhereIsNone) {
  const auto size = static_cast<std::streamoff>(fs::file_size(copy_));
  for (std::streamoff at = 0; at < size; ++at) {
    std::fstream file(copy_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 0x10));
    file.close();
    EXPECT_FALSE(read_decoded_copy(copy_, 2, 3)) << "byte " << at;
    write_decoded_copy(copy_, 2, 3, words_);
  }
}

TEST_F(DecodedCopy, CutOrLongerIsNone) {
  const auto size = fs::file_size(copy_);
  fs::resize_file(copy_, size - 1);
  EXPECT_FALSE(read_decoded_copy(copy_, 2, 3));
  fs::resize_file(copy_, size + 1);
  EXPECT_FALSE(read_decoded_copy(copy_, 2, 3));
}

}  // namespace
}  // namespace focalhip
