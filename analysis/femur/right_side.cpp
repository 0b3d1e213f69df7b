#include "analysis/femur/right_side.h"

namespace focalhip {

Eigen::Vector3d mirrored_to_right(const Eigen::Vector3d& vector, Side side) {
  if (side == Side::right) return vector;
  return {-vector.x(), vector.y(), vector.z()};
}

VoxelGrid mirrored_to_right(const VoxelGrid& grid, Side side) {
  VoxelGrid result = grid;
  result.origin_patient_mm = mirrored_to_right(grid.origin_patient_mm, side);
  for (int axis = 0; axis < 3; ++axis) {
    result.patient_axes.col(axis) = mirrored_to_right(Eigen::Vector3d(grid.patient_axes.col(axis)), side);
  }
  return result;
}

FemurFrame mirrored_to_right(const FemurFrame& frame, Side side) {
  FemurFrame result = frame;
  for (Eigen::Vector3d FemurFrame::*member : {&FemurFrame::head_centre_patient_mm,
                                              &FemurFrame::shaft_point_patient_mm,
                                              &FemurFrame::shaft_axis_patient,
                                              &FemurFrame::neck_point_patient_mm,
                                              &FemurFrame::neck_axis_patient,
                                              &FemurFrame::lesser_trochanter_patient_mm,
                                              &FemurFrame::origin_patient_mm}) {
    result.*member = mirrored_to_right(Eigen::Vector3d(frame.*member), side);
  }
  for (int axis = 0; axis < 3; ++axis) {
    result.patient_axes.col(axis) = mirrored_to_right(Eigen::Vector3d(frame.patient_axes.col(axis)), side);
  }
  return result;
}

}  // namespace focalhip
