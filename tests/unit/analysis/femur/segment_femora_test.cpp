#include "analysis/femur/segment_femora.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

using test::draw;
using test::DrawnHips;

const SegmentedFemur& segmented(const std::array<FemurOutcome, 2>& femora, Side side) {
  const FemurOutcome& outcome = femora[static_cast<std::size_t>(side)];
  if (const auto* missing = std::get_if<UnmeasuredFemur>(&outcome)) {
    throw std::runtime_error("not segmented: " + missing->reason.detail);
  }
  return std::get<SegmentedFemur>(outcome);
}

const NotMeasured& reason(const std::array<FemurOutcome, 2>& femora, Side side) {
  return std::get<UnmeasuredFemur>(femora[static_cast<std::size_t>(side)]).reason;
}

std::string refusal_of(const CtVolume& ct) {
  try {
    (void)segment_femora(ct, {});
  } catch (const Refusal& refusal) {
    return std::string(code_string(refusal.code()));
  }
  return "none";
}

double dice(const SegmentedFemur& femur) {
  const VoxelGrid& grid = femur.mask.mask.grid;
  double both = 0.0;
  double found = 0.0;
  double drawn = 0.0;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        Eigen::Vector3d p = grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        if (femur.mask.side == Side::left) p.x() = -p.x();
        p.x() += DrawnHips::half_distance_mm;
        const bool inside = test::drawn::femur(p) < 0.0;
        const bool masked = femur.mask.mask.label[grid.index(i, j, k)] != 0;
        both += inside && masked ? 1.0 : 0.0;
        found += masked ? 1.0 : 0.0;
        drawn += inside ? 1.0 : 0.0;
      }
    }
  }
  return 2.0 * both / (found + drawn);
}

class SegmentFemora : public testing::Test {
 protected:
  static const std::array<FemurOutcome, 2>& femora() {
    static const std::array<FemurOutcome, 2> result = segment_femora(draw({}), {});
    return result;
  }
};

TEST_F(SegmentFemora, FindsBothMasks) {
  // Sharp corners between spheres and rods, coarse voxels: a quarter of a voxel all over costs 0.02.
  EXPECT_GT(dice(segmented(femora(), Side::right)), 0.97);
  EXPECT_GT(dice(segmented(femora(), Side::left)), 0.97);
}

TEST_F(SegmentFemora, FindsTheHeadsWithinAFractionOfAVoxel) {
  for (const Side side : {Side::right, Side::left}) {
    const FemurFrame& frame = segmented(femora(), side).frame;
    const double x = side == Side::right ? -DrawnHips::half_distance_mm : DrawnHips::half_distance_mm;
    EXPECT_LT((frame.head_centre_patient_mm - Eigen::Vector3d(x, 0.0, 0.0)).norm(), 0.4);
    EXPECT_NEAR(frame.head_radius_mm, DrawnHips::head_radius_mm, 0.4);
  }
}

TEST_F(SegmentFemora, FindsAxesAndLesserTrochanter) {
  for (const Side side : {Side::right, Side::left}) {
    const FemurFrame& frame = segmented(femora(), side).frame;
    EXPECT_GT(frame.shaft_axis_patient.z(), std::cos(1.0 * std::numbers::pi / 180.0));
    EXPECT_NEAR(frame.neck_shaft_angle_rad, DrawnHips::neck_shaft_angle_rad(), 0.06);
    const Eigen::Vector3d distal =
        frame.origin_patient_mm + frame.lesser_trochanter_distal_mm * frame.shaft_axis_patient;
    EXPECT_NEAR(distal.z(), DrawnHips::lesser_distal_z_mm(), 1.5);  // one slice
    EXPECT_NEAR(frame.shaft_below_lesser_trochanter_mm, DrawnHips::lesser_distal_z_mm() + 108.75, 1.6);
    EXPECT_NEAR(frame.cover_above_head_mm, 42.75 - DrawnHips::head_radius_mm, 0.5);
    ASSERT_TRUE(frame.joint_space_p05_mm.has_value());
    EXPECT_NEAR(*frame.joint_space_p05_mm, 3.5, 0.8);  // two blurred edges, 0.4 mm each
  }
}

TEST_F(SegmentFemora, GivesAxesThatPointLateralAnteriorCranialOnBothSides) {
  for (const Side side : {Side::right, Side::left}) {
    const FemurFrame& frame = segmented(femora(), side).frame;
    const double lateral = side == Side::right ? -1.0 : 1.0;
    EXPECT_GT(lateral * frame.patient_axes.col(0).x(), 0.97);
    EXPECT_LT(frame.patient_axes.col(1).y(), -0.97);
    EXPECT_GT(frame.patient_axes.col(2).z(), 0.97);
    EXPECT_LT(lateral * frame.neck_axis_patient.x(), 0.0);  // the neck points medially, to the head
  }
}

TEST_F(SegmentFemora, TreatsAMirroredHipTheSame) {
  const SegmentedFemur& right = segmented(femora(), Side::right);
  const SegmentedFemur& left = segmented(femora(), Side::left);
  EXPECT_NEAR(right.frame.head_radius_mm, left.frame.head_radius_mm, 0.02);
  EXPECT_NEAR(right.frame.neck_shaft_angle_rad, left.frame.neck_shaft_angle_rad, 0.004);
  const auto volume = [](const SegmentedFemur& femur) {
    return static_cast<double>(std::count(femur.mask.mask.label.begin(), femur.mask.mask.label.end(), 1));
  };
  // The picture is symmetric; the order of voxels is not, and ties may fall differently.
  EXPECT_NEAR(volume(right) / volume(left), 1.0, 0.001);
}

TEST_F(SegmentFemora, DoesNotDependOnTheNumberOfThreads) {
  const std::array<FemurOutcome, 2> single = segment_femora(draw({}), {.threads = 1});
  for (const Side side : {Side::right, Side::left}) {
    EXPECT_EQ(segmented(single, side).mask.mask.label, segmented(femora(), side).mask.mask.label);
    EXPECT_EQ(segmented(single, side).frame.origin_patient_mm,
              segmented(femora(), side).frame.origin_patient_mm);
  }
}

TEST_F(SegmentFemora, GradesTheCoverBelowTheLesserTrochanter) {
  const double border = DrawnHips::lesser_distal_z_mm();
  const auto ending = [&](double below_mm) {
    return segment_femora(draw({.bottom_mm = border - below_mm + 0.75}), {});
  };
  EXPECT_EQ(segmented(ending(32.0), Side::right).grade, Grade::a);
  const SegmentedFemur b = segmented(ending(20.0), Side::right);
  EXPECT_EQ(b.grade, Grade::b);
  ASSERT_EQ(b.notes.size(), 1U);
  EXPECT_EQ(b.notes[0].code, NoteCode::short_distal_coverage);
  EXPECT_THAT(b.notes[0].detail, testing::HasSubstr("25 mm needed"));
  EXPECT_EQ(segmented(ending(13.0), Side::left).grade, Grade::c);
  EXPECT_EQ(reason(ending(5.0), Side::right).code, RefusalCode::coverage);
  EXPECT_EQ(reason(ending(-4.0), Side::right).code, RefusalCode::coverage);
}

TEST_F(SegmentFemora, RefusesAScanThatEndsInTheTrochanters) {
  const std::array<FemurOutcome, 2> femora = segment_femora(draw({.bottom_mm = -50.0}), {});
  for (const Side side : {Side::right, Side::left}) {
    EXPECT_EQ(reason(femora, side).code, RefusalCode::coverage);
    EXPECT_THAT(reason(femora, side).detail,
                testing::HasSubstr("51 mm below the centre of the femoral head"));
    const auto& seen = std::get<UnmeasuredFemur>(femora[static_cast<std::size_t>(side)]);
    ASSERT_TRUE(seen.head_centre_patient_mm.has_value());
    EXPECT_LT(std::abs(seen.head_centre_patient_mm->z()), 1.0);
  }
}

TEST_F(SegmentFemora, RefusesACutHead) {
  const std::array<FemurOutcome, 2> femora = segment_femora(draw({.top_mm = 16.0}), {});
  EXPECT_EQ(reason(femora, Side::right).code, RefusalCode::coverage);
  EXPECT_THAT(reason(femora, Side::right).detail, testing::HasSubstr("whole head needed"));
}

TEST_F(SegmentFemora, RefusesTheSideWithMetalOnly) {
  const std::array<FemurOutcome, 2> femora = segment_femora(draw({.metal_left = true}), {});
  EXPECT_EQ(reason(femora, Side::left).code, RefusalCode::metal);
  EXPECT_GT(dice(segmented(femora, Side::right)), 0.97);
}

TEST_F(SegmentFemora, RefusesReversedStacks) {
  EXPECT_EQ(refusal_of(draw({.upside_down = true})), "R_ORIENT");
  EXPECT_EQ(refusal_of(draw({.back_to_front = true})), "R_ORIENT");
}

TEST_F(SegmentFemora, RefusesWhatIsNoPairOfHips) {
  EXPECT_EQ(refusal_of(draw({.left_head_missing = true})), "R_NOT_HIP");
  EXPECT_EQ(refusal_of(CtVolume{}), "R_NOT_HIP");
  for (const std::array<int, 3>& size :
       {std::array<int, 3>{1, 1, 1}, {2, 512, 3}, {64, 64, 1}, {1, 1, 200}}) {
    CtVolume tiny;
    tiny.grid.size = size;
    tiny.hu.assign(tiny.grid.voxel_count(), 800);
    EXPECT_EQ(refusal_of(tiny), "R_NOT_HIP");
  }
}

TEST_F(SegmentFemora, RefusesNoise) {
  CtVolume ct;
  ct.grid.size = {160, 100, 90};
  ct.grid.spacing_mm = {2.0, 2.0, 2.0};
  for (std::size_t i = 0; i < ct.grid.voxel_count(); ++i) {
    ct.hu.push_back(static_cast<std::int16_t>(1500.0 * test::drawn::hash_noise(i)));
  }
  EXPECT_EQ(refusal_of(ct), "R_NOT_HIP");
  ct.hu.assign(ct.hu.size(), 3071);
  EXPECT_EQ(refusal_of(ct), "R_NOT_HIP");
}

TEST_F(SegmentFemora, FollowsTheTagsOfAProneScan) {
  // Prone: columns run to the patient's right and rows to anterior. The same patient, stored the other way.
  CtVolume ct = draw({});
  std::vector<std::int16_t> turned(ct.hu.size());
  for (int k = 0; k < ct.grid.size[2]; ++k) {
    for (int j = 0; j < ct.grid.size[1]; ++j) {
      for (int i = 0; i < ct.grid.size[0]; ++i) {
        turned[ct.grid.index(ct.grid.size[0] - 1 - i, ct.grid.size[1] - 1 - j, k)] =
            ct.hu[ct.grid.index(i, j, k)];
      }
    }
  }
  ct.grid.origin_patient_mm = ct.grid.patient_from_voxel({ct.grid.size[0] - 1.0, ct.grid.size[1] - 1.0, 0.0});
  ct.grid.patient_axes.col(0) *= -1.0;
  ct.grid.patient_axes.col(1) *= -1.0;
  ct.hu = turned;
  const std::array<FemurOutcome, 2> prone = segment_femora(ct, {});
  for (const Side side : {Side::right, Side::left}) {
    EXPECT_GT(dice(segmented(prone, side)), 0.97);
    EXPECT_LT((segmented(prone, side).frame.head_centre_patient_mm -
               segmented(femora(), side).frame.head_centre_patient_mm)
                  .norm(),
              0.05);
  }
}

}  // namespace
}  // namespace focalhip
