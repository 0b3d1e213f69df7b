#include "analysis/side/examine_sides.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// Two whole femora as they are measured.
HipEvidence intact() {
  HipEvidence evidence;
  for (SideEvidence& side : evidence.side) {
    side.outlined = true;
    side.scan_below_head_mm = 110.0;
    side.connectivity = 0.30;
    side.unexplained_mm2 = 0.0;
    side.neck_shaft_angle_deg = 132.0;
    side.head_to_lesser_trochanter_mm = 78.0;
    side.neck_length_mm = 58.0;
    side.volume_above_trochanter_mm3 = 120000.0;
  }
  evidence.compared = Side::left;
  evidence.head_shift_mm = Eigen::Vector3d{1.0, 1.0, -1.0};
  evidence.head_distance_mm = 45.0;
  return evidence;
}

SideState state(const HipEvidence& evidence, Side side) {
  return judge_sides(evidence, {})[static_cast<std::size_t>(side)].finding.state;
}

bool shows(const HipEvidence& evidence, Side side, FractureSign sign) {
  const std::array<JudgedSide, 2> judged = judge_sides(evidence, {});
  const auto& signs = judged[static_cast<std::size_t>(side)].signs;
  return std::ranges::find(signs, sign) != signs.end();
}

TEST(JudgeSides, WholeFemoraShowNoSign) {
  for (const JudgedSide& side : judge_sides(intact(), {})) {
    EXPECT_TRUE(side.signs.empty());
    EXPECT_EQ(side.finding.state, SideState::ok);
    EXPECT_TRUE(side.finding.explanation.empty());
  }
}

TEST(JudgeSides, NothingMeasuredIsNoSign) {
  for (const JudgedSide& side : judge_sides({}, {})) {
    EXPECT_TRUE(side.signs.empty());
    EXPECT_EQ(side.finding.state, SideState::not_measurable);
  }
}

TEST(JudgeSides, ADisplacedAndDisconnectedHeadIsAFractureOfItsSide) {
  HipEvidence evidence = intact();
  evidence.side[1].connectivity = 0.02;
  evidence.head_shift_mm = Eigen::Vector3d{-8.0, -4.0, -10.0};
  EXPECT_EQ(state(evidence, Side::left), SideState::fractured);
  EXPECT_EQ(state(evidence, Side::right), SideState::ok);
  EXPECT_TRUE(shows(evidence, Side::left, FractureSign::head_displaced));
  EXPECT_TRUE(shows(evidence, Side::left, FractureSign::head_disconnected));
}

TEST(JudgeSides, MirroredEvidenceGivesTheMirroredJudgement) {
  HipEvidence evidence = intact();
  evidence.side[0].unexplained_mm2 = 600.0;
  evidence.head_shift_mm = Eigen::Vector3d{-8.0, -4.0, -10.0};
  evidence.compared = Side::right;
  HipEvidence mirrored = evidence;
  std::swap(mirrored.side[0], mirrored.side[1]);
  mirrored.compared = Side::left;
  EXPECT_EQ(state(evidence, Side::right), SideState::fractured);
  EXPECT_EQ(state(mirrored, Side::left), SideState::fractured);
  EXPECT_EQ(state(evidence, Side::left), SideState::ok);
  EXPECT_EQ(state(mirrored, Side::right), SideState::ok);
}

TEST(JudgeSides, AHeadThatIsFoundWithoutOutlineCounts) {
  HipEvidence evidence = intact();
  evidence.side[0] = SideEvidence{};
  evidence.side[0].failure = RefusalCode::segmentation;
  evidence.side[0].connectivity = 0.01;
  EXPECT_EQ(state(evidence, Side::right), SideState::fractured);
  EXPECT_EQ(state(evidence, Side::left), SideState::ok);
}

TEST(JudgeSides, ShortScansAndFailedLandmarksAloneAreNoFracture) {
  HipEvidence evidence = intact();
  evidence.side[0].outlined = false;
  evidence.side[0].failure = RefusalCode::coverage;
  evidence.side[0].scan_below_head_mm = 70.0;
  EXPECT_EQ(state(evidence, Side::right), SideState::not_measurable);
  EXPECT_FALSE(shows(evidence, Side::right, FractureSign::outline_failed));
  evidence.side[0].scan_below_head_mm = 120.0;
  EXPECT_TRUE(shows(evidence, Side::right, FractureSign::outline_failed));
  EXPECT_EQ(state(evidence, Side::right), SideState::not_measurable);
}

TEST(JudgeSides, WeakDifferencesAloneAreNoSuspicion) {
  HipEvidence evidence = intact();
  evidence.side[1].head_to_lesser_trochanter_mm = 90.0;
  evidence.side[1].volume_above_trochanter_mm3 = 140000.0;
  EXPECT_TRUE(shows(evidence, Side::right, FractureSign::volume));
  EXPECT_EQ(state(evidence, Side::right), SideState::ok);
  EXPECT_EQ(state(evidence, Side::left), SideState::ok);
}

TEST(JudgeSides, AFemurThatIsOnlyTurnedFurtherIsWhole) {
  HipEvidence evidence = intact();
  // 10 degrees of version at 45 mm.
  evidence.head_shift_mm = Eigen::Vector3d{0.5, 7.8, 0.0};
  EXPECT_EQ(state(evidence, Side::left), SideState::ok);
}

TEST(JudgeSides, ADifferenceThatNothingAttributesIsHeldAgainstBoth) {
  HipEvidence evidence = intact();
  evidence.side[1].neck_shaft_angle_deg = 145.0;
  EXPECT_EQ(state(evidence, Side::right), SideState::suspicious);
  EXPECT_EQ(state(evidence, Side::left), SideState::suspicious);
}

TEST(JudgeSides, AStrongSignAtTwiceItsLimitNeedsNoSecond) {
  HipEvidence evidence = intact();
  evidence.side[0].unexplained_mm2 = 300.0;
  EXPECT_EQ(state(evidence, Side::right), SideState::suspicious);
  evidence.side[0].unexplained_mm2 = 450.0;
  EXPECT_EQ(state(evidence, Side::right), SideState::fractured);
  EXPECT_EQ(state(evidence, Side::left), SideState::ok);
}

TEST(JudgeSides, TheImpactedNeckIsTheShorterOne) {
  HipEvidence evidence = intact();
  evidence.compared = Side::left;  // the firmer right one was laid onto it
  evidence.head_shift_mm = Eigen::Vector3d{-9.0, 1.0, 2.0};
  EXPECT_EQ(state(evidence, Side::right), SideState::suspicious);
  EXPECT_EQ(state(evidence, Side::left), SideState::ok);
}

TEST(JudgeSides, BothBrokenAreBothFound) {
  HipEvidence evidence = intact();
  for (SideEvidence& side : evidence.side) {
    side.outlined = false;
    side.failure = RefusalCode::segmentation;
    side.connectivity = 0.03;
  }
  EXPECT_EQ(state(evidence, Side::right), SideState::fractured);
  EXPECT_EQ(state(evidence, Side::left), SideState::fractured);
}

TEST(JudgeSides, MetalIsMetalWhateverElseIsSeen) {
  HipEvidence evidence = intact();
  evidence.side[0] = SideEvidence{};
  evidence.side[0].failure = RefusalCode::metal;
  evidence.side[0].metal_mm3 = 20000.0;
  EXPECT_EQ(state(evidence, Side::right), SideState::metal);
  EXPECT_EQ(state(evidence, Side::left), SideState::ok);
}

TEST(JudgeSides, TheResidualOfThePriorCountsWhenThereIsOne) {
  HipEvidence evidence = intact();
  evidence.side[0].prior_residual_p95_mm = 6.0;
  evidence.side[1].prior_residual_p95_mm = 2.0;
  EXPECT_EQ(state(evidence, Side::right), SideState::suspicious);
  evidence.side[1].prior_residual_p95_mm = 4.0;  // both fit badly: the prior's fault
  EXPECT_EQ(state(evidence, Side::right), SideState::ok);
}

}  // namespace
}  // namespace focalhip
