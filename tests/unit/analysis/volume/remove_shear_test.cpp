#include "analysis/volume/remove_shear.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// A gantry tilted about the left-right axis: image planes turned by the tilt, the table moves along z. Values
// of `field` at the places of the voxels.
template <typename Field>
CtVolume tilted_scan(double tilt_deg, const Field& field) {
  const double tilt = tilt_deg * std::numbers::pi / 180.0;
  CtVolume ct;
  ct.grid.size = {40, 60, 50};
  ct.grid.spacing_mm = {1.0, 1.0, 2.0 * std::cos(tilt)};
  ct.grid.origin_patient_mm = {-20.0, -30.0, 100.0};
  ct.grid.patient_axes.col(1) = Eigen::Vector3d(0.0, std::cos(tilt), -std::sin(tilt));
  ct.grid.patient_axes.col(2) = Eigen::Vector3d(0.0, std::sin(tilt), std::cos(tilt));
  for (int slice = 0; slice < 50; ++slice) {
    for (int row = 0; row < 60; ++row) {
      for (int column = 0; column < 40; ++column) {
        const Eigen::Vector3d in_plane = ct.grid.patient_axes.col(1) * row;
        const Eigen::Vector3d point =
            ct.grid.origin_patient_mm + in_plane + Eigen::Vector3d(1.0 * column, 0.0, 2.0 * slice);
        ct.hu.push_back(static_cast<std::int16_t>(std::lround(field(point))));
      }
    }
  }
  return ct;
}
const Eigen::Vector3d table_step_mm(0.0, 0.0, 2.0);

// A linear field comes back exactly: only rounding to whole HU is left, once in the input and once in the
// output.
TEST(RemoveShear, GivesALinearFieldBack) {
  const auto field = [](const Eigen::Vector3d& p) { return 10.0 + 3.0 * p.x() - 4.0 * p.y() + 2.0 * p.z(); };
  const CtVolume straight = remove_shear(tilted_scan(20.0, field), table_step_mm, 2);
  EXPECT_TRUE(straight.grid.patient_axes.isApprox(Eigen::Matrix3d::Identity()));
  EXPECT_TRUE(straight.grid.spacing_mm.isApprox(Eigen::Vector3d(1.0, 1.0, 2.0)));
  EXPECT_NEAR(straight.removed_tilt_deg, 20.0, 1e-9);
  std::size_t compared = 0;
  for (int slice = 0; slice < 50; ++slice) {
    for (int row = 0; row < 60; ++row) {
      for (int column = 0; column < 40; ++column) {
        const std::size_t i = straight.grid.index(column, row, slice);
        if (!straight.is_valid(i)) continue;
        // At the border of the lattice the nearest measured half of the neighbours stands in for the rest.
        const Eigen::Vector3d voxel(column, row, slice);
        const double edge_mm = 2.0 * std::tan(20.0 * std::numbers::pi / 180.0) * 30.0;
        if (slice * 2.0 < edge_mm || (49 - slice) * 2.0 < edge_mm || row < 3 || row > 56) continue;
        ASSERT_NEAR(straight.hu[i], field(straight.grid.patient_from_voxel(voxel)), 1.01);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 20000U);
}

// Rods and femora stand where they stood: the centre of a ball moves by less than a tenth of a voxel.
TEST(RemoveShear, KeepsThePlaceOfABall) {
  const Eigen::Vector3d centre(2.0, 5.0, 148.0);
  const auto ball = [&](const Eigen::Vector3d& p) {
    const double inside = std::clamp((8.0 - (p - centre).norm()) / 2.0, 0.0, 1.0);
    return 1000.0 * inside;
  };
  const CtVolume straight = remove_shear(tilted_scan(-15.0, ball), table_step_mm, 2);
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  double weight = 0.0;
  for (int slice = 0; slice < 50; ++slice) {
    for (int row = 0; row < 60; ++row) {
      for (int column = 0; column < 40; ++column) {
        const std::size_t i = straight.grid.index(column, row, slice);
        if (!straight.is_valid(i)) continue;
        const Eigen::Vector3d voxel(column, row, slice);
        sum += straight.hu[i] * straight.grid.patient_from_voxel(voxel);
        weight += straight.hu[i];
      }
    }
  }
  EXPECT_LT((sum / weight - centre).norm(), 0.1);
}

// Padding at -1000 beside tissue of 500 HU: whatever is valid is tissue, nothing in between.
TEST(RemoveShear, NeverMixesPaddingWithTissue) {
  CtVolume ct = tilted_scan(12.0, [](const Eigen::Vector3d&) { return 500.0; });
  ct.valid.assign(ct.hu.size(), 1);
  for (std::size_t i = 0; i < ct.hu.size(); ++i) {
    if (i % 40 >= 10 && (i / 40) % 60 >= 15) continue;
    ct.hu[i] = -1000;
    ct.valid[i] = 0;
  }
  const CtVolume straight = remove_shear(std::move(ct), table_step_mm, 2);
  std::size_t valid = 0;
  for (std::size_t i = 0; i < straight.hu.size(); ++i) {
    ASSERT_EQ(straight.hu[i], straight.is_valid(i) ? 500 : -1000);
    valid += straight.valid[i];
  }
  EXPECT_GT(valid, 30U * 45U * 50U * 7U / 10U);
}

// Axial slices whose field of view moves backwards on its way up: the grid stays axial.
TEST(RemoveShear, KeepsAxialSlicesAxial) {
  CtVolume ct = tilted_scan(0.0, [](const Eigen::Vector3d&) { return 0.0; });
  const Eigen::Vector3d step_mm(0.0, 0.3, 2.0);
  for (int slice = 0; slice < 50; ++slice) {
    for (int row = 0; row < 60; ++row) {
      for (int column = 0; column < 40; ++column) {
        const double y_mm = -30.0 + row + 0.3 * slice;
        ct.hu[ct.grid.index(column, row, slice)] = static_cast<std::int16_t>(std::lround(10.0 * y_mm));
      }
    }
  }
  const CtVolume straight = remove_shear(std::move(ct), step_mm, 2);
  EXPECT_TRUE(straight.grid.patient_axes.isApprox(Eigen::Matrix3d::Identity()));
  EXPECT_DOUBLE_EQ(straight.grid.spacing_mm.z(), 2.0);
  EXPECT_NEAR(straight.removed_tilt_deg, std::atan(0.15) * 180.0 / std::numbers::pi, 1e-9);
  for (int slice = 0; slice < 50; ++slice) {
    const double y_mm = straight.grid.patient_from_voxel({20.0, 30.0, 1.0 * slice}).y();
    EXPECT_NEAR(straight.hu[straight.grid.index(20, 30, slice)], 10.0 * y_mm, 1.01);
  }
}

TEST(RemoveShear, ThreadsChangeNothing) {
  const auto field = [](const Eigen::Vector3d& p) { return 100.0 * std::sin(p.y() / 5.0) + p.z(); };
  EXPECT_EQ(remove_shear(tilted_scan(8.0, field), table_step_mm, 1).hu,
            remove_shear(tilted_scan(8.0, field), table_step_mm, 5).hu);
}

}  // namespace
}  // namespace focalhip
