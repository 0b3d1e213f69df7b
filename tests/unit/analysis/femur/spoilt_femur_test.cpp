#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "analysis/femur/segment_femora.h"
#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

using test::draw;
using test::DrawnHips;

std::string outcome_of(const FemurOutcome& outcome) {
  const auto* missing = std::get_if<UnmeasuredFemur>(&outcome);
  return missing == nullptr ? "measured" : std::string(code_string(missing->reason.code));
}

// Calls change(index, point) for every voxel; points in the patient frame, heads at (-+86, 0, 0).
template <typename Change>
CtVolume changed(CtVolume ct, Change change) {
  ct.valid.assign(ct.hu.size(), 1);
  for (int k = 0; k < ct.grid.size[2]; ++k) {
    for (int j = 0; j < ct.grid.size[1]; ++j) {
      for (int i = 0; i < ct.grid.size[0]; ++i)
        change(ct, ct.grid.index(i, j, k), ct.grid.patient_from_voxel(Eigen::Vector3d(i, j, k)));
    }
  }
  return ct;
}

constexpr double right_shaft_x_mm = -DrawnHips::half_distance_mm - DrawnHips::offset_mm;

CtVolume with_nail_up_to(double top_z_mm) {
  return changed(draw({}), [=](CtVolume& ct, std::size_t i, const Eigen::Vector3d& p) {
    if (p.z() < top_z_mm && std::hypot(p.x() - right_shaft_x_mm, p.y()) < 5.0) ct.hu[i] = 3071;
  });
}

void cut(CtVolume& ct, std::size_t i) {
  ct.hu[i] = -1000;
  ct.valid[i] = 0;
}

TEST(SpoiltFemur, ANailThatEndsAtTheLesserTrochanterIsMetal) {
  const auto femora = segment_femora(with_nail_up_to(-62.0), {});  // 75 mm from the head
  EXPECT_EQ(outcome_of(femora[0]), "R_METAL");
  EXPECT_EQ(outcome_of(femora[1]), "measured");
}

TEST(SpoiltFemur, MetalFarBelowTheTotalHipDoesNoHarm) {
  const auto femora = segment_femora(with_nail_up_to(DrawnHips::lesser_distal_z_mm() - 32.0), {});
  EXPECT_EQ(outcome_of(femora[0]), "measured");
}

TEST(SpoiltFemur, ATrochanterCutByTheFieldOfViewIsNotMeasured) {
  // The lateral face of the right trochanter lies at x -149 mm.
  const auto femora = segment_femora(changed(draw({}),
                                             [](CtVolume& ct, std::size_t i, const auto& p) {
                                               if (p.x() < -144.0) cut(ct, i);
                                             }),
                                     {});
  EXPECT_EQ(outcome_of(femora[0]), "R_COVERAGE");
  EXPECT_EQ(outcome_of(femora[1]), "measured");
}

TEST(SpoiltFemur, AFieldOfViewThatCutsTheSkinOnlyIsMeasured) {
  const auto femora = segment_femora(changed(draw({}),
                                             [](CtVolume& ct, std::size_t i, const auto& p) {
                                               if (std::abs(p.x()) > 155.0) cut(ct, i);
                                             }),
                                     {});
  EXPECT_EQ(outcome_of(femora[0]), "measured");
  EXPECT_EQ(outcome_of(femora[1]), "measured");
}

TEST(SpoiltFemur, WhatIsNotMeasuredAboveTheHeadIsNoCover) {
  const auto femora = segment_femora(changed(draw({}),
                                             [](CtVolume& ct, std::size_t i, const auto& p) {
                                               if (p.z() > 15.0) cut(ct, i);
                                             }),
                                     {});
  EXPECT_EQ(outcome_of(femora[0]), "R_COVERAGE");
  const auto near = segment_femora(changed(draw({}),
                                           [](CtVolume& ct, std::size_t i, const auto& p) {
                                             if (p.z() > 27.0) cut(ct, i);
                                           }),
                                   {});
  ASSERT_EQ(outcome_of(near[0]), "measured");
  // Slices at even heights: the last measured one ends at 27 mm.
  EXPECT_NEAR(
      std::get<SegmentedFemur>(near[0]).frame.cover_above_head_mm, 27.0 - DrawnHips::head_radius_mm, 0.5);
}

}  // namespace
}  // namespace focalhip
