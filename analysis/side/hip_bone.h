#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/femur/bone_solid.h"
#include "analysis/femur/hip_region.h"

namespace focalhip {

// One hip as the comparison of the sides sees it: coarse, with all its bone, before and without any outline,
// so that a broken femur is seen as well as a whole one. Frame: mirrored to a right hip. [qct 5]
struct HipBone {
  Side side = Side::right;
  VoxelGrid grid;                   // blocks of about 2 mm
  std::vector<float> hu;            // block means
  std::vector<std::uint8_t> solid;  // bone of femur and pelvis, filled plane by plane
  HeadSphere head;
  std::optional<AxisLine> shaft;  // absent: no shaft in the scan
};

[[nodiscard]] HipBone make_hip_bone(const CtVolume& ct, Side side, const HeadSphere& head_patient);

}  // namespace focalhip
