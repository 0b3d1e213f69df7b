#include "listener/association/object_file.h"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <variant>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "listener/spool/scanned_instance.h"
#include "listener/support/durable_file.h"
#include "listener/support/file_lock.h"
#include "tests/support/part10_bytes.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

using testing_support::ct_data_set;
using testing_support::CtSlice;

const ObjectIdentity identity = {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2",
                                 .sop_instance_uid = "1.2.3.4",
                                 .transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                 .source_ae_title = "CT1"};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

class ObjectFileTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "1.part"; }
  testing_support::TemporaryFolder folder_;
};

// Fragments of every size around the buffer's border come out in order.
TEST_F(ObjectFileTest, KeepsTheOrderOfFragments) {
  std::string expected = part10_header(identity);
  ObjectFile object(file(), identity, 1U << 30U);
  char fill = 'a';
  for (const std::size_t size :
       {1U, 60'000U, 70'000U, 131'072U, 2U, 65'535U, 65'536U, 65'537U, 131'073U, 0U, 7U}) {
    const std::string fragment(size, fill++);
    object.write(bytes_of(fragment));
    expected += fragment;
  }
  ASSERT_TRUE(object.flush());
  EXPECT_EQ(object.size(), expected.size());
  EXPECT_TRUE(read_small_file(file()) == expected);
}

TEST_F(ObjectFileTest, MakesAFileTheScannerReads) {
  ObjectFile object(file(), identity, 1U << 20U);
  object.write(bytes_of(ct_data_set(CtSlice{})));
  ASSERT_TRUE(object.flush());
  const auto scanned = scan_instance(file(), {});
  ASSERT_TRUE(std::holds_alternative<ScannedInstance>(scanned)) << std::get<ScanProblem>(scanned).detail;
  EXPECT_EQ(std::get<ScannedInstance>(scanned).transfer_syntax_uid, identity.transfer_syntax_uid);
}

TEST_F(ObjectFileTest, DisappearsUnlessKept) {
  { const ObjectFile object(file(), identity, 1U << 20U); }
  EXPECT_FALSE(std::filesystem::exists(file()));
  {
    ObjectFile object(file(), identity, 1U << 20U);
    object.keep();
  }
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(ObjectFileTest, IsLockedWhileItIsWritten) {
  const ObjectFile object(file(), identity, 1U << 20U);
  EXPECT_TRUE(is_locked(file()));
}

TEST_F(ObjectFileTest, StopsAtItsLimit) {
  ObjectFile object(file(), identity, 1000);
  object.write(bytes_of(std::string(2000, 'x')));
  EXPECT_EQ(object.state(), ObjectFile::State::too_large);
  EXPECT_FALSE(object.flush());
  EXPECT_LE(std::filesystem::file_size(file()), 1000U);
}

TEST_F(ObjectFileTest, RemembersThatTheDiskIsFull) {
  rlimit former{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &former), 0);
  const auto former_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 200'000, .rlim_max = former.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    ObjectFile object(file(), identity, 1U << 30U);
    for (int i = 0; i < 10; ++i) object.write(bytes_of(std::string(100'000, 'x')));
    EXPECT_EQ(object.state(), ObjectFile::State::disk_error);
    EXPECT_EQ(object.error(), EFBIG);
    EXPECT_FALSE(object.flush());
  }
  ::setrlimit(RLIMIT_FSIZE, &former);
  std::signal(SIGXFSZ, former_handler);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(ObjectFileTest, FollowsNoLinkInItsPlace) {
  std::filesystem::create_symlink(folder_.path() / "elsewhere", file());
  EXPECT_THROW(ObjectFile(file(), identity, 1000), std::system_error);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "elsewhere"));
}

}  // namespace
}  // namespace focalhip
