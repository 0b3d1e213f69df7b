#include "testdata/simulator/table_model.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

constexpr double holder_half_height_mm = 14.0;
constexpr double table_half_width_mm = 212.0;
constexpr double table_half_height_mm = 21.0;

double share(double d, double width) { return std::clamp(0.5 - d / width, 0.0, 1.0); }

}  // namespace

TableModel::TableModel(
    const HipParameters& hip, bool phantom, double energy_kev, double back_y_mm, double z_reference_mm)
    : parameters_(hip.phantom),
      phantom_(phantom),
      mat_top_y_(back_y_mm - 5.0),
      holder_y_(mat_top_y_ + parameters_.mat_mm + parameters_.air_gap_mm + 5.0 + holder_half_height_mm),
      table_top_y_(phantom ? holder_y_ + holder_half_height_mm + 3.0 : mat_top_y_ + parameters_.mat_mm + 6.0),
      z_reference_(z_reference_mm) {
  for (std::size_t i = 0; i < rods_.size(); ++i) {
    RodAxis& axis = rods_[i];
    axis.rod = mindways_model_3()[i];
    axis.hu = rod_hu(axis.rod, energy_kev);
    axis.radius_mm = parameters_.rod_radius_mm;
    const double place =
        (parameters_.reversed ? -1.0 : 1.0) * (static_cast<double>(i) - 2.0) * parameters_.rod_pitch_mm;
    axis.point_patient_mm = {parameters_.shift_x_mm + place * std::cos(parameters_.tilt_in_plane_rad),
                             holder_y_ + place * std::sin(parameters_.tilt_in_plane_rad),
                             z_reference_};
    axis.direction = {std::sin(parameters_.tilt_along_rad), 0.0, std::cos(parameters_.tilt_along_rad)};
  }
}

double TableModel::hu(Vec3 p, double width, double& edge_mm) const {
  double value = -1000.0;
  edge_mm = 1e3;
  const double mat_half = 0.5 * parameters_.mat_mm;
  const Vec3 in_mat{p.x, p.y - (mat_top_y_ + mat_half), 0.0};
  const double mat = rounded_box_distance(in_mat, {195.0, mat_half, 1e4}, 3.0);
  value = mix(value, -870.0, share(mat, width));                        // foam
  value = mix(value, -420.0, share(std::abs(mat + 0.6) - 0.6, width));  // cover
  edge_mm = std::min(edge_mm, std::abs(mat));
  if (phantom_) {
    const double slide = std::tan(parameters_.tilt_along_rad) * (p.z - z_reference_);
    const double ct = std::cos(parameters_.tilt_in_plane_rad);
    const double st = std::sin(parameters_.tilt_in_plane_rad);
    const double dx = p.x - parameters_.shift_x_mm - slide;
    const double dy = p.y - holder_y_;
    const Vec3 local{ct * dx + st * dy, -st * dx + ct * dy, 0.0};
    const double half_width = 2.0 * parameters_.rod_pitch_mm + parameters_.rod_radius_mm + 38.0;
    const double holder = rounded_box_distance(local, {half_width, holder_half_height_mm, 1e4}, 8.0);
    value = mix(value, parameters_.holder_hu, share(holder, width));
    edge_mm = std::min(edge_mm, std::abs(holder));
    if (holder < 2.0) {
      for (const RodAxis& axis : rods_) {
        const Vec3 d = p - axis.point_patient_mm;
        const double rod = length(d - dot(d, axis.direction) * axis.direction) - axis.radius_mm;
        if (rod > 3.0) continue;
        value = mix(value, axis.hu, share(rod, width));
        edge_mm = std::min(edge_mm, std::abs(rod));
      }
    }
  }
  const Vec3 in_table{p.x, p.y - (table_top_y_ + table_half_height_mm), 0.0};
  const double table = rounded_box_distance(in_table, {table_half_width_mm, table_half_height_mm, 1e4}, 20.0);
  value = mix(value, -940.0, share(table, width));                        // foam core
  value = mix(value, -250.0, share(std::abs(table + 1.0) - 1.0, width));  // carbon skin
  edge_mm = std::min(edge_mm, std::min(std::abs(table), std::abs(table + 2.0)));
  return value;
}

}  // namespace focalhip::simulator
