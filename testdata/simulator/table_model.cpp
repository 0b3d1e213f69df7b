#include "testdata/simulator/table_model.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

constexpr double holder_half_height_mm = PhantomModel::holder_half_height_mm;
constexpr double table_half_width_mm = 212.0;
constexpr double table_half_height_mm = 21.0;

double share(double d, double width) { return std::clamp(0.5 - d / width, 0.0, 1.0); }

}  // namespace

TableModel::TableModel(
    const PhantomParameters& parameters, bool phantom, bool prone, const Beam& beam, const BodyOutline& body)
    : parameters_(parameters),
      down_(prone ? -1.0 : 1.0),
      skin_y_(prone ? body.front_y : body.back_y),
      mat_top_mm_(-5.0),  // the person sinks in
      holder_mm_(mat_top_mm_ + parameters_.mat_mm + parameters_.air_gap_mm + 5.0 + holder_half_height_mm) {
  const bool under = phantom && (parameters_.place == PhantomPlace::under ||
                                 parameters_.second_place == PhantomPlace::under);
  table_top_mm_ = under ? holder_mm_ + holder_half_height_mm + 3.0 : mat_top_mm_ + parameters_.mat_mm + 6.0;
  if (!phantom) return;
  phantoms_.emplace_back(parameters_, site_of(parameters_.place, body), beam, 1);
  if (parameters_.second_place)
    phantoms_.emplace_back(parameters_, site_of(*parameters_.second_place, body), beam, 2);
  for (const PhantomModel& model : phantoms_)
    rods_.insert(rods_.end(), model.rods().begin(), model.rods().end());
}

PhantomSite TableModel::site_of(PhantomPlace place, const BodyOutline& body) const {
  const double clear_mm = parameters_.air_gap_mm + 1.0 + holder_half_height_mm;
  const double x = parameters_.shift_x_mm;
  switch (place) {
    case PhantomPlace::under:
      return {{x, skin_y_ + down_ * holder_mm_, body.heads_z}, {1, 0, 0}, {0, down_, 0}};
    case PhantomPlace::above: {
      const double skin = down_ > 0.0 ? body.front_y : body.back_y;
      return {{x, skin - down_ * clear_mm, body.heads_z}, {1, 0, 0}, {0, -down_, 0}};
    }
    case PhantomPlace::beside_right:
      return {{body.right_x - clear_mm, body.middle_y, body.heads_z}, {0, 1, 0}, {-1, 0, 0}};
    case PhantomPlace::beside_left:
      break;
  }
  return {{body.left_x + clear_mm, body.middle_y, body.heads_z}, {0, 1, 0}, {1, 0, 0}};
}

bool TableModel::near(Vec3 p) const {
  const double depth = depth_mm(p);
  if (depth > mat_top_mm_ - 2.0 && depth < table_top_mm_ + 2.0 * table_half_height_mm + 8.0) return true;
  return std::any_of(phantoms_.begin(), phantoms_.end(), [&](const PhantomModel& m) { return m.near(p); });
}

double TableModel::hu(Vec3 p, double width, double slope_gain, double& edge_mm) const {
  double value = -1000.0;
  edge_mm = 1e3;
  const double depth = depth_mm(p);
  const double mat_half = 0.5 * parameters_.mat_mm;
  const Vec3 in_mat{p.x, depth - (mat_top_mm_ + mat_half), 0.0};
  const double mat = rounded_box_distance(in_mat, {195.0, mat_half, 1e4}, 3.0);
  value = mix(value, -870.0, share(mat, width));                        // foam
  value = mix(value, -420.0, share(std::abs(mat + 0.6) - 0.6, width));  // cover
  edge_mm = std::min(edge_mm, std::abs(mat));
  for (const PhantomModel& phantom : phantoms_) {
    if (phantom.near(p)) value = phantom.hu(p, value, width, slope_gain, edge_mm);
  }
  const Vec3 in_table{p.x, depth - (table_top_mm_ + table_half_height_mm), 0.0};
  const double table = rounded_box_distance(in_table, {table_half_width_mm, table_half_height_mm, 1e4}, 20.0);
  value = mix(value, -940.0, share(table, width));                        // foam core
  value = mix(value, -250.0, share(std::abs(table + 1.0) - 1.0, width));  // carbon skin
  edge_mm = std::min(edge_mm, std::min(std::abs(table), std::abs(table + 2.0)));
  return value;
}

}  // namespace focalhip::simulator
