#include "listener/worker/run_job.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "listener/outbox/outbox.h"
#include "listener/support/utc_clock.h"
#include "tests/support/part10_bytes.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

JobResult one_object(const std::string& outcome = {}) {
  EncodedObject object;
  object.part = "sr";
  object.file_name = "sr.dcm";
  object.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.34";
  object.sop_instance_uid = "2.25.1";
  object.bytes = "the report";
  return {{object}, outcome, {}};
}

class RunJob : public testing::Test {
 protected:
  RunJob() {
    config_.node.data_folder = folder_.path();
    Peer peer;
    peer.ae_title = "CT";
    peer.host = "127.0.0.1";
    peer.port = 11113;
    config_.peers.push_back(peer);
    store_ = JobStore::open(config_.store, folder_.path());
    options_.first_wait = std::chrono::milliseconds(1);
    options_.work = [this](const JobTask& task) {
      tasks_.push_back(task);
      return one_object();
    };
  }

  void add(const std::string& content = "c1") {
    NewJob job;
    job.study_instance_uid = "1.2";
    job.content_digest = content;
    job.identity_digest = "i";
    job.calling_ae_title = calling_;
    job.input = to_json(JobInput{});
    ASSERT_TRUE(store_->add_job(job, 1).has_value());
  }
  Job claim() { return store_->claim("worker", 10, 1000000).value(); }
  void run(const Job& job) { run_job(config_, *store_, job, options_, Log("worker")); }
  [[nodiscard]] Job newest() { return store_->jobs("").front(); }

  testing_support::TemporaryFolder folder_;
  NodeConfig config_;
  std::unique_ptr<JobStore> store_;
  RunJobOptions options_;
  std::vector<JobTask> tasks_;
  std::string calling_ = "CT";
};

TEST_F(RunJob, AResultIsInTheOutboxAndDueForTheSender) {
  add();
  run(claim());
  EXPECT_EQ(newest().state, JobState::done);
  const std::vector<Delivery> deliveries = store_->deliveries(0);
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].destination, "CT");
  EXPECT_EQ(read_outbox_manifest(folder_.path() / deliveries[0].outbox_folder).size(), 1U);
}

TEST_F(RunJob, ARefusalIsDeliveredToo) {
  options_.work = [](const JobTask&) { return one_object("R_NO_PHANTOM"); };
  add();
  run(claim());
  EXPECT_EQ(newest().state, JobState::refused);
  EXPECT_EQ(newest().outcome_code, "R_NO_PHANTOM");
  EXPECT_EQ(store_->deliveries(0).size(), 1U);
}

TEST_F(RunJob, ASilentPeerGetsNothing) {
  config_.peers.front().silent = true;
  add();
  run(claim());
  EXPECT_EQ(newest().state, JobState::done);
  EXPECT_TRUE(store_->deliveries(0).empty());
  EXPECT_TRUE(store_->alarms(10).empty());
}

TEST_F(RunJob, ASenderThatIsNoLongerConfiguredRaisesAnAlarm) {
  calling_ = "GONE";
  add();
  run(claim());
  EXPECT_EQ(newest().state, JobState::done);
  ASSERT_EQ(store_->alarms(10).size(), 1U);
  EXPECT_EQ(store_->alarms(10).front().code, "NO_DESTINATION");
}

TEST_F(RunJob, AFailureGivesTheJobBackAndTheFourthAttemptReportsIt) {
  int failures = 0;
  options_.work = [&](const JobTask& task) -> JobResult {
    if (!task.refusal) {
      ++failures;
      throw std::runtime_error("cannot be read");
    }
    EXPECT_EQ(task.refusal->code, RefusalCode::processing_failed);
    return one_object("R_PROCESSING");
  };
  add();
  for (int attempt = 1; attempt <= 3; ++attempt) {
    run(claim());
    EXPECT_EQ(newest().state, JobState::queued);
    EXPECT_EQ(newest().last_error, "cannot be read");
  }
  run(claim());
  EXPECT_EQ(failures, 3);
  EXPECT_EQ(newest().state, JobState::refused);
  EXPECT_EQ(newest().outcome_code, "R_PROCESSING");
  EXPECT_EQ(store_->deliveries(0).size(), 1U);
}

TEST_F(RunJob, WhatCannotEvenBeRefusedEndsWithAnAlarmNotALoop) {
  options_.work = [](const JobTask&) -> JobResult { throw std::runtime_error("no header can be parsed"); };
  add();
  int attempts = 0;
  while (newest().state == JobState::queued && attempts < 20) {
    run(claim());
    ++attempts;
  }
  EXPECT_EQ(attempts, most_attempts + 1);
  EXPECT_EQ(newest().state, JobState::refused);
  ASSERT_EQ(store_->alarms(10).size(), 1U);
  EXPECT_EQ(store_->alarms(10).front().code, "NO_REPORT");
  EXPECT_TRUE(store_->deliveries(0).empty());
}

TEST_F(RunJob, AnOvertakenResultIsThrownAway) {
  add();
  const Job job = claim();
  add("c2");  // late slices: the first job is superseded while it runs
  run(job);
  EXPECT_EQ(store_->job(job.id)->state, JobState::superseded);
  EXPECT_TRUE(store_->deliveries(0).empty());
}

TEST_F(RunJob, AnOutboxThatCannotBeWrittenIsWaitedForWithoutCountingAnAttempt) {
  add();
  const std::filesystem::path outbox = folder_.path() / "outbox";
  std::filesystem::remove_all(outbox);
  { const std::unique_ptr<FILE, int (*)(FILE*)> in_the_way(std::fopen(outbox.c_str(), "w"), &std::fclose); }
  int asked = 0;
  options_.stopping = [&] {
    if (++asked == 3) std::filesystem::remove(outbox);  // the disk has room again
    return false;
  };
  run(claim());
  EXPECT_GE(asked, 3);
  EXPECT_EQ(newest().state, JobState::done);
  EXPECT_EQ(newest().attempt, 1);
}

TEST_F(RunJob, AReportThatWasDeliveredIsNamedAsPredecessor) {
  using testing_support::DicomBytes;
  options_.work = [this](const JobTask& task) {
    tasks_.push_back(task);
    JobResult result = one_object();
    result.objects[0].bytes = testing_support::part10(
        DicomBytes().text(0x00080018U, "UI", "2.25.1").text(0x0020000EU, "UI", "2.25.77").bytes());
    return result;
  };
  add();
  run(claim());
  const UtcMs now_ms = utc_now_ms();
  const Delivery delivery = store_->claim_delivery("CT", "courier", now_ms, now_ms + 1000).value();
  ASSERT_TRUE(store_->delivered(delivery, now_ms));
  add("c2");
  run(claim());
  ASSERT_EQ(tasks_.size(), 2U);
  EXPECT_TRUE(tasks_[0].predecessors.empty());
  ASSERT_EQ(tasks_[1].predecessors.size(), 1U);
  EXPECT_EQ(tasks_[1].predecessors[0].sop_instance_uid, "2.25.1");
  EXPECT_EQ(tasks_[1].predecessors[0].series_instance_uid, "2.25.77");
}

TEST_F(RunJob, APredecessorWhoseFilesAreGoneIsNotNamed) {
  add();
  run(claim());
  const UtcMs now_ms = utc_now_ms();
  const Delivery delivery = store_->claim_delivery("CT", "courier", now_ms, now_ms + 1000).value();
  ASSERT_TRUE(store_->delivered(delivery, now_ms));
  std::filesystem::remove_all(folder_.path() / delivery.outbox_folder);
  add("c2");
  run(claim());
  ASSERT_EQ(tasks_.size(), 2U);
  EXPECT_TRUE(tasks_[1].predecessors.empty());
}

}  // namespace
}  // namespace focalhip
