#include "listener/jobs/schema.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/jobs/sql_job_store.h"
#include "tests/unit/listener/jobs/each_engine.h"

namespace focalhip {
namespace {

using namespace testing_support;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

class Schema : public EachEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, Schema, both_engines, engine_name);

std::int64_t stored_version(Database& database) {
  return database.query("SELECT version FROM schema_version").front().integer(0);
}

TEST_P(Schema, OpensTwiceWithoutChangingAnything) {
  const auto id = open()->add_job(some_job(), 1);
  EXPECT_TRUE(open()->job(*id));
  Database database = open_database();
  EXPECT_EQ(stored_version(database), static_cast<std::int64_t>(migrations().size()));
}

TEST_P(Schema, MigratesAnOlderStoreForwardAndKeepsItsJobs) {
  const auto id = open()->add_job(some_job(), 1);
  std::vector<Migration> next(migrations().begin(), migrations().end());
  next.push_back({"ALTER TABLE jobs ADD COLUMN remark TEXT NOT NULL DEFAULT 'none'",
                  "UPDATE jobs SET remark = 'migrated'"});
  SqlJobStore newer(settings_, folder_.path(), next);
  EXPECT_TRUE(newer.job(*id));
  Database database = open_database();
  EXPECT_EQ(database.query("SELECT remark FROM jobs").front().text(0), "migrated");
  EXPECT_EQ(stored_version(database), static_cast<std::int64_t>(next.size()));
}

TEST_P(Schema, RefusesANewerStoreAndLeavesItAlone) {
  { (void)open(); }
  Database database = open_database();
  database.execute("UPDATE schema_version SET version = 99");
  EXPECT_THAT([&] { (void)open(); }, ThrowsMessage<std::runtime_error>(HasSubstr("schema version is 99")));
  EXPECT_EQ(stored_version(database), 99);
}

TEST_P(Schema, LeavesTheOldVersionWhenAStepFails) {
  { (void)open(); }
  std::vector<Migration> broken(migrations().begin(), migrations().end());
  broken.push_back({"CREATE TABLE extra (n BIGINT)", "THIS IS NO SQL"});
  EXPECT_THROW(SqlJobStore(settings_, folder_.path(), broken), std::runtime_error);
  Database database = open_database();
  EXPECT_EQ(stored_version(database), static_cast<std::int64_t>(migrations().size()));
  EXPECT_THROW(database.query("SELECT n FROM extra"), std::exception)
      << "the first statement was undone, too";
  EXPECT_TRUE(open()->add_job(some_job(), 1));
}

TEST_P(Schema, IsCreatedOnceWhenManyOpenAtTheSameTime) {
  std::atomic<int> opened = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      try {
        if (open()->jobs("").empty()) ++opened;
      } catch (const std::exception& problem) {
        ADD_FAILURE() << problem.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, 8);
  Database database = open_database();
  EXPECT_THAT(database.query("SELECT version FROM schema_version"), SizeIs(1));
}

}  // namespace
}  // namespace focalhip
