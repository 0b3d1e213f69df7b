#include "analysis/femur/check_orientation.h"

#include <cmath>
#include <string>

#include "analysis/support/format_number.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

constexpr double bone_hu = 250.0;
constexpr double clear_cm3 = 4.0;  // less bone than this proves nothing
constexpr double clear_ratio = 4.0;

struct BoneVolumes {
  double trochanters_below_cm3 = 0.0;  // lateral of the heads, 15 to 60 mm below their centres
  double trochanters_above_cm3 = 0.0;
  double pubis_anterior_cm3 = 0.0;  // around the midline, level of the heads to 60 mm below
  double pubis_posterior_cm3 = 0.0;
};

BoneVolumes measure(const HuRegion& coarse, const HeadSphere& right, const HeadSphere& left) {
  const Eigen::Vector3d middle_mm = 0.5 * (right.centre_mm + left.centre_mm);
  const double voxel_cm3 = 0.001 * coarse.grid.voxel_volume_mm3();
  BoneVolumes bone;
  for_each_voxel(coarse.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (coarse.hu[i] < bone_hu) return;
    const Eigen::Vector3d from_middle = point_mm - middle_mm;
    const bool is_left = from_middle.x() > 0.0;
    const HeadSphere& head = is_left ? left : right;
    const double lateral_mm = (is_left ? 1.0 : -1.0) * (point_mm.x() - head.centre_mm.x()) - head.radius_mm;
    const double height_mm = point_mm.z() - head.centre_mm.z();
    if (lateral_mm > 6.0 && lateral_mm < 45.0 && std::abs(from_middle.y()) < 60.0) {
      if (height_mm < -15.0 && height_mm > -60.0) bone.trochanters_below_cm3 += voxel_cm3;
      if (height_mm > 15.0 && height_mm < 60.0) bone.trochanters_above_cm3 += voxel_cm3;
    }
    if (std::abs(from_middle.x()) < 25.0 && from_middle.z() < 0.0 && from_middle.z() > -60.0) {
      if (from_middle.y() < -15.0 && from_middle.y() > -80.0) bone.pubis_anterior_cm3 += voxel_cm3;
      if (from_middle.y() > 15.0 && from_middle.y() < 80.0) bone.pubis_posterior_cm3 += voxel_cm3;
    }
  });
  return bone;
}

bool proven(double expected_cm3, double opposite_cm3) {
  return opposite_cm3 > clear_cm3 && opposite_cm3 > clear_ratio * expected_cm3;
}

}  // namespace

void refuse_contradicting_orientation(const HuRegion& coarse, const FemoralHeads& heads) {
  if (!heads.head[0] || !heads.head[1]) return;
  const BoneVolumes bone = measure(coarse, *heads.head[0], *heads.head[1]);
  if (proven(bone.trochanters_below_cm3, bone.trochanters_above_cm3)) {
    throw Refusal(RefusalCode::orientation,
                  "bone lateral of the femoral heads lies above them (" +
                      fixed(bone.trochanters_above_cm3, 0) + " cm3) and not below (" +
                      fixed(bone.trochanters_below_cm3, 0) +
                      " cm3); head and foot end of the series are exchanged");
  }
  if (proven(bone.pubis_anterior_cm3, bone.pubis_posterior_cm3)) {
    throw Refusal(RefusalCode::orientation,
                  "midline bone below the femoral heads lies behind them (" +
                      fixed(bone.pubis_posterior_cm3, 0) + " cm3) and not in front (" +
                      fixed(bone.pubis_anterior_cm3, 0) +
                      " cm3); front and back of the series are exchanged");
  }
}

}  // namespace focalhip
