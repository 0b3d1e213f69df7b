#include "analysis/side/examine_sides.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "analysis/pipeline.h"
#include "analysis/side/head_connectivity.h"
#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

using test::draw;
using test::DrawnHips;

HeadSphere drawn_head(Side side) {
  HeadSphere head;
  head.centre_mm = {
      side == Side::right ? -DrawnHips::half_distance_mm : DrawnHips::half_distance_mm, 0.0, 0.0};
  head.radius_mm = DrawnHips::head_radius_mm;
  return head;
}

// What lies below the neck of the left hip moves as a whole: up, outwards and backwards. The gap is muscle.
CtVolume break_left_neck(const CtVolume& whole, const Eigen::Vector3d& shift_mm) {
  CtVolume broken = whole;
  const Eigen::Vector3d head = drawn_head(Side::left).centre_mm;
  const Eigen::Vector3d neck = Eigen::Vector3d{DrawnHips::offset_mm, 0.0, -DrawnHips::drop_mm}.normalized();
  const auto is_distal = [&](const Eigen::Vector3d& p) { return (p - head).dot(neck) > 32.0; };
  const VoxelGrid& grid = whole.grid;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        const Eigen::Vector3d p = grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        if ((p - head).norm() > 160.0 || p.x() < 20.0) continue;
        const Eigen::Vector3d from = p - shift_mm;
        const Eigen::Vector3i at = grid.voxel_from_patient(from).array().round().cast<int>();
        const bool inside = grid.contains(at.x(), at.y(), at.z());
        const bool arrives = is_distal(from) && inside && whole.hu[grid.index(at.x(), at.y(), at.z())] > 150;
        std::int16_t& hu = broken.hu[grid.index(i, j, k)];
        if (arrives) {
          hu = whole.hu[grid.index(at.x(), at.y(), at.z())];
        } else if (is_distal(p) && hu > 100) {
          hu = 50;
        }
      }
    }
  }
  return broken;
}

HipEvidence examine(const CtVolume& ct) { return examine_sides(ct, segment_femora(ct, {.threads = 1})); }

TEST(ExamineSides, MirroredWholeHipsAgree) {
  const HipEvidence evidence = examine(draw({}));
  ASSERT_TRUE(evidence.head_shift_mm);
  // Half a voxel of 1.5 x 1.5 x 2 mm.
  EXPECT_LT(evidence.head_shift_mm->norm(), 1.0) << evidence.head_shift_mm->transpose();
  EXPECT_NEAR(*evidence.side[0].connectivity, *evidence.side[1].connectivity, 0.03);
  for (const JudgedSide& side : judge_sides(evidence, {})) EXPECT_EQ(side.finding.state, SideState::ok);
}

TEST(ExamineSides, ADisplacedNeckIsMeasuredAndJudgedOnItsSide) {
  // Head against shaft: outwards 4, backwards -3, and 10 mm down.
  const CtVolume ct = break_left_neck(draw({}), {4.0, 3.0, 10.0});
  const HipEvidence evidence = examine(ct);
  ASSERT_EQ(evidence.compared, Side::left);
  EXPECT_LT(*evidence.side[1].connectivity, 0.5 * *evidence.side[0].connectivity);
  ASSERT_TRUE(evidence.head_shift_mm);
  const Eigen::Vector3d expected{-4.0, 3.0, -10.0};  // lateral, anterior, cranial
  EXPECT_LT((*evidence.head_shift_mm - expected).norm(), 2.5) << evidence.head_shift_mm->transpose();
  const auto judged = judge_sides(evidence, {});
  EXPECT_EQ(judged[1].finding.state, SideState::fractured);
  EXPECT_EQ(judged[0].finding.state, SideState::ok);
}

TEST(ExamineSides, ThePipelineWithholdsTheBrokenFemurWithoutCalibrationToo) {
  const CtVolume ct = break_left_neck(draw({}), {4.0, 3.0, 10.0});
  AnalysisOptions options;
  options.threads = 1;
  const HipReport report = analyse(ct, {}, options);
  const auto atlas = std::ranges::find(report.notes, NoteCode::atlas_none, &QualityNote::code);
  ASSERT_NE(atlas, report.notes.end());
  EXPECT_EQ(atlas->detail.find("densitometry only"), std::string::npos) << "the cortex is measured, too";
  ASSERT_TRUE(report.refusal);  // no phantom is drawn
  ASSERT_TRUE(report.side);
  EXPECT_EQ(report.side->decision.used, Side::right);
  EXPECT_TRUE(report.side->decision.contralateral);
}

TEST(ExamineSides, MetalOnOneSideLeavesTheOther) {
  const CtVolume ct = draw({.metal_left = true});
  const auto judged = judge_sides(examine(ct), {});
  EXPECT_EQ(judged[1].finding.state, SideState::metal);
  EXPECT_EQ(judged[0].finding.state, SideState::ok);
}

}  // namespace
}  // namespace focalhip
