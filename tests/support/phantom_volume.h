#pragma once

// An analytic CT of a body on a phantom of any number of rods, for tests of the calibration. Independent of
// the simulator and of the code under test: every voxel is written down from distances to circles, blurred
// edges from erfc.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "analysis/volume/ct_volume.h"

namespace focalhip::test {

struct DrawnRod {
  double hu = 0.0;
  double drift_hu_per_mm = 0.0;        // along z, about the middle of the volume
  bool present = true;                 // absent = filled with holder
  double bubble_radius_mm = 0.0;       // an air cylinder beside the axis
  double bubble_offset_mm = 2.0;       // of its middle from the rod's axis
  double bubble_half_length_mm = 1e9;  // about the middle of the volume
};

struct DrawnPhantom {
  int columns = 300;
  int rows = 300;
  int slices = 40;
  double pixel_mm = 1.2;
  double spacing_mm = 2.5;
  double noise_sd_hu = 15.0;
  double blur_sigma_mm = 0.55;  // in plane
  double row_tilt_deg = 0.0;    // about z
  double axis_tilt_deg = 0.0;   // of the rods against z, towards +x
  double sagitta_mm = 0.0;
  double pitch_mm = 30.0;
  double radius_mm = 8.0;
  double holder_hu = 40.0;
  double shift_x_mm = 0.0;
  bool prone = false;          // phantom anterior (at smaller y)
  bool touching_body = false;  // a water-equivalent mat fills the gap between body and phantom
  bool flipped_grid = false;   // columns grow to the patient's right, rows anterior
  bool phantom = true;
  double phantom_from_z_mm = -1e9;
  double phantom_to_z_mm = 1e9;
  double circle_of_view_mm = 1e9;  // radius; outside is padding
  std::uint64_t seed = 1;
  std::vector<DrawnRod> rods;         // from the patient's right to left
  std::vector<DrawnRod> second_rods;  // of another phantom on the other side of the body; empty = none
  double fat_hu = -100.0;
  double muscle_hu = 50.0;
  double left_muscle_more_hu = 0.0;  // muscle of the patient's left reads so much more
  double air_hu = -1000.0;
};

// HU of a Mindways rod for a ratio sigma_ref in an exact scanner: mu - water = sigma_ref * K - 1000.
inline double ideal_hu(double k2hpo4, double water, double sigma_ref) {
  return water + sigma_ref * k2hpo4 - 1000.0;
}

inline std::vector<DrawnRod> mindways_rods(double sigma_ref) {
  const std::array<std::array<double, 2>, 5> certificate{
      {{-51.83, 1012.25}, {-53.40, 1056.95}, {58.88, 1103.57}, {157.05, 1119.52}, {375.83, 923.20}}};
  std::vector<DrawnRod> rods(certificate.size());
  for (std::size_t i = 0; i < rods.size(); ++i) {
    rods[i].hu = ideal_hu(certificate[i][0], certificate[i][1], sigma_ref);
  }
  return rods;
}

// Rods of hydroxyapatite in water on a plain line.
inline std::vector<DrawnRod> ha_rods(const std::vector<double>& ha_mg_cm3,
                                     double hu_per_mg_cm3,
                                     double zero_hu) {
  std::vector<DrawnRod> rods;
  for (const double ha : ha_mg_cm3) rods.push_back({.hu = zero_hu + hu_per_mg_cm3 * ha});
  return rods;
}

// Gaussian noise from a counter: the same on every machine and whatever the order of evaluation.
inline std::uint64_t mixed_bits(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}
inline double box_muller(std::uint64_t bits) {
  const double u = (static_cast<double>(bits >> 32U) + 0.5) / 4294967296.0;
  const double v = (static_cast<double>(bits & 0xffffffffULL) + 0.5) / 4294967296.0;
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}
// One of 65536 Gaussian values, chosen by the counter: volumes are drawn in a fraction of a second.
inline double gaussian_noise(std::uint64_t seed, std::uint64_t counter) {
  static const std::vector<double> values = [] {
    std::vector<double> drawn;
    for (std::uint64_t i = 0; i < 65536; ++i) drawn.push_back(box_muller(mixed_bits(i)));
    return drawn;
  }();
  return values[mixed_bits(seed * 0x632be59bd9b4e019ULL + counter) & 0xffffU];
}

// Share of an object at a signed distance from its border (negative inside), blurred.
inline double blurred_share(double distance_mm, double sigma_mm) {
  return 0.5 * std::erfc(distance_mm / (std::numbers::sqrt2 * sigma_mm));
}
inline double mixed(double below, double above, double share) { return below + (above - below) * share; }
inline double box_distance(double x, double y, double half_x, double half_y) {
  const double dx = std::abs(x) - half_x;
  const double dy = std::abs(y) - half_y;
  return std::hypot(std::max(dx, 0.0), std::max(dy, 0.0)) + std::min(std::max(dx, dy), 0.0);
}
inline double ellipse_distance(double x, double y, double half_x, double half_y) {
  return (std::hypot(x / half_x, y / half_y) - 1.0) * std::min(half_x, half_y);
}

// Centre of a rod in the patient, at height z.
inline std::array<double, 2> rod_centre(const DrawnPhantom& drawn, std::size_t rod, double z_mm) {
  const double half = 0.5 * (static_cast<double>(drawn.rods.size()) - 1.0);
  const double along = (static_cast<double>(rod) - half) * drawn.pitch_mm;
  const double arc = drawn.sagitta_mm * std::pow((static_cast<double>(rod) - half) / half, 2.0);
  const double degree = std::numbers::pi / 180.0;
  const double c = std::cos(drawn.row_tilt_deg * degree);
  const double s = std::sin(drawn.row_tilt_deg * degree);
  const double centre_y = drawn.prone ? -110.0 : 110.0;
  return {drawn.shift_x_mm + c * along - s * arc + std::tan(drawn.axis_tilt_deg * degree) * z_mm,
          centre_y + s * along + c * arc};
}

inline double body_hu(const DrawnPhantom& drawn, double x, double y) {
  const double sigma = drawn.blur_sigma_mm;
  const double muscle_hu = drawn.muscle_hu + (x > 0.0 ? drawn.left_muscle_more_hu : 0.0);
  double hu = drawn.air_hu;
  hu = mixed(hu, drawn.fat_hu, blurred_share(ellipse_distance(x, y, 150.0, 85.0), sigma));
  hu = mixed(hu, muscle_hu, blurred_share(ellipse_distance(x, y, 130.0, 70.0), sigma));
  for (const double side : {-1.0, 1.0}) {  // femoral heads and ischia
    hu = mixed(hu, 350.0, blurred_share(std::hypot(x - side * 85.0, y + 5.0) - 23.0, sigma));
    hu = mixed(hu, 600.0, blurred_share(std::hypot(x - side * 50.0, y - 45.0) - 11.0, sigma));
  }
  return hu;
}

inline double phantom_hu(const DrawnPhantom& drawn, double x, double y, double z, double under) {
  const double sigma = drawn.blur_sigma_mm;
  const double degree = std::numbers::pi / 180.0;
  const double centre_y = drawn.prone ? -110.0 : 110.0;
  const double dx = x - drawn.shift_x_mm - std::tan(drawn.axis_tilt_deg * degree) * z;
  const double dy = y - centre_y;
  const double c = std::cos(drawn.row_tilt_deg * degree);
  const double s = std::sin(drawn.row_tilt_deg * degree);
  const double half_width =
      0.5 * (static_cast<double>(drawn.rods.size()) - 1.0) * drawn.pitch_mm + drawn.radius_mm + 12.0;
  const double half_height = drawn.radius_mm + 5.0 + drawn.sagitta_mm;
  const double outside = box_distance(c * dx + s * dy, c * dy - s * dx, half_width, half_height);
  if (outside > 5.0 * sigma) return under;
  double hu = mixed(under, drawn.holder_hu, blurred_share(outside, sigma));
  for (std::size_t i = 0; i < drawn.rods.size(); ++i) {
    if (!drawn.rods[i].present) continue;
    const auto centre = rod_centre(drawn, i, z);
    const double distance = std::hypot(x - centre[0], y - centre[1]) - drawn.radius_mm;
    if (distance > 4.0 * sigma) continue;
    hu = mixed(hu, drawn.rods[i].hu + drawn.rods[i].drift_hu_per_mm * z, blurred_share(distance, sigma));
    const double bubble = drawn.rods[i].bubble_radius_mm;
    if (bubble <= 0.0 || std::abs(z) > drawn.rods[i].bubble_half_length_mm) continue;
    hu =
        mixed(hu,
              -1000.0,
              blurred_share(
                  std::hypot(x - centre[0] - drawn.rods[i].bubble_offset_mm, y - centre[1]) - bubble, sigma));
  }
  return hu;
}

inline VoxelGrid drawn_grid(const DrawnPhantom& drawn) {
  VoxelGrid grid;
  grid.size = {drawn.columns, drawn.rows, drawn.slices};
  grid.spacing_mm = {drawn.pixel_mm, drawn.pixel_mm, drawn.spacing_mm};
  if (drawn.flipped_grid) grid.patient_axes.diagonal() << -1.0, -1.0, 1.0;
  const Eigen::Vector3d half(0.5 * (drawn.columns - 1), 0.5 * (drawn.rows - 1), 0.5 * (drawn.slices - 1));
  grid.origin_patient_mm = -(grid.patient_axes * grid.spacing_mm.cwiseProduct(half));
  return grid;
}

// The volume is centred on the patient's origin. Supine: table and phantom at larger y.
inline CtVolume draw(const DrawnPhantom& drawn) {
  CtVolume ct;
  ct.grid = drawn_grid(drawn);
  ct.acquisition.kvp = 120.0;
  ct.hu.resize(ct.grid.voxel_count());
  const bool padded = drawn.circle_of_view_mm < 1e8;
  if (padded) ct.valid.assign(ct.grid.voxel_count(), 1);
  DrawnPhantom second = drawn;
  second.rods = drawn.second_rods;
  second.prone = !drawn.prone;
  std::vector<double> still(ct.grid.index(0, 0, 1), 0.0);  // what does not change along z
  for (int slice = 0; slice < drawn.slices; ++slice) {
    for (int row = 0; row < drawn.rows; ++row) {
      for (int column = 0; column < drawn.columns; ++column) {
        const std::size_t index = ct.grid.index(column, row, slice);
        const Eigen::Vector3d p = ct.grid.patient_from_voxel(
            {static_cast<double>(column), static_cast<double>(row), static_cast<double>(slice)});
        double& fixed_part = still[index % still.size()];
        if (slice == 0) {
          const double side = drawn.prone ? -1.0 : 1.0;
          double hu = body_hu(drawn, p.x(), p.y());
          const double table_y = std::abs(side * p.y() - 150.0);  // two thin shells with foam between
          if (side * p.y() > 132.0 && std::abs(p.x()) < 170.0)
            hu = table_y < 18.0 && table_y > 16.5 ? -300.0 : -950.0;
          if (drawn.touching_body && side * p.y() > 40.0 && side * p.y() < 100.0 && std::abs(p.x()) < 100.0) {
            hu = std::max(hu, 0.0);
          }
          fixed_part = hu;
        }
        double hu = fixed_part;
        const bool in_range = p.z() >= drawn.phantom_from_z_mm && p.z() <= drawn.phantom_to_z_mm;
        if (drawn.phantom && in_range && std::abs(p.y()) > 60.0)
          hu = phantom_hu(drawn, p.x(), p.y(), p.z(), hu);
        if (!second.rods.empty() && std::abs(p.y()) > 60.0) hu = phantom_hu(second, p.x(), p.y(), p.z(), hu);
        hu += drawn.noise_sd_hu * gaussian_noise(drawn.seed, index);
        if (padded && std::hypot(p.x(), p.y()) > drawn.circle_of_view_mm) {
          ct.valid[index] = 0;
          hu = -1000.0;
        }
        ct.hu[index] = static_cast<std::int16_t>(std::lround(std::clamp(hu, -1024.0, 3071.0)));
      }
    }
  }
  return ct;
}

}  // namespace focalhip::test
