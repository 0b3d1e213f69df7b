#include "listener/programs/find_series.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using test::TestSeries;

TEST(FindSeries, LooksIntoEveryFolderAndIgnoresWhatIsNotDicom) {
  const TemporaryFolder folder;
  test::write_series(TestSeries{}, folder.path() / "a" / "b");
  std::ofstream(folder.path() / "a" / "notes.txt") << "not DICOM";
  std::ofstream(folder.path() / "empty") << "";
  const FoundSeries found = find_series(folder.path(), 2, {});
  EXPECT_EQ(found.files, 62U);
  EXPECT_EQ(found.dicom_objects, 60U);
  ASSERT_TRUE(found.work.volume.has_value());
  EXPECT_EQ(found.work.volume->slices.size(), 60U);
  EXPECT_FALSE(found.work.refusal.has_value());
}

TEST(FindSeries, UsesTheBestOfSeveralVolumes) {
  const TemporaryFolder folder;
  TestSeries coarse;
  coarse.spacing_mm = 3.0;
  coarse.series_uid = "1.2.826.0.1.3680043.9999.7";
  test::write_series(coarse, folder.path() / "coarse");
  test::write_series(TestSeries{}, folder.path() / "fine");
  const FoundSeries found = find_series(folder.path(), 1, {});
  EXPECT_EQ(found.work.volume->series_instance_uid, TestSeries{}.series_uid);
  EXPECT_EQ(found.work.other_series.size(), 1U);
}

TEST(FindSeries, TakesASingleFile) {
  const TemporaryFolder folder;
  const auto files = test::write_series(TestSeries{}, folder.path());
  EXPECT_EQ(find_series(files[3], 1, {}).dicom_objects, 1U);
}

TEST(FindSeries, SaysWhyThereIsNoVolume) {
  const TemporaryFolder folder;
  EXPECT_EQ(find_series(folder.path(), 1, {}).work.refusal->code, RefusalCode::no_images);
  TestSeries localizer;
  localizer.slices = 2;
  localizer.adjust = [](DcmDataset& dataset, int) {
    test::put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER");
  };
  test::write_series(localizer, folder.path());
  const FoundSeries found = find_series(folder.path(), 1, {});
  EXPECT_EQ(found.work.refusal->code, RefusalCode::not_axial);
  EXPECT_EQ(found.work.files.size(), 2U);
  EXPECT_THAT(found.work.other_series, testing::ElementsAre("series 2: localizer"));
}

TEST(FindSeries, TellsTheLastChangeOfTheFilesItUses) {
  const TemporaryFolder folder;
  const auto files = test::write_series(TestSeries{}, folder.path());
  const timespec old{.tv_sec = 1'000'000'000, .tv_nsec = 0};
  const timespec newer{.tv_sec = 1'000'000'100, .tv_nsec = 500'000'000};
  for (const fs::path& file : files) {
    const std::array<timespec, 2> times{old, file == files[5] ? newer : old};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times.data(), 0), 0);
  }
  std::ofstream(folder.path() / "later.txt") << "changed now, but not used";
  EXPECT_EQ(find_series(folder.path(), 1, {}).newest_file_ms, 1'000'000'100'500);
}

TEST(FindSeries, ReportsItsProgress) {
  const TemporaryFolder folder;
  test::write_series(TestSeries{}, folder.path());
  std::vector<std::size_t> told;
  (void)find_series(folder.path(), 2, [&](std::size_t done, std::size_t of) {
    EXPECT_EQ(of, 60U);
    told.push_back(done);
  });
  ASSERT_EQ(told.size(), 60U);
  EXPECT_TRUE(std::ranges::is_sorted(told));
}

}  // namespace
}  // namespace focalhip
