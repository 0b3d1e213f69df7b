#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <Eigen/Geometry>

#include "analysis/femur/segment_femora.h"
#include "listener/series/analyse_series.h"
#include "listener/series/read_ct_volume.h"
#include "listener/support/log.h"
#include "tests/support/drawn_hips.h"
#include "tests/support/test_ct_writer.h"

// One pair of drawn hips, metal in the left one, stored in every way three signed axes can be stored: six
// directions for a row, four for a column, slices in either order. Sides must come out right or not at all.

namespace focalhip {
namespace {

using test::DrawnHips;

struct Stored {
  Eigen::Vector3d row;     // direction of growing column index
  Eigen::Vector3d column;  // direction of growing row index
  bool reversed = false;   // slices numbered against the normal

  [[nodiscard]] Eigen::Vector3d normal() const { return row.cross(column); }
};

std::vector<Stored> all_codes() {
  std::vector<Eigen::Vector3d> directions;
  for (int axis = 0; axis < 3; ++axis) {
    for (const double sign : {1.0, -1.0}) directions.emplace_back(sign * Eigen::Vector3d::Unit(axis));
  }
  std::vector<Stored> codes;
  for (const Eigen::Vector3d& row : directions) {
    for (const Eigen::Vector3d& column : directions) {
      if (row.dot(column) != 0.0) continue;
      for (const bool reversed : {false, true}) codes.push_back({row, column, reversed});
    }
  }
  return codes;
}

std::string text(const Eigen::Vector3d& v) {
  return std::to_string(v.x()) + "\\" + std::to_string(v.y()) + "\\" + std::to_string(v.z());
}

// The volume's samples along a direction, and the first of them.
int count_along(const VoxelGrid& grid, const Eigen::Vector3d& direction) {
  Eigen::Index axis = 0;
  direction.cwiseAbs().maxCoeff(&axis);
  return grid.size[static_cast<std::size_t>(axis)];
}
double step_along(const VoxelGrid& grid, const Eigen::Vector3d& direction) {
  return grid.spacing_mm.dot(direction.cwiseAbs());
}

std::vector<std::filesystem::path> write(const CtVolume& ct,
                                         const Stored& code,
                                         const std::filesystem::path& folder) {
  const VoxelGrid& grid = ct.grid;
  Eigen::Vector3d first = grid.origin_patient_mm;  // of the whole stack
  for (const Eigen::Vector3d& direction : {code.row, code.column, code.normal()}) {
    if (direction.sum() < 0.0)
      first -= direction * (count_along(grid, direction) - 1) * step_along(grid, direction);
  }
  test::TestSeries series;
  series.columns = count_along(grid, code.row);
  series.rows = count_along(grid, code.column);
  series.slices = count_along(grid, code.normal());
  series.column_spacing_mm = step_along(grid, code.row);
  series.row_spacing_mm = step_along(grid, code.column);
  series.orientation = text(code.row) + "\\" + text(code.column);
  const auto position = [&](int slice) {
    return Eigen::Vector3d(first + slice * step_along(grid, code.normal()) * code.normal());
  };
  series.word = [&](int column, int row, int slice) {
    const Eigen::Vector3d point = position(slice) + column * series.column_spacing_mm * code.row +
                                  row * series.row_spacing_mm * code.column;
    const Eigen::Vector3i at = grid.voxel_from_patient(point).array().round().cast<int>();
    return static_cast<std::uint16_t>(ct.hu[grid.index(at.x(), at.y(), at.z())] + 1024);
  };
  series.adjust = [&](DcmDataset& dataset, int slice) {
    test::put(dataset, DCM_ImagePositionPatient, text(position(slice)));
    const int number = code.reversed ? series.slices - slice : slice + 1;
    test::put(dataset, DCM_InstanceNumber, std::to_string(number));
    test::put(dataset, DCM_PatientPosition, code.reversed ? "FFS" : "HFP");  // must not matter
  };
  return test::write_series(series, folder);
}

struct Outcome {
  std::optional<RefusalCode> refusal;
  bool right_way_round = false;
};

Outcome read(const CtVolume& ct, const Stored& code) {
  const testing_support::TemporaryFolder folder;
  const SeriesWork work = series_work(write(ct, code, folder.path()), {}, std::nullopt);
  if (!work.volume) return {.refusal = RefusalCode::not_axial};
  if (work.volume->problem) return {.refusal = work.volume->problem->code};
  try {
    const CtVolume got = read_ct_volume(*work.volume, 1).ct;
    const std::array<FemurOutcome, 2> femora = segment_femora(got, {.threads = 1});
    const auto* right = std::get_if<SegmentedFemur>(&femora[0]);
    const auto* left = std::get_if<UnmeasuredFemur>(&femora[1]);
    const Eigen::Vector3d truth{-DrawnHips::half_distance_mm, 0.0, 0.0};
    return {.refusal = {},
            .right_way_round = right != nullptr && left != nullptr &&
                               left->reason.code == RefusalCode::metal &&
                               (right->frame.head_centre_patient_mm - truth).norm() < 1.0};
  } catch (const Refusal& refusal) {
    return {.refusal = refusal.code()};
  }
}

TEST(OrientationCodes, AllFortyEightAreReadTheRightWayRoundOrRefused) {
  silence_dcmtk_log();
  const CtVolume ct = test::draw({.pixel_mm = 1.4, .metal_left = true});
  const std::vector<Stored> codes = all_codes();
  ASSERT_EQ(codes.size(), 48U);
  int read_right = 0;
  int refused = 0;
  for (const Stored& code : codes) {
    const Outcome outcome = read(ct, code);
    const bool axial = std::abs(code.normal().z()) > 0.5;
    SCOPED_TRACE("rows along " + text(code.row) + ", columns along " + text(code.column));
    if (axial) {
      EXPECT_FALSE(outcome.refusal) << code_string(outcome.refusal.value_or(RefusalCode::no_images));
      EXPECT_TRUE(outcome.right_way_round);
      read_right += outcome.right_way_round ? 1 : 0;
    } else {
      EXPECT_TRUE(outcome.refusal);  // no axial image, so no volume
      refused += outcome.refusal ? 1 : 0;
    }
  }
  std::cout << "axis codes 48: read the right way round " << read_right << ", refused " << refused
            << ", wrong side " << 48 - read_right - refused << '\n';
}

}  // namespace
}  // namespace focalhip
