#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "analysis/femur/femur.h"
#include "analysis/femur/segment_femora.h"

namespace focalhip {

// A piece of an outline on a picture, in its pixels: the centre of the first pixel is (0.5, 0.5).
struct OutlineLine {
  Eigen::Vector2d from{0, 0};
  Eigen::Vector2d to{0, 0};
  std::uint8_t voi = 0;     // of the bone just inside: 1 FN, 2 TR, 3 IT, 0 none
  bool prior_only = false;  // the head's sphere stands in for an edge that is not visible
};

// A grey picture of one femur with the outline of what was measured, for a reader to judge.
struct FemurPicture {
  enum class Plane { axial_head, axial_lesser_trochanter, coronal, neck_shaft, sagittal };
  Plane plane = Plane::axial_head;
  int columns = 0;
  int rows = 0;
  double pixel_mm = 0.5;
  Eigen::Vector3d first_pixel_patient_mm{0, 0, 0};  // centre
  Eigen::Vector3d right_patient{1, 0, 0};           // unit vectors along the rows and the columns
  Eigen::Vector3d down_patient{0, 1, 0};
  std::vector<std::int16_t> hu;                          // columns * rows, trilinear; -1000 outside the scan
  std::vector<OutlineLine> outline;                      // zero of the sub-voxel distance
  std::vector<OutlineLine> voi_borders;                  // between FN, TR, IT and the rest, inside the bone
  std::array<std::optional<Eigen::Vector2d>, 3> voi_at;  // a place for the letters of FN, TR, IT
};

// Axial through the head and through the lesser trochanter, the plane of head and shaft axis, sagittal
// through the narrowest neck; with outlines. Patient right, anterior or cranial at the usual borders.
[[nodiscard]] std::vector<FemurPicture> cut_femur_pictures(const CtVolume& ct, const FemurMeasurement& femur);

// Axial, coronal and sagittal through the head's centre, no outlines; empty when no head was found.
[[nodiscard]] std::vector<FemurPicture> cut_femur_pictures(const CtVolume& ct, const UnmeasuredFemur& femur);

}  // namespace focalhip
