#include "listener/collector/spool_watch.h"

#include <fstream>

#include <gtest/gtest.h>

#include "listener/support/utc_clock.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

class Watch : public testing::Test {
 protected:
  [[nodiscard]] SpoolLayout spool(const std::string& node = "node1") const {
    return spool_layout(folder_.path(), node);
  }
  fs::path associate(const std::string& id, const std::string& node = "node1") const {
    const fs::path folder = spool(node).association(id);
    fs::create_directories(folder);
    AssociationRecord record;
    record.calling_ae_title = "CT";
    write_association_record(folder, record);
    return folder;
  }
  static void receive(const fs::path& folder, int number) {
    std::ofstream(folder / object_file_name(number, "1.2." + std::to_string(number))) << "object";
  }
  static void end(const fs::path& folder) {
    AssociationEnding ending;
    ending.end = AssociationEnd::released;
    write_association_ending(folder, ending);
  }
  std::vector<SpoolNews> look() { return watch_.look(utc_now_ms()); }

  testing_support::TemporaryFolder folder_;
  SpoolWatch watch_{folder_.path() / "spool"};
};

const std::string first_id = "1700000000000-17-0000000a";
const std::string second_id = "1700000000001-18-0000000b";

TEST_F(Watch, TellsEveryObjectOnceAndTheEndAfterThem) {
  EXPECT_TRUE(look().empty()) << "no spool yet";
  const fs::path association = associate(first_id);
  receive(association, 1);
  receive(association, 2);
  std::vector<SpoolNews> news = look();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].association, "node1/" + first_id);
  EXPECT_EQ(news[0].calling_ae_title, "CT");
  EXPECT_EQ(news[0].objects.size(), 2U);
  EXPECT_FALSE(news[0].ending.has_value());
  EXPECT_TRUE(look().empty());

  receive(association, 3);
  end(association);
  news = look();
  ASSERT_EQ(news.size(), 1U);
  ASSERT_EQ(news[0].objects.size(), 1U);
  EXPECT_EQ(news[0].objects[0].number, 3);
  EXPECT_TRUE(news[0].ending.has_value());
  EXPECT_TRUE(look().empty());
}

TEST_F(Watch, SeesChangesWithinTheSameTickOfTheFileSystemClock) {
  const fs::path association = associate(first_id);
  std::size_t told = 0;
  for (int number = 1; number <= 50; ++number) {
    receive(association, number);
    for (const SpoolNews& news : look()) told += news.objects.size();
  }
  EXPECT_EQ(told, 50U);
}

TEST_F(Watch, TellsTheOldestAssociationFirstOverAllNodes) {
  const fs::path later = associate(second_id, "node1");
  const fs::path earlier = associate(first_id, "node2");
  receive(later, 1);
  receive(earlier, 1);
  const std::vector<SpoolNews> news = look();
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[0].association, "node2/" + first_id);
  EXPECT_EQ(news[1].association, "node1/" + second_id);
}

TEST_F(Watch, AnAssociationWithoutALivingReceiverIsLost) {
  const fs::path association = associate(first_id);
  receive(association, 1);
  const fs::path ended = associate(second_id);
  end(ended);
  LostAssociations lost(spool());
  EXPECT_EQ(lost.end_them(1234), 1);
  EXPECT_EQ(lost.end_them(1235), 0);
  const ReceivedAssociation received = read_association(association);
  ASSERT_TRUE(received.ending.has_value());
  EXPECT_EQ(received.ending->end, AssociationEnd::lost);
  EXPECT_EQ(received.ending->ended_ms, 1234);
  EXPECT_EQ(received.ending->stored, 1);
  EXPECT_EQ(read_association(ended).ending->end, AssociationEnd::released);
}

}  // namespace
}  // namespace focalhip
