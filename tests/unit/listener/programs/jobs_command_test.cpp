#include "listener/programs/jobs_command.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "listener/jobs/accession_digest.h"
#include "listener/jobs/job_store.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class JobsCommand : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_.path() / "focalhip.toml")
        << "[node]\nae_title = \"FOCALHIP\"\nbind = \"127.0.0.1\"\nport = 11112\ndata_folder = \"data\"\n"
        << "[series]\nquiet_seconds = 30\n"
        << "[[peer]]\nae_title = \"CTSCANNER\"\nhost = \"127.0.0.1\"\nport = 11113\n";
  }
  [[nodiscard]] std::unique_ptr<JobStore> open() const { return JobStore::open({}, folder_.path() / "data"); }

  // A refused job whose delivery failed once and then was parked, and a queued one.
  void make_two_jobs() {
    const auto store = open();
    NewJob first;
    first.study_instance_uid = "1.2.840.1";
    first.series_instance_uid = "1.2.840.1.1";
    first.content_digest = "c";
    first.identity_digest = "i";
    first.calling_ae_title = "CT\x1b[31m";
    first.accession_digest = accession_digest("ACC-1");
    first.input = R"({"files":["a","b"],"other_series":["localizer"],"refusal_code":"","refusal_detail":""})";
    (void)store->add_job(first, 1'795'414'621'000);  // 2026-11-23 06:17:01 UTC
    (void)store->finish(*store->claim("w", 2, 3), "NO_PHANTOM", "outbox/1/1", {"PACS"}, 1'795'414'622'000);
    const auto delivery = store->claim_delivery("PACS", "k", 1'795'414'623'000, 1'795'414'624'000);
    (void)store->delivery_failed(*delivery, "association rejected", 0, true, 1'795'414'625'000);
    NewJob second = first;
    second.study_instance_uid = "1.2.840.2";
    second.accession_digest = accession_digest("ACC-2");
    (void)store->add_job(second, 1'795'414'630'000);
  }

  // Runs `focalhip jobs WORDS --config FILE`.
  int run(std::vector<std::string> words) {
    words.push_back("--config");
    words.push_back((folder_.path() / "focalhip.toml").string());
    return run_bare(words);
  }
  int run_bare(const std::vector<std::string>& words) {
    out_.str("");
    errors_.str("");
    return jobs_command(words, out_, errors_);
  }

  testing_support::TemporaryFolder folder_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(JobsCommand, ListsJobsDeliveriesAndAlarms) {
  make_two_jobs();
  EXPECT_EQ(run({"list"}), 0) << errors_.str();
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("     2  queued      -"),
                    HasSubstr("     1  refused     NO_PHANTOM"),
                    HasSubstr("2026-11-23 06:17:01Z"),
                    HasSubstr("1.2.840.1"),
                    HasSubstr("-> PACS parked"),
                    HasSubstr("PACS: association rejected"),
                    HasSubstr("ALARMS")));
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("CT?[31m"), Not(HasSubstr("\x1b")))) << "no terminal control";
}

TEST_F(JobsCommand, ListsOneAccession) {
  make_two_jobs();
  EXPECT_EQ(run({"list", "--accession", " ACC-1 ", "--json"}), 0) << errors_.str();
  const auto json = nlohmann::json::parse(out_.str());
  ASSERT_EQ(json.at("jobs").size(), 1U);
  EXPECT_EQ(json.at("jobs")[0].at("id"), 1);
  EXPECT_EQ(run({"list", "--accession=unknown"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("no jobs"));
}

TEST_F(JobsCommand, WritesJsonWithTimesAndNulls) {
  make_two_jobs();
  EXPECT_EQ(run({"--json", "list"}), 0) << errors_.str();
  const auto json = nlohmann::json::parse(out_.str());
  const auto& refused = json.at("jobs").at(1);
  EXPECT_EQ(refused.at("state"), "refused");
  EXPECT_EQ(refused.at("outcome_code"), "NO_PHANTOM");
  EXPECT_EQ(refused.at("created"), "2026-11-23T06:17:01.000Z");
  EXPECT_TRUE(refused.at("last_error").is_null());
  EXPECT_EQ(refused.at("deliveries").at(0).at("state"), "parked");
  EXPECT_EQ(refused.at("deliveries").at(0).at("last_error"), "association rejected");
  EXPECT_EQ(json.at("alarms").at(0).at("code"), "PARKED");
  EXPECT_EQ(json.at("not_shown"), 0);
  EXPECT_EQ(run({"show", "1", "--json"}), 0);
  EXPECT_EQ(nlohmann::json::parse(out_.str()), refused);
}

TEST_F(JobsCommand, ShowsOneJob) {
  make_two_jobs();
  EXPECT_EQ(run({"show", "1"}), 0) << errors_.str();
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("state         refused (NO_PHANTOM)"),
                    HasSubstr("files         2"),
                    HasSubstr("not chosen    localizer"),
                    HasSubstr("delivery      PACS parked"),
                    HasSubstr("outbox/1/1")));
  EXPECT_EQ(run({"show", "99"}), 1);
  EXPECT_THAT(errors_.str(), HasSubstr("no job 99"));
}

TEST_F(JobsCommand, RetriesAndDrops) {
  make_two_jobs();
  EXPECT_EQ(run({"retry", "1"}), 0) << errors_.str();
  EXPECT_EQ(open()->deliveries(1).front().state, DeliveryState::pending);
  EXPECT_EQ(run({"drop", "2"}), 0) << errors_.str();
  EXPECT_EQ(open()->job(2)->state, JobState::dropped);
  EXPECT_EQ(run({"drop", "2"}), 1);
  EXPECT_THAT(errors_.str(), HasSubstr("nothing to drop"));
  EXPECT_EQ(run({"retry", "2"}), 1);
  EXPECT_THAT(errors_.str(), HasSubstr("no longer kept"));
  for (const char* file : {"a", "b"}) std::ofstream(folder_.path() / "data" / file) << "received again";
  EXPECT_EQ(run({"retry", "2"}), 0) << errors_.str();
  EXPECT_EQ(run({"retry", "2"}), 1) << "it is queued";
}

TEST_F(JobsCommand, ListsTheNewestHundredUnlessAskedForAll) {
  const auto store = open();
  for (int i = 0; i < 103; ++i) {
    NewJob job;
    job.study_instance_uid = std::to_string(i);
    (void)store->add_job(job, 1 + i);
  }
  EXPECT_EQ(run({"list", "--json"}), 0);
  auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json.at("jobs").size(), 100U);
  EXPECT_EQ(json.at("jobs")[0].at("id"), 103);
  EXPECT_EQ(json.at("not_shown"), 3);
  EXPECT_EQ(run({"list", "--json", "--all"}), 0);
  EXPECT_EQ(nlohmann::json::parse(out_.str()).at("jobs").size(), 103U);
}

TEST_F(JobsCommand, RefusesWrongUsageWithStatusTwo) {
  make_two_jobs();
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"remove", "1"},
                                                       {"show"},
                                                       {"show", "x"},
                                                       {"show", "0"},
                                                       {"show", "-1"},
                                                       {"show", "1", "2"},
                                                       {"list", "1"},
                                                       {"list", "--unknown"},
                                                       {"drop", "1", "--all"}};
  for (const auto& words : wrong) EXPECT_EQ(run(words), 2) << testing::PrintToString(words);
  EXPECT_EQ(run_bare({"list"}), 2) << "no configuration";
  EXPECT_EQ(run_bare({"list", "--config"}), 2);
  EXPECT_EQ(run_bare({"list", "--config", "/nonexistent.toml"}), 2);
  EXPECT_EQ(run_bare({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("usage: focalhip jobs list"));
}

TEST_F(JobsCommand, DoesNotCreateAStoreByLooking) {
  EXPECT_EQ(run({"list"}), 1);
  EXPECT_THAT(errors_.str(), HasSubstr("no job store"));
  EXPECT_FALSE(fs::exists(folder_.path() / "data"));
}

TEST(AccessionDigest, IgnoresPaddingOnly) {
  EXPECT_EQ(accession_digest("ACC-1"), accession_digest(" ACC-1 "));
  EXPECT_EQ(accession_digest("ACC-1"), accession_digest(std::string("ACC-1\0", 6)));
  EXPECT_NE(accession_digest("ACC-1"), accession_digest("ACC-2"));
  EXPECT_NE(accession_digest("A C"), accession_digest("AC"));
  EXPECT_EQ(accession_digest("  "), "");
}

}  // namespace
}  // namespace focalhip
