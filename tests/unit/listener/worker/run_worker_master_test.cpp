#include "listener/worker/run_worker_master.h"

#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener/support/fork_child.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

using std::chrono::milliseconds;

// A master in a process of its own, with work that the test chooses; observed through the job store.
class WorkerMasterProcess : public testing::Test {
 protected:
  WorkerMasterProcess() {
    config_.node.data_folder = folder_.path();
    options_.owner = "listen@node1";
    options_.drain = milliseconds(300);
  }
  ~WorkerMasterProcess() override {
    if (master_ > 0) {
      ::kill(master_, SIGKILL);
      ::waitpid(master_, nullptr, 0);
    }
  }

  // Before the store of the test is opened: a connection must not be carried over a fork.
  void start() {
    master_ = fork_child({"test-master"}, [this] { return run_worker_master(config_, options_); });
    store_ = JobStore::open(config_.store, folder_.path());
  }
  std::int64_t add_job() {
    NewJob job;
    job.study_instance_uid = "1.2";
    job.content_digest = "c";
    job.identity_digest = "i";
    job.calling_ae_title = "CT";
    job.input = to_json(JobInput{});
    return store_->add_job(job, 1).value();
  }
  // 20 s: ten times what the slowest test needs.
  Job wait_for_end(std::int64_t id) {
    for (int step = 0; step < 1000; ++step) {
      const Job job = store_->job(id).value();
      if (job.state == JobState::done || job.state == JobState::refused) return job;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return store_->job(id).value();
  }
  int stop() {
    ::kill(master_, SIGTERM);
    int status = 0;
    ::waitpid(master_, &status, 0);
    master_ = 0;
    return status;
  }

  testing_support::TemporaryFolder folder_;
  NodeConfig config_;
  WorkerMasterOptions options_;
  pid_t master_ = 0;
  std::unique_ptr<JobStore> store_;
};

TEST_F(WorkerMasterProcess, WorksOnAJobAndStopsCleanly) {
  options_.work = [](const JobTask&) { return JobResult{}; };
  start();
  const Job job = wait_for_end(add_job());
  EXPECT_EQ(job.state, JobState::done);
  EXPECT_EQ(job.attempt, 1);
  EXPECT_EQ(stop(), 0);
}

TEST_F(WorkerMasterProcess, ACrashingAnalysisIsTriedThreeTimesAndThenReported) {
  options_.work = [](const JobTask& task) {
    if (!task.refusal) ::raise(SIGSEGV);
    return JobResult{{}, std::string(code_string(task.refusal->code)), {}};
  };
  start();
  const Job job = wait_for_end(add_job());
  EXPECT_EQ(job.state, JobState::refused);
  EXPECT_EQ(job.outcome_code, "R_PROCESSING");
  EXPECT_EQ(job.attempt, 4);
}

TEST_F(WorkerMasterProcess, AnAnalysisThatHangsIsKilledAtItsDeadline) {
  config_.limits.job_deadline = std::chrono::seconds(1);
  options_.work = [](const JobTask& task) {
    if (task.job.attempt == 1) std::this_thread::sleep_for(std::chrono::seconds(60));
    return JobResult{};
  };
  start();
  const Job job = wait_for_end(add_job());
  EXPECT_EQ(job.state, JobState::done);
  EXPECT_EQ(job.attempt, 2);
}

TEST_F(WorkerMasterProcess, AnAnalysisThatEatsMemoryFailsAlone) {
  config_.limits.job_memory_bytes = 512ULL << 20U;
  options_.work = [](const JobTask& task) {
    if (task.job.attempt == 1) {
      const std::vector<char> large(1ULL << 30U, 'x');
      EXPECT_EQ(large.size(), 0U) << "must not be reached";
    }
    return JobResult{};
  };
  start();
  const Job job = wait_for_end(add_job());
  EXPECT_EQ(job.state, JobState::done);
  EXPECT_EQ(job.attempt, 2);
}

TEST_F(WorkerMasterProcess, AKilledMasterTakesItsJobsBackWhenItStartsAgain) {
  options_.work = [](const JobTask& task) {
    if (task.job.attempt == 1) std::this_thread::sleep_for(std::chrono::seconds(60));
    return JobResult{};
  };
  start();
  const std::int64_t id = add_job();
  for (int step = 0; step < 500 && store_->job(id)->state != JobState::running; ++step) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  ASSERT_EQ(store_->job(id)->state, JobState::running);
  ::kill(master_, SIGKILL);
  ::waitpid(master_, nullptr, 0);
  store_.reset();
  const auto begin = std::chrono::steady_clock::now();
  start();
  EXPECT_EQ(wait_for_end(id).state, JobState::done);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15)) << "the lease is 30 s";
}

TEST_F(WorkerMasterProcess, AJobThatRunsOnAfterTheDrainIsGivenBack) {
  options_.work = [](const JobTask&) {
    std::this_thread::sleep_for(std::chrono::seconds(60));
    return JobResult{};
  };
  start();
  const std::int64_t id = add_job();
  for (int step = 0; step < 500 && store_->job(id)->state != JobState::running; ++step) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ(stop(), 0);
  EXPECT_EQ(store_->job(id)->state, JobState::queued);
}

}  // namespace
}  // namespace focalhip
