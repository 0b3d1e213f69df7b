#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/listener/jobs/each_engine.h"

namespace focalhip {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class JobRecords : public EachEngine {
 protected:
  static std::int64_t finished(JobStore& store,
                               const std::string& study,
                               const std::string& content,
                               UtcMs now_ms,
                               const std::vector<std::string>& destinations = {"PACS"}) {
    const auto id = store.add_job(some_job(study, content), now_ms);
    const auto job = store.claim("w", now_ms, now_ms + 10);
    EXPECT_TRUE(store.finish(*job, "", "outbox/" + std::to_string(*id) + "/1", destinations, now_ms));
    return *id;
  }
  static void deliver(JobStore& store, UtcMs now_ms) {
    EXPECT_TRUE(store.delivered(*store.claim_delivery("PACS", "k", now_ms, now_ms + 10), now_ms));
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, JobRecords, both_engines, engine_name);

TEST_P(JobRecords, ListsNewestFirstAndByAccession) {
  const auto store = open();
  const auto first = store->add_job(some_job("1"), 1);
  NewJob other = some_job("2");
  other.accession_digest = "a2";
  const auto second = store->add_job(other, 2);
  ASSERT_THAT(store->jobs(""), SizeIs(2));
  EXPECT_EQ(store->jobs("").front().id, *second);
  ASSERT_THAT(store->jobs("a1"), SizeIs(1));
  EXPECT_EQ(store->jobs("a1").front().id, *first);
  EXPECT_THAT(store->jobs("unknown"), IsEmpty());
  EXPECT_FALSE(store->job(4711));
}

TEST_P(JobRecords, ListsTheLatestWithoutTheirInput) {
  const auto store = open();
  for (const char* study : {"1", "2", "3"}) (void)store->add_job(some_job(study), 1);
  const auto recent = store->recent_jobs(2);
  ASSERT_THAT(recent, SizeIs(2));
  EXPECT_EQ(recent[0].what.study_instance_uid, "3");
  EXPECT_EQ(recent[1].what.study_instance_uid, "2");
  EXPECT_EQ(recent[0].what.calling_ae_title, "CTSCANNER");
  EXPECT_EQ(recent[0].what.input, "");
}

TEST_P(JobRecords, NamesStudiesWhoseObjectsAreStillNeeded) {
  const auto store = open();
  (void)finished(*store, "1", "c", 1);
  (void)store->add_job(some_job("2"), 2);
  (void)store->claim("w", 3, 9);
  (void)store->add_job(some_job("3"), 4);
  EXPECT_THAT(store->unfinished_studies(), UnorderedElementsAre("2", "3"));
}

TEST_P(JobRecords, CountsJobsAndDeliveriesByState) {
  const auto store = open();
  EXPECT_THAT(store->counts().jobs, IsEmpty());
  EXPECT_EQ(store->counts().oldest_unsent_ms, 0);
  (void)finished(*store, "1", "c", 5);
  (void)finished(*store, "2", "c", 7);
  (void)store->add_job(some_job("3"), 8);
  store->alarm("UNREADABLE", "one object", 9);
  const StoreCounts counts = store->counts();
  EXPECT_THAT(counts.jobs, UnorderedElementsAre(Pair("done", 2), Pair("queued", 1)));
  EXPECT_THAT(counts.deliveries, UnorderedElementsAre(Pair("pending", 2)));
  EXPECT_EQ(counts.alarms, 1);
  EXPECT_EQ(counts.oldest_unsent_ms, 5);
}

TEST_P(JobRecords, NamesTheLastDeliveredReportOfTheStudyAsPredecessor) {
  const auto store = open();
  const std::int64_t delivered = finished(*store, "1", "c1", 1);
  deliver(*store, 2);
  (void)finished(*store, "1", "c2", 3);  // never delivered: cancelled by the next
  (void)finished(*store, "2", "c1", 4);
  const std::int64_t newest = finished(*store, "1", "c3", 5);
  const auto predecessor = store->predecessor(*store->job(newest));
  ASSERT_TRUE(predecessor);
  EXPECT_EQ(predecessor->id, delivered);
  EXPECT_FALSE(store->predecessor(*store->job(delivered)));
}

TEST_P(JobRecords, WorksOnAFinishedJobAgainAsTheNewestGeneration) {
  const auto store = open();
  const std::int64_t id = finished(*store, "1", "c1", 1);
  const auto first_run = store->job(id);
  EXPECT_TRUE(store->retry(id, 5));
  EXPECT_FALSE(store->retry(id, 5)) << "already queued";
  const auto again = store->claim("w", 6, 20);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, id);
  EXPECT_EQ(again->generation, 2);
  EXPECT_EQ(again->attempt, 1);
  EXPECT_EQ(again->created_ms, first_run->created_ms) << "dates in the results stay";
  EXPECT_TRUE(store->finish(*again, "", "outbox/1/1", {"PACS"}, 7));
  const auto deliveries = store->deliveries(id);
  ASSERT_THAT(deliveries, SizeIs(2));
  EXPECT_EQ(deliveries[0].state, DeliveryState::cancelled) << "what the first run had not sent";
  EXPECT_EQ(deliveries[1].state, DeliveryState::pending);
  EXPECT_FALSE(store->retry(4711, 8));
}

TEST_P(JobRecords, FencesARunOfBeforeTheRetry) {
  const auto store = open();
  const auto id = store->add_job(some_job(), 1);
  const auto old_run = store->claim("w", 2, 9);
  EXPECT_TRUE(store->drop(*id, 3));
  EXPECT_TRUE(store->retry(*id, 4));
  const auto new_run = store->claim("w", 5, 9);
  EXPECT_EQ(new_run->attempt, old_run->attempt) << "or the test proves nothing";
  EXPECT_FALSE(store->finish(*old_run, "", "o", {"PACS"}, 6));
  EXPECT_TRUE(store->finish(*new_run, "", "o", {"PACS"}, 7));
}

TEST_P(JobRecords, DropsUnfinishedJobsAndUnsentDeliveries) {
  const auto store = open();
  const auto queued = store->add_job(some_job("1"), 1);
  EXPECT_TRUE(store->drop(*queued, 2));
  EXPECT_FALSE(store->drop(*queued, 2));
  EXPECT_EQ(store->job(*queued)->state, JobState::dropped);
  EXPECT_FALSE(store->claim("w", 3, 9));

  const std::int64_t done = finished(*store, "2", "c", 4);
  EXPECT_TRUE(store->drop(done, 5));
  EXPECT_EQ(store->job(done)->state, JobState::done);
  EXPECT_EQ(store->deliveries(done).front().state, DeliveryState::cancelled);
  EXPECT_FALSE(store->claim_delivery("PACS", "k", 100, 200));
}

TEST_P(JobRecords, ForgetsOldJobsButNotThatTheyWere) {
  const auto store = open();
  const std::int64_t old = finished(*store, "1", "c", 10);
  deliver(*store, 11);
  const std::int64_t unsent = finished(*store, "2", "c", 10);
  const auto queued = store->add_job(some_job("3"), 10);
  const std::int64_t recent = finished(*store, "4", "c", 50, {});
  EXPECT_THAT(store->forget_finished_before(50), ElementsAre(old));
  EXPECT_FALSE(store->job(old));
  EXPECT_THAT(store->deliveries(old), IsEmpty());
  EXPECT_TRUE(store->job(unsent));
  EXPECT_TRUE(store->job(*queued));
  EXPECT_TRUE(store->job(recent));
  EXPECT_TRUE(store->is_known("1", "c", "i1"));
  EXPECT_FALSE(store->add_job(some_job("1", "c"), 60)) << "a migration years later triggers nothing";
  const auto newer = store->add_job(some_job("1", "c2"), 61);
  EXPECT_EQ(store->job(*newer)->generation, 3) << "generations go on; 2 is the dropped way back";
  EXPECT_GT(*newer, recent) << "ids are never used again";
}

TEST_P(JobRecords, NeverGivesAnIdTwice) {
  const auto store = open();
  const std::int64_t id = finished(*store, "1", "c", 10, {});
  EXPECT_THAT(store->forget_finished_before(50), ElementsAre(id));
  EXPECT_GT(*store->add_job(some_job("2"), 60), id);
}

TEST_P(JobRecords, ListsOutboxFoldersThatMustStay) {
  const auto store = open();
  const std::int64_t delivered = finished(*store, "1", "c", 10);
  deliver(*store, 11);
  const std::int64_t pending = finished(*store, "2", "c", 10);
  const auto running = store->add_job(some_job("3"), 12);
  (void)store->claim("w", 12, 20);
  const std::string of_delivered = "outbox/" + std::to_string(delivered) + "/1";
  const std::string of_pending = "outbox/" + std::to_string(pending) + "/1";
  const std::string of_running = "outbox/" + std::to_string(*running) + "/1";
  EXPECT_THAT(store->live_outbox_folders(), UnorderedElementsAre(of_delivered, of_pending, of_running));
  EXPECT_EQ(store->forget_results_before(11), 0) << "delivered at 11";
  EXPECT_EQ(store->forget_results_before(12), 1);
  EXPECT_THAT(store->live_outbox_folders(), UnorderedElementsAre(of_pending, of_running));
  EXPECT_EQ(store->deliveries(delivered).front().state, DeliveryState::delivered) << "the row stays";
}

TEST_P(JobRecords, KeepsTheLastTenThousandAlarms) {
  const auto store = open();
  for (int i = 0; i < 3; ++i) store->alarm("UNREADABLE", std::to_string(i), i);
  const auto two = store->alarms(2);
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_EQ(two[0].detail, "2");
  EXPECT_EQ(two[1].detail, "1");
  store->alarm_once("UNREADABLE", "2", 4);
  EXPECT_EQ(store->counts().alarms, 3) << "known already";
  store->alarm_once("UNREADABLE", "3", 4);
  EXPECT_EQ(store->counts().alarms, 4);
  store->alarm("LONG", std::string(100'000, 'x'), 5);
  EXPECT_EQ(store->alarms(1).front().detail.size(), 1000U);
}

}  // namespace
}  // namespace focalhip
