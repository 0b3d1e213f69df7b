#include "testdata/simulator/rods_scene.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"
#include "testdata/simulator/scene.h"

namespace focalhip::simulator {
namespace {

constexpr double behind_heads_mm = 20.0;  // centre of the trunk
constexpr double skin_mm = 1.8;
constexpr double femur_radius_mm = 17.0;
constexpr double femur_cortex_mm = 4.0;
constexpr double femur_cortical_mg_cm3 = 1050.0;  // HA
constexpr double femur_marrow_mg_cm3 = 60.0;

double share(double d, double width) { return std::clamp(0.5 - d / width, 0.0, 1.0); }

BodyOutline outline_of(const BodyParameters& body, Vec3 middle) {
  return {middle.y + behind_heads_mm - body.half_depth_mm,
          middle.y + behind_heads_mm + body.half_depth_mm,
          middle.x - body.half_width_mm,
          middle.x + body.half_width_mm,
          middle.y + behind_heads_mm,
          middle.z};
}

}  // namespace

RodsScene::RodsScene(const HipParameters& hip, const Protocol& protocol, double water_offset_hu)
    : beam_(scan_beam(hip, protocol)),
      calibration_(calibration_of(beam_)),
      body_(at_beam(hip.body, beam_)),
      middle_(0.5 * (hip.right.head_centre_patient_mm + hip.left.head_centre_patient_mm)),
      errors_(protocol, hip.body, middle_, water_offset_hu),
      half_heads_(0.5 * (hip.left.head_centre_patient_mm.x - hip.right.head_centre_patient_mm.x)),
      table_(hip.phantom, protocol.phantom, protocol.prone, beam_, outline_of(hip.body, middle_)),
      mottle_(hip.seed * 7 + 6, 5.0) {}

double RodsScene::skin_distance(Vec3 p) const {
  const double x = std::abs(p.x - middle_.x) / body_.half_width_mm;
  const double y = (p.y - middle_.y - behind_heads_mm) / body_.half_depth_mm;
  const double power = y > 0.0 ? 2.7 : 2.15;  // flat where the weight rests
  const double u = std::pow(x, power) + std::pow(std::abs(y), power);
  const double gauge = std::pow(std::max(u, 1e-9), 1.0 / power);
  return (gauge - 1.0) * mix(body_.half_depth_mm, body_.half_width_mm, smooth_step(0.3, 0.95, x));
}

double RodsScene::inner_hu(Vec3 p, double skin, double width, double slope_gain, double& edge_mm) const {
  const double mottle = mottle_.sample({p.x, p.y, 0.15 * p.z});
  double hu = body_.fat_hu + 5.0 * mottle;
  const double muscle = skin + body_.subcutaneous_mm;
  // Planes of fat between the muscles, straight and oblique.
  const double along = 0.8 * (p.x - middle_.x) + 0.6 * (p.y - middle_.y);
  const double plane = std::abs(along / 46.0 - std::round(along / 46.0)) * 46.0 - 1.5;
  hu = mix(hu, body_.muscle_hu + 2.0 * mottle, share(std::max(muscle, -plane), 2.0));
  if (skin > -4.0) hu = mix(hu, 25.0, share(-skin - skin_mm, width));
  const double lateral = std::abs(p.x - middle_.x) - half_heads_ - 12.0;
  const double bone = std::hypot(lateral, p.y - middle_.y) - femur_radius_mm;
  if (bone > 2.0) return hu;
  edge_mm = std::min(edge_mm, std::max(bone, 0.0));
  const double density =
      mix(femur_cortical_mg_cm3, femur_marrow_mg_cm3, share(bone + femur_cortex_mm, width));
  return mix(hu, errors_.bone_factor() * bone_hu(calibration_, density, slope_gain), share(bone, width));
}

RodsPoint RodsScene::point(Vec3 p, double width) const {
  RodsPoint result;
  const double slope_gain = errors_.slope_gain(p);
  double hu = -1000.0;
  if (table_.near(p)) hu = table_.hu(p, width, slope_gain, result.edge_mm);
  const double skin = skin_distance(p);
  result.edge_mm = std::min(result.edge_mm, std::abs(skin));
  const double inside = share(skin, width);
  if (inside > 0.0) {
    hu = mix(hu, inner_hu(p, skin, width, slope_gain, result.edge_mm), inside);
    hu += inside * errors_.cupping_hu(p);
  }
  result.hu = errors_.shown_hu(hu, p);
  return result;
}

}  // namespace focalhip::simulator
