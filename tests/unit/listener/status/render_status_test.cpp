#include "listener/status/render_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace focalhip {
namespace {

using testing::HasSubstr;
using testing::Not;

StatusSnapshot healthy() {
  StatusSnapshot snapshot;
  snapshot.version = "0.1.0";
  snapshot.node_name = "node1";
  snapshot.ae_title = "FOCALHIP";
  snapshot.now_ms = 1'800'000'060'000;
  snapshot.counts.jobs = {{"done", 3}, {"queued", 1}};
  snapshot.counts.deliveries = {{"delivered", 2}, {"pending", 1}};
  snapshot.counts.oldest_unsent_ms = 1'800'000'000'000;
  snapshot.destinations["PACS"].waiting = 1;
  snapshot.free_bytes = 10ULL << 30U;
  snapshot.free_bytes_kept = 2ULL << 30U;
  return snapshot;
}

TEST(RenderStatus, HealthIsJsonWithCountsAndAge) {
  const auto json = nlohmann::json::parse(render_health(healthy()));
  EXPECT_EQ(json.at("status"), "ok");
  EXPECT_EQ(json.at("jobs").at("done"), 3);
  EXPECT_EQ(json.at("oldest_unsent_seconds"), 60);
  EXPECT_TRUE(json.at("concerns").empty());
}

TEST(RenderStatus, ParkedResultsAndAFullDiskAreConcerns) {
  StatusSnapshot snapshot = healthy();
  snapshot.destinations["PACS"].parked = 2;
  snapshot.free_bytes = 1;
  EXPECT_EQ(health_of(snapshot), Health::degraded);
  EXPECT_THAT(concerns_of(snapshot),
              testing::ElementsAre("2 results for PACS are parked", HasSubstr("disk")));
}

TEST(RenderStatus, AnUnreadableStoreIsFailing) {
  StatusSnapshot snapshot = healthy();
  snapshot.store_error = "database is locked";
  EXPECT_EQ(health_of(snapshot), Health::failing);
  EXPECT_THAT(render_metrics(snapshot), HasSubstr("focalhip_up 0\n"));
}

TEST(RenderStatus, MetricsAreOneGaugeALine) {
  const std::string metrics = render_metrics(healthy());
  EXPECT_THAT(metrics, HasSubstr("focalhip_up 1\n"));
  EXPECT_THAT(metrics, HasSubstr("focalhip_jobs{state=\"queued\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("focalhip_waiting_deliveries{destination=\"PACS\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("# TYPE focalhip_disk_free_bytes gauge\n"));
}

TEST(RenderStatus, ThePageEscapesWhatCameFromOutside) {
  StatusSnapshot snapshot = healthy();
  Job job;
  job.what.calling_ae_title = "<script>\"";
  snapshot.recent_jobs.push_back(job);
  snapshot.destinations["A\"B\\C\n"].waiting = 1;
  const std::string page = render_page(snapshot);
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;&quot;"));
  EXPECT_THAT(render_metrics(snapshot), HasSubstr("destination=\"A&quot;B?C?\""))
      << "a label cannot be ended";
}

}  // namespace
}  // namespace focalhip
