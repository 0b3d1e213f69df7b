#include "listener/support/durable_file.h"

#include <filesystem>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

class DurableFile : public ::testing::Test {
 protected:
  testing_support::TemporaryFolder folder_;
};

TEST_F(DurableFile, ReplacesAFileAsAWhole) {
  const fs::path file = folder_.path() / "a.json";
  write_file_durably(file, "first");
  write_file_durably(file, std::string("sec\0nd", 6));
  EXPECT_EQ(read_small_file(file), std::string("sec\0nd", 6));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(DurableFile, ANewFileMustBeNew) {
  const fs::path file = folder_.path() / "a";
  write_new_file_synced(file, "x");
  EXPECT_THROW(write_new_file_synced(file, "y"), std::system_error);
  EXPECT_EQ(read_small_file(file), "x");
}

TEST_F(DurableFile, CreatesMissingParents) {
  create_folders_durably(folder_.path() / "a" / "b" / "c");
  create_folders_durably(folder_.path() / "a" / "b" / "c");
  EXPECT_TRUE(fs::is_directory(folder_.path() / "a" / "b" / "c"));
}

TEST_F(DurableFile, RenamesBetweenFolders) {
  create_folders_durably(folder_.path() / "from");
  create_folders_durably(folder_.path() / "to");
  write_new_file_synced(folder_.path() / "from" / "x", "x");
  rename_durably(folder_.path() / "from" / "x", folder_.path() / "to" / "y");
  EXPECT_EQ(read_small_file(folder_.path() / "to" / "y"), "x");
  EXPECT_THROW(rename_durably(folder_.path() / "from" / "x", folder_.path() / "to" / "z"), std::system_error);
}

TEST_F(DurableFile, ReadsNoMoreThanAllowed) {
  write_new_file_synced(folder_.path() / "big", std::string(1001, 'x'));
  EXPECT_THROW(read_small_file(folder_.path() / "big", 1000), std::system_error);
  EXPECT_EQ(read_small_file(folder_.path() / "big", 1001).size(), 1001U);
  EXPECT_THROW(read_small_file(folder_.path() / "none"), std::system_error);
}

}  // namespace
}  // namespace focalhip
