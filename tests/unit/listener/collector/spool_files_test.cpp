#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "listener/collector/quarantine_object.h"
#include "listener/collector/retire_studies.h"
#include "listener/collector/tidy_spool.h"
#include "listener/spool/association_record.h"
#include "listener/support/durable_file.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

class SpoolFiles : public testing::Test {
 protected:
  fs::path file(const fs::path& relative, const std::string& bytes = "bytes") const {
    const fs::path path = folder_.path() / relative;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << bytes;
    return path;
  }
  testing_support::TemporaryFolder folder_;
  SpoolLayout spool_ = spool_layout(folder_.path(), "node1");
};

const std::string ended_id = "1700000000000-17-0000000a";
const std::string open_id = "1700000000001-18-0000000b";

TEST_F(SpoolFiles, AQuarantinedObjectHasItsReasonBesideIt) {
  const fs::path object = file(fs::path("spool/node1/associations") / ended_id / "1-00.dcm");
  const fs::path place = quarantine_object(spool_, object, {"too-deep", "nesting deeper than 64"}, 0);
  EXPECT_FALSE(fs::exists(object));
  EXPECT_EQ(read_small_file(place / "object.dcm"), "bytes");
  const auto why = nlohmann::json::parse(read_small_file(place / "why.json"));
  EXPECT_EQ(why.at("reason"), "too-deep");
  EXPECT_EQ(why.at("detail"), "nesting deeper than 64");
  EXPECT_EQ(why.at("association"), ended_id);
}

TEST_F(SpoolFiles, TheSameHostileBytesAgainTakeNoMoreRoom) {
  const fs::path place =
      quarantine_object(spool_, file("spool/node1/associations/a/1.dcm"), {"malformed", "x"}, 0);
  EXPECT_EQ(quarantine_object(spool_, file("spool/node1/associations/b/1.dcm"), {"malformed", "x"}, 0),
            place);
  EXPECT_EQ(std::distance(fs::directory_iterator(spool_.quarantine()), fs::directory_iterator{}), 1);
}

TEST_F(SpoolFiles, RetiringRemovesTheFilesAndEmptyEndedAssociations) {
  const fs::path gone = file(fs::path("spool/node1/associations") / ended_id / object_file_name(1, "1.2"));
  const fs::path shared = file(fs::path("spool/node1/associations") / open_id / object_file_name(1, "1.2"));
  const fs::path other = file(fs::path("spool/node1/associations") / open_id / object_file_name(2, "1.3"));
  for (const fs::path& folder : {gone.parent_path(), shared.parent_path()})
    write_association_ending(folder, {});
  retire_study(folder_.path(), spool_, "1.2.3", {gone, shared});
  EXPECT_FALSE(fs::exists(gone.parent_path()));
  EXPECT_FALSE(fs::exists(shared));
  EXPECT_TRUE(fs::exists(other)) << "an object of another study";
  EXPECT_TRUE(fs::is_empty(spool_.retiring()));
}

TEST_F(SpoolFiles, AnInterruptedRetirementIsCompletedAtTheNextStart) {
  const fs::path first = file(fs::path("spool/node1/associations") / ended_id / object_file_name(1, "1.2"));
  const fs::path second = file(fs::path("spool/node1/associations") / ended_id / object_file_name(2, "1.3"));
  write_association_ending(first.parent_path(), {});
  const nlohmann::json list = {first.lexically_relative(folder_.path()).string(),
                               second.lexically_relative(folder_.path()).string()};
  create_folders_durably(spool_.retiring());
  write_file_durably(spool_.retiring() / "0123456789abcdef.json", list.dump());
  fs::remove(first);  // as far as the crashed process came
  EXPECT_EQ(complete_retirements(folder_.path()), 1);
  EXPECT_FALSE(fs::exists(second));
  EXPECT_EQ(complete_retirements(folder_.path()), 0);
}

TEST_F(SpoolFiles, TidyingRemovesWhatNoStudyHoldsWhenItsTimeIsOver) {
  create_spool_folders(spool_);
  const fs::path empty =
      file(fs::path("spool/node1/associations") / ended_id / "association.json").parent_path();
  const fs::path holding = file(fs::path("spool/node1/associations") / open_id / object_file_name(1, "1.2"));
  for (const fs::path& folder : {empty, holding.parent_path()}) write_association_ending(folder, {});
  const fs::path aside = quarantine_object(spool_, file("object"), {"malformed", "x"}, 0);
  const UtcMs now_ms = utc_now_ms();
  const auto later = [now_ms](std::chrono::hours hours) {
    return now_ms + std::chrono::milliseconds(hours).count();
  };
  const RetentionSettings retention;
  EXPECT_EQ(tidy_spool(spool_, retention, now_ms), 0);
  EXPECT_EQ(tidy_spool(spool_, retention, later(retention.received + std::chrono::hours(1))), 1);
  EXPECT_FALSE(fs::exists(empty));
  EXPECT_TRUE(fs::exists(aside));
  EXPECT_EQ(tidy_spool(spool_, retention, later(retention.results + std::chrono::hours(1))), 1);
  EXPECT_FALSE(fs::exists(aside));
  EXPECT_TRUE(fs::exists(holding)) << "objects leave with their study";
}

TEST_F(SpoolFiles, TidyingRemovesDecodedCopiesAfterAnHour) {
  const fs::path copy = file("spool/node1/decoded/copy");
  const UtcMs now_ms = utc_now_ms();
  EXPECT_EQ(tidy_spool(spool_, {}, now_ms + 50 * 60'000), 0);
  EXPECT_TRUE(fs::exists(copy));
  EXPECT_EQ(tidy_spool(spool_, {}, now_ms + 70 * 60'000), 0) << "a cache is not counted";
  EXPECT_FALSE(fs::exists(copy));
}

TEST_F(SpoolFiles, ADamagedListRemovesNothingOutsideTheSpool) {
  const fs::path precious = file("outbox/1/1/sr.dcm");
  const fs::path outside = file("precious");
  create_folders_durably(spool_.retiring());
  write_file_durably(spool_.retiring() / "0123456789abcdef.json",
                     nlohmann::json({"spool/../outbox/1/1/sr.dcm", outside.string(), "../x", 7, ""}).dump());
  write_file_durably(spool_.retiring() / "fedcba9876543210.json", "{broken");
  EXPECT_EQ(complete_retirements(folder_.path()), 2);
  EXPECT_TRUE(fs::exists(precious));
  EXPECT_TRUE(fs::exists(outside));
}

}  // namespace
}  // namespace focalhip
