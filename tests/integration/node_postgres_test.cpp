// The node on the other job store: the same road once.
#include "tests/integration/node_fixture.h"
#include "tests/unit/listener/jobs/temporary_postgres.h"

namespace focalhip {
namespace {

class NodeOnPostgres : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    testing_support::TemporaryPostgres* postgres = testing_support::TemporaryPostgres::instance();
    if (postgres == nullptr) GTEST_SKIP() << "PostgreSQL is not installed (package postgresql)";
    if (!IsSkipped()) store_ = postgres->new_database();
  }
};

TEST_F(NodeOnPostgres, ASeriesComesBackOnceAlsoWhenAWorkerIsKilled) {
  start_sink();
  start_node({.fault = "worker_after_outbox", .more_toml = ""});
  const std::filesystem::path series = write(small_series(), "a");
  ASSERT_EQ(send(series), 0);
  expect_one_report(wait_for_reports(1), "1.2.826.0.1.3680043.9999.1");
  EXPECT_TRUE(fault_has_struck("worker_after_outbox"));
  ASSERT_EQ(send(series), 0);
  std::this_thread::sleep_for(std::chrono::seconds(6));
  EXPECT_EQ(wait_for_reports(1).size(), 2U);
  EXPECT_EQ(stop_node(), 0);
}

}  // namespace
}  // namespace focalhip
