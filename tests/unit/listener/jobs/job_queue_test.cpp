#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/listener/jobs/each_engine.h"

namespace focalhip {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class JobQueue : public EachEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, JobQueue, both_engines, engine_name);

TEST_P(JobQueue, GivesBackEveryFieldOfANewJob) {
  const auto store = open();
  NewJob wanted = some_job();
  wanted.priority = -7;
  wanted.refusal_only = true;
  wanted.input = R"({"files":["a","b"]})";
  const auto id = store->add_job(wanted, 1'795'400'000'123);
  ASSERT_TRUE(id.has_value());
  const auto job = store->job(*id);
  ASSERT_TRUE(job.has_value());
  EXPECT_EQ(job->id, *id);
  EXPECT_EQ(job->generation, 1);
  EXPECT_EQ(job->attempt, 0);
  EXPECT_EQ(job->state, JobState::queued);
  EXPECT_EQ(job->what.study_instance_uid, wanted.study_instance_uid);
  EXPECT_EQ(job->what.series_instance_uid, wanted.series_instance_uid);
  EXPECT_EQ(job->what.content_digest, wanted.content_digest);
  EXPECT_EQ(job->what.identity_digest, wanted.identity_digest);
  EXPECT_EQ(job->what.calling_ae_title, wanted.calling_ae_title);
  EXPECT_EQ(job->what.accession_digest, wanted.accession_digest);
  EXPECT_EQ(job->what.input, wanted.input);
  EXPECT_EQ(job->what.priority, -7);
  EXPECT_TRUE(job->what.refusal_only);
  EXPECT_EQ(job->created_ms, 1'795'400'000'123);
  EXPECT_EQ(job->changed_ms, 1'795'400'000'123);
}

TEST_P(JobQueue, DoesNothingForTheSameContentAndIdentityAgain) {
  const auto store = open();
  EXPECT_TRUE(store->add_job(some_job(), 1));
  EXPECT_FALSE(store->add_job(some_job(), 2));
  EXPECT_THAT(store->jobs(""), SizeIs(1));
  EXPECT_TRUE(store->is_known("1.2.3", "c1", "i1"));
  EXPECT_FALSE(store->is_known("1.2.3", "c1", "i2"));
}

TEST_P(JobQueue, KnowsTheSameInstancesInAnotherEncoding) {
  const auto store = open();
  NewJob native = some_job("1", "native");
  native.instances_digest = "instances";
  ASSERT_TRUE(store->add_job(native, 1));
  NewJob compressed = native;
  compressed.content_digest = "compressed";
  EXPECT_FALSE(store->add_job(compressed, 2));
  NewJob corrected = compressed;
  corrected.identity_digest = "somebody else";
  EXPECT_TRUE(store->add_job(corrected, 3));
  NewJob longer = native;
  longer.content_digest = "longer";
  longer.instances_digest = "more instances";
  EXPECT_TRUE(store->add_job(longer, 4));
  EXPECT_TRUE(store->add_job(some_job("2", "native"), 5)) << "another study";
  EXPECT_TRUE(store->add_job(some_job("2", "compressed"), 6)) << "no instances told: not compared";
}

TEST_P(JobQueue, AKnownStudyThatComesAgainCanBeRetriedWithWhatCame) {
  const auto store = open();
  NewJob job = some_job("1");
  job.input = "old files";
  const auto id = store->add_job(job, 1);
  ASSERT_TRUE(store->finish(*store->claim("w", 2, 3), "", "outbox/1/1", {}, 4));
  job.input = "new files";
  EXPECT_FALSE(store->add_job(job, 5));
  EXPECT_EQ(store->jobs("").size(), 1U);
  EXPECT_EQ(store->job(*id)->what.input, "new files");
  EXPECT_EQ(store->job(*id)->state, JobState::done);
}

TEST_P(JobQueue, AKnownStudyWhoseRowIsForgottenComesBackAsADroppedJob) {
  const auto store = open();
  ASSERT_TRUE(store->add_job(some_job("1"), 1));
  ASSERT_TRUE(store->finish(*store->claim("w", 2, 3), "", "outbox/1/1", {}, 4));
  ASSERT_EQ(store->forget_finished_before(5).size(), 1U);
  EXPECT_FALSE(store->add_job(some_job("1"), 6));
  ASSERT_EQ(store->jobs("").size(), 1U);
  const Job dropped = store->jobs("").front();
  EXPECT_EQ(dropped.state, JobState::dropped);
  EXPECT_FALSE(store->claim("w", 7, 8)) << "nobody asked for it";
  ASSERT_TRUE(store->retry(dropped.id, 9));
  EXPECT_EQ(store->claim("w", 10, 11)->id, dropped.id);
}

TEST_P(JobQueue, TakesChangedIdentityAsTheNextGenerationAndSupersedesUnfinishedOnes) {
  const auto store = open();
  const auto first = store->add_job(some_job(), 1);
  NewJob reconciled = some_job();
  reconciled.identity_digest = "i2";
  const auto second = store->add_job(reconciled, 2);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(store->job(*first)->state, JobState::superseded);
  EXPECT_EQ(store->job(*second)->state, JobState::queued);
  EXPECT_EQ(store->job(*second)->generation, 2);
  const auto other_study = store->add_job(some_job("9.9"), 3);
  EXPECT_EQ(store->job(*other_study)->generation, 1);
  EXPECT_EQ(store->job(*second)->state, JobState::queued);
}

TEST_P(JobQueue, ClaimsByPriorityThenAge) {
  const auto store = open();
  NewJob urgent = some_job("3");
  urgent.priority = 5;
  const auto first = store->add_job(some_job("1"), 1);
  const auto second = store->add_job(some_job("2"), 1);
  const auto third = store->add_job(urgent, 1);
  std::vector<std::int64_t> order;
  while (const auto job = store->claim("w", 10, 20)) order.push_back(job->id);
  EXPECT_THAT(order, ElementsAre(*third, *first, *second));
}

TEST_P(JobQueue, CountsTheAttemptAndKeepsOwnerAndLeaseWhenClaiming) {
  const auto store = open();
  (void)store->add_job(some_job(), 1);
  const auto job = store->claim("worker-7", 10, 20);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->attempt, 1);
  EXPECT_EQ(job->state, JobState::running);
  EXPECT_EQ(job->owner, "worker-7");
  EXPECT_EQ(job->lease_until_ms, 20);
  EXPECT_EQ(job->changed_ms, 10);
  EXPECT_FALSE(store->claim("worker-8", 19, 40)) << "the lease runs until 20";
}

TEST_P(JobQueue, GivesAJobWhoseLeaseRanOutToTheNextAndThrowsTheOldResultAway) {
  const auto store = open();
  (void)store->add_job(some_job(), 1);
  const auto slow = store->claim("slow", 10, 20);
  const auto quick = store->claim("quick", 20, 40);
  ASSERT_TRUE(slow && quick);
  EXPECT_EQ(quick->attempt, 2);
  EXPECT_FALSE(store->renew(*slow, 60));
  EXPECT_FALSE(store->give_back(*slow, "late", 21));
  EXPECT_FALSE(store->finish(*slow, "", "outbox/1/1", {"PACS"}, 21));
  EXPECT_THAT(store->deliveries(0), IsEmpty());
  EXPECT_TRUE(store->finish(*quick, "", "outbox/1/2", {"PACS"}, 22));
  EXPECT_THAT(store->deliveries(0), SizeIs(1));
}

TEST_P(JobQueue, AcceptsAResultAfterTheLeaseWhenNobodyElseTookTheJob) {
  const auto store = open();
  (void)store->add_job(some_job(), 1);
  const auto job = store->claim("w", 10, 20);
  EXPECT_TRUE(store->finish(*job, "", "outbox/1/1", {"PACS"}, 1000));
}

TEST_P(JobQueue, KeepsARenewedJobFromOthers) {
  const auto store = open();
  (void)store->add_job(some_job(), 1);
  const auto job = store->claim("w", 10, 20);
  EXPECT_TRUE(store->renew(*job, 50));
  EXPECT_FALSE(store->claim("x", 49, 90));
  EXPECT_TRUE(store->claim("x", 50, 90));
}

TEST_P(JobQueue, FinishesOnceWithOneDeliveryPerDestination) {
  const auto store = open();
  const auto id = store->add_job(some_job(), 1);
  const auto job = store->claim("w", 10, 20);
  EXPECT_TRUE(store->finish(*job, "", "outbox/1/1", {"PACS", "CTSCANNER", "PACS"}, 30));
  EXPECT_FALSE(store->finish(*job, "", "outbox/1/1", {"PACS"}, 31));
  EXPECT_EQ(store->job(*id)->state, JobState::done);
  EXPECT_EQ(store->job(*id)->owner, "");
  const auto deliveries = store->deliveries(*id);
  ASSERT_THAT(deliveries, SizeIs(2)) << "a destination named twice gets one delivery";
  for (const Delivery& delivery : deliveries) {
    EXPECT_EQ(delivery.job_id, *id);
    EXPECT_EQ(delivery.outbox_folder, "outbox/1/1");
    EXPECT_EQ(delivery.state, DeliveryState::pending);
    EXPECT_EQ(delivery.next_try_ms, 30);
    EXPECT_EQ(delivery.created_ms, 30);
  }
}

TEST_P(JobQueue, FinishesARefusalAsRefusedWithItsCode) {
  const auto store = open();
  const auto id = store->add_job(some_job(), 1);
  EXPECT_TRUE(store->finish(*store->claim("w", 10, 20), "NO_PHANTOM", "outbox/1/1", {"PACS"}, 30));
  EXPECT_EQ(store->job(*id)->state, JobState::refused);
  EXPECT_EQ(store->job(*id)->outcome_code, "NO_PHANTOM");
  EXPECT_THAT(store->deliveries(*id), SizeIs(1)) << "a refusal is reported, too";
}

TEST_P(JobQueue, FinishesSilentlyWithoutDestinations) {
  const auto store = open();
  const auto id = store->add_job(some_job(), 1);
  EXPECT_TRUE(store->finish(*store->claim("w", 10, 20), "", "outbox/1/1", {}, 30));
  EXPECT_EQ(store->job(*id)->state, JobState::done);
  EXPECT_THAT(store->deliveries(*id), IsEmpty());
}

TEST_P(JobQueue, DoesNotLetASupersededJobFinish) {
  const auto store = open();
  (void)store->add_job(some_job(), 1);
  const auto old = store->claim("w", 10, 20);
  const auto newer = store->add_job(some_job("1.2.3", "c2"), 11);
  EXPECT_FALSE(store->renew(*old, 30));
  EXPECT_FALSE(store->finish(*old, "", "outbox/1/1", {"PACS"}, 12));
  EXPECT_EQ(store->claim("w", 13, 20)->id, *newer);
}

TEST_P(JobQueue, CancelsWhatOlderGenerationsHaveNotSentWhenFinishing) {
  const auto store = open();
  const auto first = store->add_job(some_job("1.2.3", "c1"), 1);
  const auto unrelated = store->add_job(some_job("7.7"), 1);
  EXPECT_TRUE(
      store->finish(*store->claim("w", 2, 9), "", "o/1", {"SENT", "PENDING", "PARKED", "SENDING"}, 3));
  EXPECT_TRUE(store->finish(*store->claim("w", 2, 9), "", "o/2", {"PENDING"}, 3));
  EXPECT_TRUE(store->delivered(*store->claim_delivery("SENT", "k", 4, 9), 4));
  EXPECT_TRUE(store->delivery_failed(*store->claim_delivery("PARKED", "k", 4, 9), "refused", 5, true, 4));
  const auto in_flight = store->claim_delivery("SENDING", "k", 4, 9);
  const auto second = store->add_job(some_job("1.2.3", "c2"), 5);
  EXPECT_TRUE(store->finish(*store->claim("w", 6, 9), "", "o/3", {"PENDING"}, 7));

  for (const Delivery& delivery : store->deliveries(*first)) {
    EXPECT_EQ(delivery.state,
              delivery.destination == "SENT" ? DeliveryState::delivered : DeliveryState::cancelled)
        << delivery.destination;
  }
  EXPECT_EQ(store->deliveries(*unrelated).front().state, DeliveryState::pending);
  EXPECT_EQ(store->deliveries(*second).front().state, DeliveryState::pending);
  // What was on its way: a failure is not tried again, an arrival is recorded as one.
  EXPECT_FALSE(store->renew_delivery(*in_flight, 90));
  EXPECT_FALSE(store->delivery_failed(*in_flight, "aborted", 9, false, 8));
  EXPECT_TRUE(store->delivered(*in_flight, 8));
}

TEST_P(JobQueue, PutsAFailedAttemptBackWithItsError) {
  const auto store = open();
  const auto id = store->add_job(some_job(), 1);
  EXPECT_TRUE(store->give_back(*store->claim("w", 10, 20), "killed by signal 9", 11));
  EXPECT_EQ(store->job(*id)->state, JobState::queued);
  EXPECT_EQ(store->job(*id)->last_error, "killed by signal 9");
  EXPECT_EQ(store->claim("w", 12, 20)->attempt, 2);
}

TEST_P(JobQueue, TakesBackOnlyWhatTheOwnerWasRunning) {
  const auto store = open();
  const auto mine = store->add_job(some_job("1"), 1);
  (void)store->add_job(some_job("2"), 1);
  (void)store->claim("node1/worker", 10, 1000);
  (void)store->claim("node2/worker", 10, 1000);
  EXPECT_EQ(store->take_back("node1/worker", 11), 1);
  EXPECT_EQ(store->job(*mine)->state, JobState::queued);
  EXPECT_EQ(store->claim("node1/worker", 12, 1000)->id, *mine);
  EXPECT_FALSE(store->claim("node1/worker", 12, 1000));
}

TEST_P(JobQueue, TakesBackTheJobsOfAllPlacesOfAnOwnerOrOfOne) {
  const auto store = open();
  for (const char* study : {"1", "2", "3"}) (void)store->add_job(some_job(study), 1);
  const std::int64_t first = store->claim("node1/0", 10, 1000)->id;
  const std::int64_t second = store->claim("node1/1", 10, 1000)->id;
  const std::int64_t of_another = store->claim("node10/0", 10, 1000)->id;
  EXPECT_EQ(store->take_back("node1/1", 11), 1);
  EXPECT_EQ(store->job(first)->state, JobState::running);
  EXPECT_EQ(store->job(second)->state, JobState::queued);
  EXPECT_EQ(store->take_back("node1", 12), 1);
  EXPECT_EQ(store->job(first)->state, JobState::queued);
  EXPECT_EQ(store->job(of_another)->state, JobState::running);
}

TEST_P(JobQueue, GivesALeaseToOneOwnerUntilItRunsOutOrIsReleased) {
  const auto store = open();
  EXPECT_TRUE(store->hold_lease("collector", "a", 0, 100));
  EXPECT_FALSE(store->hold_lease("collector", "b", 99, 200));
  EXPECT_TRUE(store->hold_lease("collector", "a", 99, 200)) << "the owner renews";
  EXPECT_TRUE(store->hold_lease("other", "b", 99, 200));
  EXPECT_TRUE(store->hold_lease("collector", "b", 200, 300)) << "taken over";
  EXPECT_FALSE(store->hold_lease("collector", "a", 201, 300));
  store->release_lease("collector", "a");
  EXPECT_FALSE(store->hold_lease("collector", "c", 202, 300)) << "only the owner releases";
  store->release_lease("collector", "b");
  EXPECT_TRUE(store->hold_lease("collector", "c", 203, 300));
}

TEST_P(JobQueue, TakesHostileStringsAsData) {
  const auto store = open();
  const std::string hostile = "'; DROP TABLE jobs; -- \" $1 {id} {lock jobs} \\ % \n\t";
  NewJob job = some_job(hostile, hostile);
  job.calling_ae_title = hostile;
  job.input = std::string(3'000'000, 'x') + hostile;
  const auto id = store->add_job(job, 1);
  ASSERT_TRUE(id);
  EXPECT_EQ(store->job(*id)->what.study_instance_uid, hostile);
  EXPECT_EQ(store->job(*id)->what.calling_ae_title, hostile);
  EXPECT_EQ(store->job(*id)->what.input, job.input);
  EXPECT_TRUE(store->is_known(hostile, hostile, "i1"));
  EXPECT_TRUE(store->finish(*store->claim(hostile, 2, 9), hostile, hostile, {hostile}, 3));
  EXPECT_TRUE(store->claim_delivery(hostile, hostile, 4, 9));
}

TEST_P(JobQueue, StoresBytesThatAreNoTextSpelledOut) {
  const auto store = open();
  NewJob job = some_job("1.2\xff", "c");
  job.calling_ae_title = std::string("CT\0\xe9", 4);
  const auto id = store->add_job(job, 1);
  ASSERT_TRUE(id);
  EXPECT_EQ(store->job(*id)->what.study_instance_uid, "1.2\\xff");
  EXPECT_EQ(store->job(*id)->what.calling_ae_title, "CT\\x00\\xe9");
  EXPECT_TRUE(store->is_known("1.2\xff", "c", "i1")) << "found again by the bytes it came with";
  EXPECT_FALSE(store->add_job(job, 2));
  EXPECT_TRUE(store->give_back(*store->claim("w", 2, 9), std::string(5000, '\xe9'), 3));
  EXPECT_LE(store->job(*id)->last_error.size(), 1000U);
}

}  // namespace
}  // namespace focalhip
