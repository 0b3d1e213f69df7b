#include "analysis/femur/spoilt_femur.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "analysis/support/format_number.h"
#include "analysis/volume/components.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/find_metal.h"
#include "analysis/volume/hu_region.h"

namespace focalhip {

namespace {

using Index = std::array<int, 3>;

constexpr double metal_margin_mm = 10.0;  // qct 3.4: metal spoils its surroundings
constexpr double largest_cut_mm2 = 20.0;  // single bad voxels beside streaks are no cut

// The mask down to the end of TH, on its own grid, and where that grid lies in the CT's.
struct MeasuredBone {
  VoxelGrid grid;
  std::vector<std::uint8_t> inside;
  Index first{0, 0, 0};
};

MeasuredBone measured_bone(const CtVolume& ct, const SegmentedFemur& femur, double end_below_lesser_mm) {
  const FemurFrame& frame = femur.frame;
  const double lowest_mm = frame.lesser_trochanter_distal_mm - end_below_lesser_mm;
  MeasuredBone bone{.grid = femur.mask.mask.grid, .inside = femur.mask.mask.label};
  for_each_voxel(bone.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (frame.shaft_axis_patient.dot(point_mm - frame.origin_patient_mm) < lowest_mm) bone.inside[i] = 0;
  });
  const Eigen::Vector3d corner =
      ct.grid.voxel_from_patient(bone.grid.patient_from_voxel(Eigen::Vector3d::Zero()));
  for (std::size_t axis = 0; axis < 3; ++axis)
    bone.first[axis] = static_cast<int>(std::lround(corner[static_cast<Eigen::Index>(axis)]));
  return bone;
}

bool is_near(const MeasuredBone& bone, const Index& at) {
  Index low;
  Index high;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int reach =
        static_cast<int>(metal_margin_mm / bone.grid.spacing_mm[static_cast<Eigen::Index>(axis)]);
    low[axis] = std::max(0, at[axis] - reach);
    high[axis] = std::min(bone.grid.size[axis] - 1, at[axis] + reach);
  }
  for (int k = low[2]; k <= high[2]; ++k) {
    for (int j = low[1]; j <= high[1]; ++j) {
      for (int i = low[0]; i <= high[0]; ++i) {
        if (bone.inside[bone.grid.index(i, j, k)] == 0) continue;
        const Eigen::Vector3d steps(i - at[0], j - at[1], k - at[2]);
        if (steps.cwiseProduct(bone.grid.spacing_mm).norm() <= metal_margin_mm) return true;
      }
    }
  }
  return false;
}

// The bone's grid, widened by the margin within the CT.
IndexBox searched_box(const CtVolume& ct, const MeasuredBone& bone) {
  IndexBox box;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int reach = static_cast<int>(metal_margin_mm / ct.grid.spacing_mm[static_cast<Eigen::Index>(axis)]);
    box.first[axis] = std::max(0, bone.first[axis] - reach);
    box.last[axis] = std::min(ct.grid.size[axis], bone.first[axis] + bone.grid.size[axis] + reach);
  }
  return box;
}

double metal_near_mm3(const CtVolume& ct, const MeasuredBone& bone) {
  const IndexBox box = searched_box(ct, bone);
  const VoxelGrid grid = cropped(ct.grid, box);
  std::vector<std::uint8_t> metal(grid.voxel_count(), 0);
  bool is_found = false;
  for (int k = box.first[2]; k < box.last[2]; ++k) {
    for (int j = box.first[1]; j < box.last[1]; ++j) {
      for (int i = box.first[0]; i < box.last[0]; ++i) {
        if (ct.hu[ct.grid.index(i, j, k)] <= metal_hu) continue;
        if (!is_near(bone, {i - bone.first[0], j - bone.first[1], k - bone.first[2]})) continue;
        metal[grid.index(i - box.first[0], j - box.first[1], k - box.first[2])] = 1;
        is_found = true;
      }
    }
  }
  if (!is_found) return 0.0;
  return static_cast<double>(std::ranges::max(label_components(grid, metal).voxel_count)) *
         grid.voxel_volume_mm3();
}

}  // namespace

void refuse_metal_in_femur(const CtVolume& ct, const SegmentedFemur& femur, double end_below_lesser_mm) {
  const double metal_mm3 = metal_near_mm3(ct, measured_bone(ct, femur, end_below_lesser_mm));
  if (metal_mm3 <= smallest_metal_mm3) return;
  throw Refusal(RefusalCode::metal,
                fixed(0.001 * metal_mm3, 2) + " cm3 above " + fixed(metal_hu, 0) + " HU within " +
                    fixed(metal_margin_mm, 0) +
                    " mm of the measured part of the femur; a femur without implant needed");
}

void refuse_cut_femur(const CtVolume& ct, const SegmentedFemur& femur, double end_below_lesser_mm) {
  const MeasuredBone bone = measured_bone(ct, femur, end_below_lesser_mm);
  double cut_mm2 = 0.0;
  const auto is_measured = [&](int column, int row, int slice) {
    return ct.grid.contains(column, row, slice) && ct.is_valid(ct.grid.index(column, row, slice));
  };
  for (int k = 0; k < bone.grid.size[2]; ++k) {
    for (int j = 0; j < bone.grid.size[1]; ++j) {
      for (int i = 0; i < bone.grid.size[0]; ++i) {
        if (bone.inside[bone.grid.index(i, j, k)] == 0) continue;
        const Index at{i + bone.first[0], j + bone.first[1], k + bone.first[2]};
        const Eigen::Vector3d& step_mm = bone.grid.spacing_mm;
        for (const int step : {-1, 1}) {
          if (!is_measured(at[0] + step, at[1], at[2])) cut_mm2 += step_mm.y() * step_mm.z();
          if (!is_measured(at[0], at[1] + step, at[2])) cut_mm2 += step_mm.x() * step_mm.z();
        }
      }
    }
  }
  if (cut_mm2 <= largest_cut_mm2) return;
  throw Refusal(RefusalCode::coverage,
                "femur cut by the field of view on " + fixed(0.01 * cut_mm2, 1) +
                    " cm2 of its surface; the whole proximal femur needed");
}

}  // namespace focalhip
