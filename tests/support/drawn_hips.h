#pragma once

// Two hips drawn from spheres, cylinders and cones with known landmarks, for tests of the femur. Independent
// of the simulator and of the code under test; edges are smeared over about a voxel.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "analysis/volume/ct_volume.h"

namespace focalhip::test {

struct DrawnHips {
  double pixel_mm = 1.5;
  double spacing_mm = 2.0;
  double bottom_mm = -108.0;  // first slice centre, relative to the heads' centres
  double top_mm = 42.0;
  double cortex_mm = 2.0;  // 0 = bone of one density throughout
  double cortex_hu = 1400.0;
  double trabecular_hu = 220.0;
  double muscle_hu = 50.0;
  double noise_hu = 12.0;
  double joint_mm = 3.5;
  bool upside_down = false;    // slices in reversed order under the same tags
  bool back_to_front = false;  // rows in reversed order
  bool metal_left = false;     // a screw through the left neck
  bool left_head_missing = false;

  // Truth, right side; the left one is its mirror image.
  static constexpr double head_radius_mm = 23.0;
  static constexpr double half_distance_mm = 86.0;
  static constexpr double offset_mm = 42.0;  // shaft axis lateral of the head
  static constexpr double drop_mm = 36.0;    // neck and shaft axes meet this far below the head
  static constexpr double neck_radius_mm = 14.0;
  static constexpr double shaft_radius_mm = 14.5;
  static constexpr double lesser_z_mm = -64.0;
  static constexpr double lesser_radius_mm = 7.5;
  static constexpr double lesser_out_mm = 12.0;  // centre, from the shaft axis towards posterior-medial
  // Where the lesser trochanter's sphere stands out 1 mm from the shaft: 3.5 mm from its centre radially.
  [[nodiscard]] static double lesser_distal_z_mm() {
    const double radial = shaft_radius_mm + 1.0 - lesser_out_mm;
    return lesser_z_mm - std::sqrt(lesser_radius_mm * lesser_radius_mm - radial * radial);
  }
  [[nodiscard]] static double neck_shaft_angle_rad() {
    return std::numbers::pi - std::atan2(offset_mm, drop_mm);
  }
};

namespace drawn {

inline double sphere(const Eigen::Vector3d& p, const Eigen::Vector3d& centre, double radius) {
  return (p - centre).norm() - radius;
}
inline double rod(const Eigen::Vector3d& p,
                  const Eigen::Vector3d& a,
                  const Eigen::Vector3d& b,
                  double radius) {
  const Eigen::Vector3d axis = b - a;
  const double along = std::clamp((p - a).dot(axis) / axis.squaredNorm(), 0.0, 1.0);
  return (p - a - along * axis).norm() - radius;
}

// Signed distance of the right femur; p relative to the head's centre.
inline double femur(const Eigen::Vector3d& p) {
  using D = DrawnHips;
  const Eigen::Vector3d meet{-D::offset_mm, 0.0, -D::drop_mm};
  const Eigen::Vector3d far_below{-D::offset_mm, 0.0, -400.0};
  const double diagonal = D::lesser_out_mm / std::numbers::sqrt2;
  double d = sphere(p, Eigen::Vector3d::Zero(), D::head_radius_mm);
  d = std::min(d, rod(p, Eigen::Vector3d::Zero(), meet, D::neck_radius_mm));
  d = std::min(d, rod(p, meet, far_below, D::shaft_radius_mm));
  d = std::min(d,
               rod(p, meet + Eigen::Vector3d{-8.0, 5.0, 0.0}, meet + Eigen::Vector3d{-8.0, 8.0, 24.0}, 13.0));
  d = std::min(d, sphere(p, {-D::offset_mm + diagonal, diagonal, D::lesser_z_mm}, D::lesser_radius_mm));
  return d;
}

// The socket and what hangs on it: a shell over the upper inner part of the head, a block of ilium.
inline double pelvis(const Eigen::Vector3d& p, double joint_mm) {
  const double inner = DrawnHips::head_radius_mm + joint_mm;
  const double r = p.norm();
  const double opening = -p.dot(Eigen::Vector3d{0.66, 0.1, 0.74}.normalized()) + 0.25 * r;
  const double shell = std::max({r - inner - 6.0, inner - r, opening});
  const double ilium = std::max(rod(p, {8.0, 5.0, 34.0}, {14.0, 10.0, 90.0}, 10.0), inner - r);
  return std::min(shell, ilium);
}

// Uniform in -1 .. 1, from the voxel's number only.
inline double hash_noise(std::uint64_t n) {
  n = (n + 0x9E3779B97F4A7C15ULL) * 0xBF58476D1CE4E5B9ULL;
  n ^= n >> 31U;
  n *= 0x94D049BB133111EBULL;
  n ^= n >> 29U;
  return static_cast<double>(n >> 11U) * 0x1.0p-52 - 1.0;
}

inline double hu_at(const DrawnHips& hips, const Eigen::Vector3d& patient_mm) {
  const Eigen::Vector3d body = patient_mm.cwiseQuotient(Eigen::Vector3d{175.0, 105.0, 1e6});
  if (body.norm() > 1.0) return -1000.0;
  const bool left = patient_mm.x() > 0.0;
  const Eigen::Vector3d p{(left ? -patient_mm.x() : patient_mm.x()) + DrawnHips::half_distance_mm,
                          patient_mm.y(),
                          patient_mm.z()};
  const auto part = [](double distance_mm) { return std::clamp(0.5 - distance_mm / 1.2, 0.0, 1.0); };
  double hu = hips.muscle_hu;
  const double femur_mm = left && hips.left_head_missing && p.z() > -20.0 ? 100.0 : femur(p);
  hu += part(femur_mm) * (hips.cortex_hu - hu);
  if (hips.cortex_mm > 0.0) hu += part(femur_mm + hips.cortex_mm) * (hips.trabecular_hu - hu);
  hu += part(pelvis(p, hips.joint_mm)) * (900.0 - hu);
  const double pubis_mm = rod(patient_mm, {-14.0, -35.0, -30.0}, {14.0, -35.0, -30.0}, 12.0);
  hu += part(pubis_mm) * (700.0 - hu);
  if (left && hips.metal_left && rod(p, {0.0, 0.0, 0.0}, {-50.0, 0.0, -43.0}, 4.0) < 0.0) hu = 3071.0;
  return hu;
}

}  // namespace drawn

// Heads at (-+86, 0, 0).
inline CtVolume draw(const DrawnHips& hips) {
  CtVolume ct;
  ct.grid.spacing_mm = {hips.pixel_mm, hips.pixel_mm, hips.spacing_mm};
  ct.grid.size = {static_cast<int>(2.0 * 182.0 / hips.pixel_mm),
                  static_cast<int>(2.0 * 112.0 / hips.pixel_mm),
                  static_cast<int>((hips.top_mm - hips.bottom_mm) / hips.spacing_mm) + 1};
  // Symmetric about x = 0, so that a mirrored hip has the same voxels.
  ct.grid.origin_patient_mm = {-0.5 * (ct.grid.size[0] - 1) * hips.pixel_mm,
                               -0.5 * (ct.grid.size[1] - 1) * hips.pixel_mm,
                               hips.bottom_mm};
  ct.hu.reserve(ct.grid.voxel_count());
  for (int k = 0; k < ct.grid.size[2]; ++k) {
    for (int j = 0; j < ct.grid.size[1]; ++j) {
      for (int i = 0; i < ct.grid.size[0]; ++i) {
        const int row = hips.back_to_front ? ct.grid.size[1] - 1 - j : j;
        const int slice = hips.upside_down ? ct.grid.size[2] - 1 - k : k;
        const int mirrored = std::min(i, ct.grid.size[0] - 1 - i);  // the same noise on both sides
        const Eigen::Vector3d voxel{
            static_cast<double>(i), static_cast<double>(row), static_cast<double>(slice)};
        const double noise = hips.noise_hu * drawn::hash_noise(ct.grid.index(mirrored, row, slice));
        ct.hu.push_back(static_cast<std::int16_t>(
            std::lround(drawn::hu_at(hips, ct.grid.patient_from_voxel(voxel)) + noise)));
      }
    }
  }
  return ct;
}

}  // namespace focalhip::test
