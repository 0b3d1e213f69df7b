#include "testdata/simulator/body_model.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"
#include "testdata/simulator/muscle_atlas.h"

namespace focalhip::simulator {
namespace {

constexpr double grid_step_mm = 3.0;
constexpr double skin_mm = 1.8;
constexpr double fascia_mm = 1.6;
constexpr double body_behind_heads_mm = 20.0;  // centre of the outline behind the line of the heads

// Share of a layer at signed distance d.
double share(double d, double width) { return std::clamp(0.5 - d / width, 0.0, 1.0); }

}  // namespace

BodyModel::BodyModel(
    const HipParameters& hip, bool contrast, double lowest_z_mm, double highest_z_mm, int threads)
    : body_(hip.body),
      sex_(hip.sex),
      contrast_(contrast),
      middle_(0.5 * (hip.right.head_centre_patient_mm + hip.left.head_centre_patient_mm)),
      half_heads_(0.5 * (hip.left.head_centre_patient_mm.x - hip.right.head_centre_patient_mm.x)),
      size_(0.5 * (hip.right.head_radius_mm + hip.left.head_radius_mm) / 22.0),
      fields_(
          {middle_.x - hip.body.half_width_mm - 12.0, middle_.y - hip.body.half_depth_mm - 12.0, lowest_z_mm},
          {middle_.x + hip.body.half_width_mm + 12.0,
           middle_.y + hip.body.half_depth_mm + 24.0,
           highest_z_mm},
          grid_step_mm),
      streaks_(hip.seed * 7 + 5, 4.0),
      mottle_(hip.seed * 7 + 6, 5.0) {
  fill_grid(hip, threads);
}

double BodyModel::outline_distance(Vec3 p) const {
  const double x = p.x - middle_.x;
  const double y = p.y - middle_.y - body_behind_heads_mm;
  const double z = p.z - middle_.z;
  // Pelvis: widest at the trochanters, flat behind where the weight rests.
  const double width = body_.half_width_mm * (1.0 - 0.07 * smooth_step(10.0, 110.0, z));
  const double depth = body_.half_depth_mm * (y > 0.0 ? 1.0 : 1.0 - 0.05 * smooth_step(-10.0, -80.0, z));
  const double power = y > 0.0 ? 2.7 : 2.15;
  const double u = std::pow(std::abs(x) / width, power) + std::pow(std::abs(y) / depth, power);
  const double gauge = std::pow(std::max(u, 1e-9), 1.0 / power);
  double pelvis = (gauge - 1.0) * mix(depth, width, smooth_step(0.3, 0.95, std::abs(x) / width));
  // Gluteal cleft behind, below the sacrum.
  const double cleft_depth = 30.0 * smooth_step(45.0, -25.0, z);
  pelvis =
      smooth_max(pelvis, -(std::hypot(std::max(body_.half_depth_mm - cleft_depth - y, 0.0), x) - 2.5), 14.0);
  // Below the crotch two thighs.
  const double crotch = -82.0 * size_;
  pelvis = smooth_max(pelvis, crotch - z, 16.0);
  const double thigh_x = 0.5 * body_.half_width_mm + 2.0 + 0.04 * std::max(crotch - z, 0.0);
  const double semi = 0.5 * body_.half_width_mm - 3.0;
  double thighs = ellipse_distance(std::abs(x) - thigh_x, y + 4.0, semi, 0.90 * body_.half_depth_mm);
  thighs = smooth_max(thighs, z - (crotch + 60.0), 40.0);
  return smooth_min(pelvis, thighs, 10.0);
}

void BodyModel::fill_grid(const HipParameters& hip, int threads) {
  // Slow random bending, so that no outline is a perfect ellipse.
  const TextureField bend(hip.seed * 7 + 8, 36.0, 48, 8.0);
  const double scale = size_ * body_.muscle_size;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int k = 0; k < fields_.size(2); ++k) {
    for (int j = 0; j < fields_.size(1); ++j) {
      for (int i = 0; i < fields_.size(0); ++i) {
        const Vec3 node = fields_.node_mm(i, j, k);
        const double skin = outline_distance(node) + 1.5 * bend.sample(node + Vec3{190.0, 70.0, 0.0});
        MusclePoint muscle;
        if (skin < 0.0) {
          const Vec3 p =
              node + 2.2 * Vec3{bend.sample(node), bend.sample(node + Vec3{130.0, 130.0, 130.0}), 0.0};
          const bool right = p.x < middle_.x;
          const Vec3 head = right ? hip.right.head_centre_patient_mm : hip.left.head_centre_patient_mm;
          muscle = muscles_at({right ? head.x - p.x : p.x - head.x, head.y - p.y, p.z - head.z}, scale);
          const double belly = trunk_muscle_distance(p);
          if (belly < muscle.distance_mm) muscle = {belly, 0.5 * (muscle.distance_mm - belly)};
        }
        const double below_fat = skin + fat_layer_mm(node);
        fields_.at(i, j, k) = {static_cast<float>(skin),
                               static_cast<float>(std::max(muscle.distance_mm, below_fat)),
                               static_cast<float>(muscle.half_gap_mm)};
      }
    }
  }
}

BodyOutline BodyModel::outline() const {
  const double pelvis_front = body_behind_heads_mm - body_.half_depth_mm;
  const double thigh_front = -4.0 - 0.90 * body_.half_depth_mm;
  return {middle_.y + std::min(pelvis_front, thigh_front),
          middle_.y + body_behind_heads_mm + body_.half_depth_mm,
          middle_.x - body_.half_width_mm,
          middle_.x + body_.half_width_mm,
          middle_.y + body_behind_heads_mm,
          middle_.z};
}

double BodyModel::fat_layer_mm(Vec3 p) const {
  // Thick behind and at the sides, thin in front of the thighs.
  const double y = (p.y - middle_.y - body_behind_heads_mm) / body_.half_depth_mm;
  return body_.subcutaneous_mm * (0.75 + 0.25 * smooth_step(-0.8, 0.6, y));
}

double BodyModel::trunk_muscle_distance(Vec3 p) const {
  const double lateral = std::abs(p.x - middle_.x);
  const double z = p.z - middle_.z;
  // Rectus abdominis.
  const double front = middle_.y + body_behind_heads_mm - body_.half_depth_mm;
  const Vec3 q{
      lateral - 32.0, p.y - (front + body_.subcutaneous_mm + 8.0 + 0.0012 * lateral * lateral), z - 110.0};
  double d = ellipsoid_distance(q, {31.0, 6.0, 150.0});
  if (z < 60.0) return d;
  // Psoas beside the spine, erector spinae behind it, the flat muscles of the flank.
  const double y = p.y - middle_.y;
  d = std::min(d, ellipsoid_distance({lateral - 47.0, y - 36.0, z - 190.0}, {22.0, 22.0, 130.0}));
  d = std::min(d, ellipsoid_distance({lateral - 36.0, y - 94.0, z - 240.0}, {32.0, 22.0, 150.0}));
  const double wall = ellipse_distance(lateral,
                                       y - body_behind_heads_mm + 8.0,
                                       0.93 * body_.half_width_mm - body_.subcutaneous_mm * 0.8 - 10.0,
                                       body_.half_depth_mm - body_.subcutaneous_mm - 12.0);
  const double flank = std::max(std::abs(wall) - 7.0, std::max(60.0 - lateral, 105.0 - z));
  return std::min(d, flank);
}

double BodyModel::organ_hu(Vec3 p, double hu, double width) const {
  const Vec3 q = p - middle_;
  const double lateral = std::abs(q.x);
  // Femoral artery and vein in front of the heads.
  if (lateral > half_heads_ - 35.0 && lateral < half_heads_ + 12.0 && q.y < -30.0) {
    const double artery = std::hypot(lateral - (half_heads_ - 9.0), q.y + 51.0 + 0.10 * q.z) - 4.6;
    const double vein = std::hypot(lateral - (half_heads_ - 20.0), q.y + 46.0 + 0.08 * q.z) - 6.0;
    hu = mix(hu, contrast_ ? 190.0 : 42.0, share(artery, width));
    hu = mix(hu, contrast_ ? 140.0 : 40.0, share(vein, width));
  }
  if (lateral > 112.0 || std::abs(q.y) > 90.0) return hu;
  hu = bowel_hu(q, hu, width);
  if (lateral > 70.0 || q.z > 110.0) return hu;
  // Bladder with its wall, womb or prostate, rectum with wall, stool and gas.
  const double s = body_.bladder_size;
  const double bladder = ellipsoid_distance(q - Vec3{0.0, -22.0, 24.0}, {44.0 * s, 31.0 * s, 30.0 * s});
  hu = mix(hu, contrast_ ? 70.0 : 38.0, share(bladder - 3.0, width));
  hu = mix(hu, 5.0, share(bladder, width));
  const double womb = sex_ == Sex::female ? ellipsoid_distance(q - Vec3{4.0, 18.0, 30.0}, {25.0, 15.0, 32.0})
                                          : ellipsoid_distance(q - Vec3{0.0, 6.0, -16.0}, {23.0, 17.0, 18.0});
  hu = mix(hu, contrast_ ? 95.0 : 48.0, share(std::max(womb, -bladder + 3.5), width));
  const double perineum = ellipsoid_distance(q - Vec3{0.0, -22.0, -66.0}, {17.0, 30.0, 24.0});
  hu = mix(hu, 38.0, 0.8 * share(perineum, 3.0));
  const double bend = 6.0 * std::sin(q.z / 28.0);
  const double calibre = 15.0 + 3.0 * std::sin(q.z / 17.0 + 1.0);
  const double rectum =
      std::hypot(q.x - bend, (q.y - 50.0) * 1.15) - calibre * smooth_step(-62.0, -30.0, q.z);
  if (q.z > -62.0) {
    hu = mix(hu, 42.0, share(rectum, width));
    hu = mix(hu, 22.0, share(rectum + 3.5, width));
    const double gas =
        std::hypot(q.x - bend, (q.y - 47.0) * 1.3) - body_.gas * (4.0 + 5.0 * std::sin(q.z / 19.0));
    hu = mix(hu, -950.0, share(std::max(gas, rectum + 4.0), width));
  }
  return hu;
}

double BodyModel::bowel_hu(Vec3 q, double hu, double width) const {
  if (q.z < 40.0) return hu;
  // Pairs of loops above the bladder, wandering from side to side; wider higher up.
  const double storey = std::max(0.0, std::floor((q.z - 46.0) / 52.0));
  for (const double phase : {0.0 + storey, 2.4 + storey}) {
    const bool back = phase - storey > 1.0;
    const double y = -34.0 + 18.0 * std::sin(q.x / 21.0 + phase) + (back ? 20.0 : 0.0);
    const double z = 78.0 + 52.0 * storey + 11.0 * std::cos(q.x / 26.0 + 2.0 * phase) - (back ? 10.0 : 0.0);
    const double tube = std::hypot(q.y - y, q.z - z) - (12.0 + 2.0 * std::sin(q.x / 9.0 + phase));
    const double loop = smooth_max(tube, std::abs(q.x) - std::min(58.0 + 18.0 * storey, 100.0), 10.0);
    hu = mix(hu, contrast_ ? 85.0 : 42.0, share(loop, width));
    hu = mix(hu, 18.0, share(loop + 3.0, width));
    const double air = std::max(loop + 4.0, q.y - (y - 5.0));  // gas rises to the front
    if (body_.gas > 0.8) hu = mix(hu, -920.0, share(air, width));
  }
  return hu;
}

BodyPoint BodyModel::point(Vec3 p, double width) const {
  const auto [skin, muscle, gap] = fields_.sample(p);
  BodyPoint result{skin, -1000.0};
  if (skin > 1.0F) return result;
  double hu = body_.fat_hu + 5.0 * mottle_.sample(p);
  if (muscle < 1.5F) {
    // Marbling runs along the fibres, here cranio-caudal.
    const double threshold = 2.15 - 9.0 * body_.muscle_fat_fraction;
    const double marble =
        body_.muscle_fat_fraction > 0.0
            ? smooth_step(threshold, threshold + 0.8, streaks_.sample({p.x, p.y, 0.22 * p.z}))
            : 0.0;
    const double flesh = mix(body_.muscle_hu, body_.fat_hu, 0.85 * marble) + 2.0 * mottle_.sample(p);
    const double plane = share(static_cast<double>(gap) - 0.5 * fascia_mm, 1.2);
    hu = mix(hu, mix(flesh, body_.fat_hu, 0.8 * plane), share(muscle, width));
  }
  hu = organ_hu(p, hu, width);
  if (skin > -4.0F) hu = mix(hu, 25.0, share(-static_cast<double>(skin) - skin_mm, width));
  result.hu = hu;
  return result;
}

}  // namespace focalhip::simulator
