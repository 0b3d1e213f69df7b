#include "listener/jobs/database.h"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/listener/jobs/each_engine.h"

namespace focalhip {
namespace {

using namespace testing_support;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

class DatabaseOn : public EachEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, DatabaseOn, both_engines, engine_name);

TEST_P(DatabaseOn, UndoesATransactionThatThrows) {
  Database database = open_database();
  database.execute("CREATE TABLE t (n BIGINT NOT NULL)");
  const auto fail = [&]() -> bool {
    database.execute("INSERT INTO t (n) VALUES ($1)", {std::int64_t{1}});
    throw std::runtime_error("on purpose");
  };
  EXPECT_THROW((void)database.transaction(fail), std::runtime_error);
  EXPECT_EQ(database.query("SELECT COUNT(*) FROM t").front().integer(0), 0);
}

TEST_P(DatabaseOn, RepeatsATransactionThatMetAnotherWriter) {
  Database first = open_database();
  Database second = open_database();
  first.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
  first.execute("INSERT INTO t (id, n) VALUES (1, 0), (2, 0)");
  // Each adds to both rows, in opposite order: PostgreSQL ends one of them with a deadlock (40P01), SQLite
  // makes one wait.
  const auto add_in_order = [](Database& database, std::int64_t a, std::int64_t b) {
    for (int i = 0; i < 5; ++i) {
      (void)database.transaction([&] {
        database.execute("UPDATE t SET n = n + 1 WHERE id = $1", {a});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return database.execute("UPDATE t SET n = n + 1 WHERE id = $1", {b});
      });
    }
  };
  std::thread other([&] { EXPECT_NO_THROW(add_in_order(second, 2, 1)); });
  EXPECT_NO_THROW(add_in_order(first, 1, 2));
  other.join();
  EXPECT_EQ(first.query("SELECT SUM(n) FROM t").front().integer(0), 20);
}

TEST_P(DatabaseOn, RejectsPlaceholdersThatTheEnginesWouldNumberDifferently) {
  Database database = open_database();
  EXPECT_THROW(database.query("SELECT $2, $1", {std::int64_t{1}, std::int64_t{2}}), std::logic_error);
  EXPECT_THROW(database.query("SELECT $1", {}), std::logic_error);
}

TEST_P(DatabaseOn, SaysWhatIsWrongInOneLine) {
  Database database = open_database();
  EXPECT_THAT([&] { (void)database.reading([&] { return database.query("SELECT nonsense FROM nowhere"); }); },
              ThrowsMessage<std::runtime_error>(
                  testing::AllOf(HasSubstr("job store: "), testing::Not(HasSubstr("\n")))));
}

TEST(Database, WaitsForAnotherProcessesWriteLockInSqlite) {
  const TemporaryFolder folder;
  Database first({}, folder.path());
  Database second({}, folder.path());
  first.execute("CREATE TABLE t (n BIGINT NOT NULL)");
  first.execute("BEGIN IMMEDIATE");
  std::thread releases([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    first.execute("COMMIT");
  });
  EXPECT_EQ(second.transaction([&] { return second.execute("INSERT INTO t (n) VALUES (1)"); }), 1U);
  releases.join();
}

TEST(Database, KeepsSqliteInWriteAheadModeWithFullSynchronisation) {
  const TemporaryFolder folder;
  Database database({}, folder.path());
  EXPECT_EQ(database.query("PRAGMA journal_mode").front().text(0), "wal");
  EXPECT_EQ(database.query("PRAGMA synchronous").front().integer(0), 2) << "2 = FULL";
  EXPECT_EQ(database.query("PRAGMA busy_timeout").front().integer(0), 10'000);
}

TEST(Database, ReadsPostgresqlAddresses) {
  EXPECT_THAT(postgresql_connection_text("postgresql://hip@db.example:5433/jobs"),
              testing::StartsWith("host=db.example port=5433 user=hip dbname=jobs "));
  EXPECT_THAT(postgresql_connection_text("postgresql://hip@/jobs?host=/run/postgresql"),
              testing::StartsWith("host=/run/postgresql user=hip dbname=jobs "));
  for (const char* wrong : {"mysql://a@b/c",
                            "postgresql://a:secret@b/c",
                            "postgresql://a@b",
                            "postgresql://a@b/c/d",
                            "postgresql://a@b/c?sslkey=/etc/shadow",
                            "postgresql://a@b/c%20d",
                            "postgresql://a@b/c'd",
                            "jobs.sqlite",
                            ""}) {
    EXPECT_THROW((void)postgresql_connection_text(wrong), std::runtime_error) << wrong;
  }
}

TEST(Database, ConnectsAgainAfterTheServerCrashedAndKeepsWhatWasCommitted) {
  TemporaryPostgres* postgres = TemporaryPostgres::instance();
  if (postgres == nullptr) GTEST_SKIP() << "PostgreSQL is not installed (package postgresql)";
  const TemporaryFolder folder;
  const StoreSettings settings = postgres->new_database();
  Database database(settings, folder.path());
  database.execute("CREATE TABLE t (n BIGINT NOT NULL)");
  EXPECT_EQ(database.transaction([&] { return database.execute("INSERT INTO t (n) VALUES (1)"); }), 1U);
  postgres->crash_and_restart();
  EXPECT_EQ(database.transaction([&] { return database.execute("INSERT INTO t (n) VALUES (2)"); }), 1U);
  EXPECT_EQ(database.reading([&] { return database.query("SELECT SUM(n) FROM t"); }).front().integer(0), 3);
}

}  // namespace
}  // namespace focalhip
