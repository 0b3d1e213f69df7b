#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "analysis/support/reason_codes.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

enum class Side { right, left };
[[nodiscard]] constexpr std::string_view name(Side side) { return side == Side::right ? "right" : "left"; }
[[nodiscard]] constexpr char letter(Side side) { return side == Side::right ? 'R' : 'L'; }

// Landmarks and axes of one femur, patient frame (LPS, mm). [science: qct 4.1]
struct FemurFrame {
  Eigen::Vector3d head_centre_patient_mm{0, 0, 0};
  double head_radius_mm = 0.0;
  Eigen::Vector3d shaft_point_patient_mm{0, 0, 0};  // on the shaft axis
  Eigen::Vector3d shaft_axis_patient{0, 0, 1};      // unit, cranial
  Eigen::Vector3d neck_point_patient_mm{0, 0, 0};   // centroid of the narrowest neck section
  Eigen::Vector3d neck_axis_patient{0, 0, 1};       // unit, towards the head
  Eigen::Vector3d lesser_trochanter_patient_mm{0, 0, 0};
  double neck_shaft_angle_rad = 0.0;
  // Frame of the projection: columns lateral, anterior, cranial (shaft). Origin: neck-shaft intersection.
  Eigen::Matrix3d patient_axes{Eigen::Matrix3d::Identity()};
  Eigen::Vector3d origin_patient_mm{0, 0, 0};
  // Height along the shaft axis (mm, relative to origin, cranial positive) of the distal border of the lesser
  // trochanter, and how much imaged bone lies below it.
  double lesser_trochanter_distal_mm = 0.0;
  double shaft_below_lesser_trochanter_mm = 0.0;
  double cover_above_head_mm = 0.0;
  std::optional<double> joint_space_p05_mm;
};

// A segmented femur. The mask lives on a crop of the CT grid (same axes and spacing, shifted origin).
struct FemurMask {
  Side side = Side::right;
  LabelVolume mask;  // 1 = inside the periosteal surface
  // Signed distance (mm, negative inside) to the periosteal surface on the mask's grid: its zero is the
  // surface, finer than a voxel. Valid within 3 mm of the surface, beyond that only its sign counts.
  std::vector<float> surface_distance_mm;
  // Empty, or one per voxel of the mask's grid: 1 = near this part of the surface the outline is that of the
  // head's sphere for want of a visible joint; no statistics belong there. [qct 3.4]
  std::vector<std::uint8_t> prior_only{};
};

// Width of the hip joint by direction from the head's centre, over the half of the head that looks away from
// the neck. [qct 3.2 S7]
struct JointSpaceMap {
  std::vector<Eigen::Vector3d> direction_patient;  // unit
  std::vector<float> gap_mm;  // per direction; 0 = bone without a visible gap, NaN = no wall beside it
  std::vector<float>
      head_face_mm;              // per direction, from the centre the map was made about; NaN without a gap
  double fused_share = 0.0;      // of the directions with a wall, those without a visible gap
  std::optional<double> p05_mm;  // fifth percentile of the gaps; absent when too little wall is seen
};

// How well the outline could be found; what the segmentation's own checks and the choice of the side look at.
// Absent = not determined. [science: qct 3.2, 3.4, 5]
struct OutlineQuality {
  std::optional<double> prior_residual_p95_mm;   // bone edges to a fitted template; no template yet: absent
  std::optional<double> prior_to_result_p95_mm;  // expected surface (bone parted and filled) to the final one
  std::optional<double> mean_displacement_mm;    // of the sub-voxel refinement
  std::optional<double> rejected_share;          // of the surface without a usable edge, 0 .. 1
  std::optional<double> cap_prior_only_share;    // of the articular cap taken from sphere and prior alone
};

enum class VoiName { fn, tr, it, th };
inline constexpr std::array<VoiName, 4> all_vois{VoiName::fn, VoiName::tr, VoiName::it, VoiName::th};
[[nodiscard]] constexpr std::string_view name(VoiName voi) {
  constexpr std::array<std::string_view, 4> names{"FN", "TR", "IT", "TH"};
  return names[static_cast<std::size_t>(voi)];
}

// CTXA-type values of one volume of interest; K2HPO4 equivalent. Absent = not computable. [qct 4.2-4.3]
struct VoiMeasurement {
  std::optional<double> abmd_mg_cm2;  // areal density (1 g/cm2 = 1000 mg/cm2)
  std::optional<double> area_mm2;
  std::optional<double> bmc_mg;
  std::optional<double> vbmd_mg_cm3;  // integral
  std::optional<double> trabecular_vbmd_mg_cm3;
  std::optional<double> cortical_vbmd_mg_cm3;
  std::optional<double> volume_mm3;
};

// The projection along the anterior-posterior axis of the frame, for the page (K2HPO4, mg/cm2) with VOI
// labels.
struct FemurProjection {
  int columns = 0;  // growing lateral
  int rows = 0;     // growing caudal
  double pixel_mm = 0.5;
  std::vector<float> bmd_mg_cm2;  // columns * rows; 0 outside the bone
  std::vector<std::uint8_t> voi;  // 0 none, 1 FN, 2 TR, 3 IT
};

// Contour of the mask for the page: label volume is enough, pages draw its outline.
struct FemurMeasurement {
  Side side = Side::right;
  FemurFrame frame;
  FemurMask mask;
  LabelVolume voi;                     // 1 FN, 2 TR, 3 IT on the mask's grid
  std::array<VoiMeasurement, 4> vois;  // index = VoiName
  FemurProjection projection;
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;
  // The table of precision errors was made from scans like this one: rods in the scan, acquisition and femur
  // of grade A or B. Otherwise no least significant change is claimed.
  bool precision_holds = true;

  [[nodiscard]] const VoiMeasurement& operator[](VoiName voi_name) const {
    return vois[static_cast<std::size_t>(voi_name)];
  }
};

}  // namespace focalhip
