#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/listener/jobs/each_engine.h"

namespace focalhip {
namespace {

using namespace testing_support;
using testing::HasSubstr;
using testing::SizeIs;

class DeliveryQueue : public EachEngine {
 protected:
  // One finished job with one delivery.
  static std::int64_t finish_job(JobStore& store, const std::string& study, int priority = 0) {
    NewJob job = some_job(study);
    job.priority = priority;
    const auto id = store.add_job(job, 1);
    EXPECT_TRUE(
        store.finish(*store.claim("w", 2, 9), "", "outbox/" + std::to_string(*id) + "/1", {"PACS"}, 10));
    return *id;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, DeliveryQueue, both_engines, engine_name);

TEST_P(DeliveryQueue, ClaimsDueDeliveriesOfItsDestinationOnly) {
  const auto store = open();
  const std::int64_t id = finish_job(*store, "1");
  EXPECT_FALSE(store->claim_delivery("OTHER", "k", 10, 90));
  EXPECT_FALSE(store->claim_delivery("PACS", "k", 9, 90)) << "due at 10";
  const auto delivery = store->claim_delivery("PACS", "k", 10, 90);
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->job_id, id);
  EXPECT_EQ(delivery->state, DeliveryState::sending);
  EXPECT_EQ(delivery->attempts, 1);
  EXPECT_EQ(delivery->claims, 1);
  EXPECT_EQ(delivery->lease_until_ms, 90);
  EXPECT_TRUE(store->delivered(*delivery, 11));
  EXPECT_FALSE(store->delivered(*delivery, 12));
  EXPECT_EQ(store->deliveries(id).front().state, DeliveryState::delivered);
  EXPECT_FALSE(store->claim_delivery("PACS", "k", 1000, 9000));
}

TEST_P(DeliveryQueue, SendsUrgentJobsFirst) {
  const auto store = open();
  (void)finish_job(*store, "1");
  const std::int64_t urgent = finish_job(*store, "2", 10);
  EXPECT_EQ(store->claim_delivery("PACS", "k", 10, 90)->job_id, urgent);
}

TEST_P(DeliveryQueue, WaitsUntilTheNextTry) {
  const auto store = open();
  const std::int64_t id = finish_job(*store, "1");
  EXPECT_TRUE(
      store->delivery_failed(*store->claim_delivery("PACS", "k", 10, 90), "no answer", 500, false, 11));
  EXPECT_EQ(store->deliveries(id).front().last_error, "no answer");
  EXPECT_FALSE(store->claim_delivery("PACS", "k", 499, 900));
  EXPECT_EQ(store->claim_delivery("PACS", "k", 500, 900)->attempts, 2);
}

TEST_P(DeliveryQueue, DoesNotWaitForAYearBecauseTheClockWasWrongOnce) {
  const auto store = open();
  (void)finish_job(*store, "1");
  const UtcMs wrong_ms = 31'000'000'000;
  const auto failed = store->claim_delivery("PACS", "k", wrong_ms, wrong_ms + 90);
  EXPECT_TRUE(store->delivery_failed(*failed, "no answer", wrong_ms + 500, false, wrong_ms));
  EXPECT_TRUE(store->claim_delivery("PACS", "k", 1000, 2000)) << "the clock was set right again";
}

TEST_P(DeliveryQueue, ResumesWhatACourierLeftBehind) {
  const auto store = open();
  (void)finish_job(*store, "1");
  const auto lost = store->claim_delivery("PACS", "node1/PACS", 10, 90);
  EXPECT_FALSE(store->claim_delivery("PACS", "node2/PACS", 89, 200)) << "another node waits for the lease";
  const auto resumed = store->claim_delivery("PACS", "node1/PACS", 11, 90);
  ASSERT_TRUE(resumed) << "the same courier, started again, does not";
  EXPECT_FALSE(store->delivered(*lost, 12)) << "fenced";
  EXPECT_FALSE(store->delivery_failed(*lost, "late", 13, true, 12));
  EXPECT_FALSE(store->renew_delivery(*lost, 900));
  EXPECT_TRUE(store->renew_delivery(*resumed, 300));
  EXPECT_FALSE(store->claim_delivery("PACS", "node2/PACS", 299, 900));
  EXPECT_TRUE(store->claim_delivery("PACS", "node2/PACS", 300, 900));
}

TEST_P(DeliveryQueue, ParksWithAnAlarmUntilSomebodyRetries) {
  const auto store = open();
  const std::int64_t id = finish_job(*store, "1");
  EXPECT_TRUE(store->delivery_failed(*store->claim_delivery("PACS", "k", 10, 90), "refused", 0, true, 11));
  EXPECT_EQ(store->deliveries(id).front().state, DeliveryState::parked);
  EXPECT_FALSE(store->claim_delivery("PACS", "k", 100'000, 200'000));
  ASSERT_THAT(store->alarms(10), SizeIs(1));
  EXPECT_EQ(store->alarms(10).front().code, "PARKED");
  EXPECT_EQ(store->alarms(10).front().at_ms, 11);
  EXPECT_THAT(store->alarms(10).front().detail, HasSubstr("PACS: refused"));

  EXPECT_TRUE(store->retry(id, 100'001));
  EXPECT_EQ(store->job(id)->state, JobState::done) << "nothing is computed again";
  const auto again = store->claim_delivery("PACS", "k", 100'001, 200'000);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempts, 1);
  EXPECT_EQ(again->created_ms, 100'001) << "the time to parking starts again";
  EXPECT_EQ(again->claims, 2) << "the fence does not";
}

}  // namespace
}  // namespace focalhip
