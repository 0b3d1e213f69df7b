#include "listener/series/result_stamp.h"

#include <cstdlib>
#include <functional>
#include <set>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

StampRequest example() {
  return {.role = StampRole::node,
          .node_name = "FOCALHIP",
          .first_series_number = 9600,
          .created_ms = 1'000'000'000'000,
          .study_instance_uid = "1.2.3",
          .content_digest = "aa",
          .identity_digest = "bb",
          .configuration = "x=1",
          .refusal_code = "",
          .atlas_digests = {"f"},
          .other_series = {"series 2"},
          .predecessors = {}};
}

TEST(MakeStamp, GivesTheSameUidsForTheSameRequest) {
  const ResultStamp first = make_stamp(example());
  const ResultStamp second = make_stamp(example());
  EXPECT_EQ(first.uid_for("sr"), second.uid_for("sr"));
  EXPECT_NE(first.uid_for("sr"), first.uid_for("sc-1"));
  EXPECT_EQ(first.uid_for("sr").substr(0, 5), "2.25.");
  EXPECT_LE(first.uid_for("sr").size(), 64U);
}

TEST(MakeStamp, ChangesUidsWithEverythingThatChangesAResult) {
  const std::vector<std::function<void(StampRequest&)>> changes{
      [](StampRequest&) {},
      [](StampRequest& r) { r.role = StampRole::analyze; },
      [](StampRequest& r) { r.node_name = "OTHER"; },
      [](StampRequest& r) { r.first_series_number = 9700; },
      [](StampRequest& r) { r.study_instance_uid = "1.2.4"; },
      [](StampRequest& r) { r.content_digest = "ab"; },
      [](StampRequest& r) { r.identity_digest = "bc"; },
      [](StampRequest& r) { r.configuration = "x=2"; },
      [](StampRequest& r) { r.side_source = "fracture_right,the command line,none"; },
      [](StampRequest& r) { r.refusal_code = "R_PROCESSING"; },
      [](StampRequest& r) {
        r.atlas_digests = {"f", "m"};
      },
      [](StampRequest& r) {
        r.atlas_digests = {"f", "series 2"}, r.other_series = {};
      },
      [](StampRequest& r) { r.other_series = {}; },
      [](StampRequest& r) {
        r.predecessors = {{"1", "2", "3"}};
      }};
  std::set<std::string> uids;
  for (const auto& change : changes) {
    StampRequest request = example();
    change(request);
    uids.insert(make_stamp(request).uid_for("sr"));
  }
  EXPECT_EQ(uids.size(), changes.size());
}

// The time of the node's objects is that of the stored job and needs no place in their identity; `analyze`
// has no job, so another time must be another object.
TEST(MakeStamp, CountsTheTimeOnlyForAnalyze) {
  StampRequest node = example();
  StampRequest later = example();
  later.created_ms += 1000;
  EXPECT_EQ(make_stamp(node).uid_for("sr"), make_stamp(later).uid_for("sr"));
  node.role = later.role = StampRole::analyze;
  EXPECT_NE(make_stamp(node).uid_for("sr"), make_stamp(later).uid_for("sr"));
}

TEST(MakeStamp, WritesLocalTimeWithItsOffset) {
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  ::tzset();
  const ResultStamp summer = make_stamp(example());  // 2001-09-09T01:46:40Z
  EXPECT_EQ(summer.date, "20010909");
  EXPECT_EQ(summer.time, "034640");
  EXPECT_EQ(summer.timezone, "+0200");
  ::unsetenv("TZ");
  ::tzset();
}

TEST(ResultConfiguration, HoldsWhatChangesNumbersAndNothingElse) {
  const AnalysisOptions options;
  const std::string usual = result_configuration(options, "");
  AnalysisOptions faster;
  faster.threads = 16;
  EXPECT_EQ(result_configuration(faster, ""), usual);
  AnalysisOptions other_side;
  other_side.side = SideChoice::left;
  EXPECT_NE(result_configuration(other_side, ""), usual);
  AnalysisOptions own_phantom;
  own_phantom.calibration.phantoms = {{.phantom = mindways_model_3()}};
  AnalysisOptions other_rod = own_phantom;
  other_rod.calibration.phantoms[0].phantom.rods.back().water_mg_cm3 += 1e-9;
  EXPECT_NE(result_configuration(own_phantom, ""), usual);
  EXPECT_NE(result_configuration(other_rod, ""), result_configuration(own_phantom, ""));
  AnalysisOptions other_scanner = own_phantom;
  other_scanner.calibration.phantoms[0].station_name = "CT2";
  EXPECT_NE(result_configuration(other_scanner, ""), result_configuration(own_phantom, ""));
  AnalysisOptions other_kappa;
  other_kappa.calibration.kappa.rule = KappaRule::none;
  EXPECT_NE(result_configuration(other_kappa, ""), usual);
  AnalysisOptions with_tissues;
  with_tissues.calibration.internal = true;
  EXPECT_NE(result_configuration(with_tissues, ""), usual);
  EXPECT_NE(result_configuration(options, "height_cm=160"), usual);
}

}  // namespace
}  // namespace focalhip
