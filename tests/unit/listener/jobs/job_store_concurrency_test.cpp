#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/listener/jobs/each_engine.h"

namespace focalhip {
namespace {

using namespace testing_support;
using testing::Each;
using testing::Pair;
using testing::SizeIs;

// Runs `body` in a process of its own; returns its status as waitpid() gives it.
int status_of_process(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    try {
      body();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

class JobStoreConcurrency : public EachEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, JobStoreConcurrency, both_engines, engine_name);

TEST_P(JobStoreConcurrency, GivesEachJobToOneWorkerOnly) {
  constexpr int job_count = 60;
  constexpr int worker_count = 6;
  const auto store = open();
  for (int i = 0; i < job_count; ++i) (void)store->add_job(some_job(std::to_string(i)), 1);
  std::mutex mutex;
  std::map<std::int64_t, int> claims;
  std::vector<std::thread> workers;
  for (int w = 0; w < worker_count; ++w) {
    workers.emplace_back([&, w] {
      const auto own = open();
      const std::string owner = std::to_string(w);
      for (int misses = 0; misses < 3;) {  // a miss may be a race lost, three in a row are the end
        const auto job = own->claim(owner, 10, 1'000'000);
        if (!job) {
          ++misses;
          continue;
        }
        misses = 0;
        EXPECT_TRUE(own->finish(*job, "", "o", {"PACS"}, 11));
        const std::scoped_lock lock(mutex);
        ++claims[job->id];
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_THAT(claims, SizeIs(job_count));
  EXPECT_THAT(claims, Each(Pair(testing::_, 1)));
  EXPECT_THAT(store->deliveries(0), SizeIs(job_count));
}

TEST_P(JobStoreConcurrency, GivesGenerationsWithoutGapsOrRepeatsToManyWriters) {
  constexpr int writer_count = 4;
  constexpr int each = 10;
  std::vector<std::thread> writers;
  (void)open();
  for (int w = 0; w < writer_count; ++w) {
    writers.emplace_back([&, w] {
      const auto own = open();
      for (int i = 0; i < each; ++i) {
        EXPECT_TRUE(own->add_job(some_job("1.2.3", std::to_string(w) + "/" + std::to_string(i)), 1));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  std::vector<int> generations;
  int queued = 0;
  for (const Job& job : open()->jobs("")) {
    generations.push_back(job.generation);
    queued += job.state == JobState::queued ? 1 : 0;
  }
  std::sort(generations.begin(), generations.end());
  for (int i = 0; i < writer_count * each; ++i) EXPECT_EQ(generations[static_cast<std::size_t>(i)], i + 1);
  EXPECT_EQ(queued, 1) << "every other one is superseded";
}

TEST_P(JobStoreConcurrency, GivesALeaseToOneOfMany) {
  std::atomic<int> holders = 0;
  std::vector<std::thread> threads;
  (void)open();
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (open()->hold_lease("collector", std::to_string(i), 0, 1000)) ++holders;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(holders, 1);
}

TEST_P(JobStoreConcurrency, KeepsNothingOfATransactionWhoseProcessWasKilled) {
  {
    const auto store = open();  // closed before the fork
    (void)store->add_job(some_job(), 1);
    (void)store->claim("w", 2, 9);
  }
  const int status = status_of_process([&] {
    Database database = open_database();
    (void)database.transaction([&] {  // what finish() does, up to the moment before COMMIT
      database.execute("UPDATE jobs SET state = 'done'");
      database.execute(
          "INSERT INTO deliveries (job_id, destination, outbox_folder, state, attempts, claims, owner, "
          "lease_until_ms, next_try_ms, created_ms, changed_ms, last_error) "
          "VALUES (1, 'PACS', 'o', 'pending', 0, 0, '', 0, 0, 0, 0, '')");
      ::kill(::getpid(), SIGKILL);
      return true;
    });
  });
  ASSERT_TRUE(WIFSIGNALED(status)) << "status " << status;
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  const auto store = open();
  ASSERT_THAT(store->jobs(""), SizeIs(1));
  EXPECT_EQ(store->jobs("").front().state, JobState::running);
  EXPECT_THAT(store->deliveries(0), testing::IsEmpty());
  EXPECT_EQ(store->claim("x", 10, 20)->attempt, 2) << "taken over after the lease";
}

}  // namespace
}  // namespace focalhip
