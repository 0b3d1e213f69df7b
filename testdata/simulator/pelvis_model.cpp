#include "testdata/simulator/pelvis_model.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

constexpr double grid_step_mm = 1.5;

}  // namespace

PelvisModel::PelvisModel(const PelvisParameters& parameters,
                         const FemurModel& femur,
                         Vec3 middle_patient_mm,
                         double highest_z_mm,
                         int threads)
    : parameters_(parameters),
      head_patient_mm_(femur.shape().parameters().head_centre_patient_mm),
      lateral_sign_(femur.side() == Side::right ? -1.0 : 1.0),
      head_radius_mm_(femur.shape().parameters().head_radius_mm),
      texture_(femur.shape().parameters().texture_seed + 1, 2.5) {
  middle_hip_mm_ = hip_from_patient(middle_patient_mm);
  // In the coronal plane the lateral edge stands at the centre-edge angle, the floor 90 deg from it; the
  // socket opens forward, so its floor lies behind.
  const double angle = parameters_.centre_edge_rad;
  cup_axis_ = normalised({-std::cos(angle), -0.30, std::sin(angle)});
  distance_ = FieldGrid<1>({middle_hip_mm_.x - 4.0, -125.0, -100.0},
                           {62.0, 62.0, std::clamp(highest_z_mm - head_patient_mm_.z, 20.0, 600.0)},
                           grid_step_mm);
  fill_grid(threads, femur);
}

Vec3 PelvisModel::hip_from_patient(Vec3 p) const {
  const Vec3 d = p - head_patient_mm_;
  return {lateral_sign_ * d.x, -d.y, d.z};
}

double PelvisModel::joint_space_mm(Vec3 direction) const {
  const double fossa = smooth_step(0.80, 0.93, dot(direction, normalised(cup_axis_ + Vec3{0.0, 0.0, -0.55})));
  const double medial = std::max(0.0, -direction.x);
  double apex = parameters_.joint_space_mm;
  if (parameters_.superior_joint_space_mm > 0.0) {
    // Worn above the head, somewhat laterally.
    const Vec3 worn = normalised({0.25, 0.1, 1.0});
    apex = mix(apex, parameters_.superior_joint_space_mm, smooth_step(0.45, 0.80, dot(direction, worn)));
  }
  return apex * (1.0 + 0.25 * medial) + 3.5 * fossa;
}

double PelvisModel::narrow_joint_space_mm() const {
  std::vector<double> widths;
  for (int i = 0; i < 90; ++i) {
    for (int j = 0; j < 45; ++j) {
      const double azimuth = 4.0 * i * degree;
      const double polar = (j + 0.5) * degree;  // weight-bearing: within 45 deg of vertical
      const Vec3 d{std::sin(polar) * std::cos(azimuth), std::sin(polar) * std::sin(azimuth), std::cos(polar)};
      if (dot(d, cup_axis_) < 0.0) continue;
      widths.insert(widths.end(), static_cast<std::size_t>(1 + 40.0 * std::sin(polar)), joint_space_mm(d));
    }
  }
  std::sort(widths.begin(), widths.end());
  return widths[widths.size() / 20];
}

double PelvisModel::cup_opening(Vec3 p) const {
  // A notch at the bottom leaves the socket open below.
  const double notch = 14.0 * gaussian(p.y - 3.0, 9.0) * smooth_step(0.0, -18.0, p.z);
  return -dot(p, cup_axis_) + notch;
}

double PelvisModel::cup_distance(Vec3 p) const {
  const double s = parameters_.size;
  const double outer = head_radius_mm_ + parameters_.joint_space_mm + 5.5 * s;
  const double cup = smooth_max(length(p) - outer, cup_opening(p), 4.0);
  if (parameters_.rim_osteophyte_mm <= 0.0) return cup;
  // A lip that goes on from the rim around the head, thickest above.
  const double along = dot(p, cup_axis_);
  const double radial = length(p - along * cup_axis_);
  const double upper = 0.6 + 0.4 * std::clamp(p.z / outer, -1.0, 1.0);
  const double lip =
      std::hypot(radial - (outer - 2.0), along + 1.5) - 1.2 - parameters_.rim_osteophyte_mm * upper;
  return smooth_min(cup, lip, 3.0);
}

double PelvisModel::bone_distance(Vec3 p) const {
  const double s = parameters_.size;
  const double r = head_radius_mm_ + parameters_.joint_space_mm;
  double d = cup_distance(p);
  // Ilium: body above the roof, then a wing that rises backwards and outwards; thin plate with a thick rim.
  const Vec3 roof{-8.0 * s, -6.0 * s, r + 2.0};
  const Vec3 wing{-4.0 * s, -22.0 * s, 80.0 * s};
  d = smooth_min(d, cone_distance(p, roof, {-9.0 * s, -12.0 * s, r + 22.0}, 15.0 * s, 10.0 * s), 10.0);
  const Vec3 w = p - wing;
  const double tilt = 0.16;
  const Vec3 plate{w.x - tilt * w.z - 0.30 * w.y, w.y + 0.25 * w.z, w.z};
  d = smooth_min(d, rounded_box_distance(plate, {5.0 * s, 34.0 * s, 50.0 * s}, 4.5 * s), 10.0);
  // Posterior ilium to the sacroiliac joint.
  d = smooth_min(
      d,
      cone_distance(p, {-14.0 * s, -38.0 * s, 52.0 * s}, {-48.0 * s, -72.0 * s, 74.0 * s}, 9.0 * s, 13.0 * s),
      9.0);
  // Pubis: upper ramus, body, lower ramus.
  const double symphysis = middle_hip_mm_.x + 4.0;
  const Vec3 eminence{-21.0 * s, 20.0 * s, 4.0 * s};
  const Vec3 pubis{symphysis + 8.0, 34.0 * s, -28.0 * s};
  d = smooth_min(d, cone_distance(p, eminence, pubis, 9.5 * s, 7.5 * s), 7.0);
  const Vec3 body = p - Vec3{symphysis + 7.5, 31.0 * s, -36.0 * s};
  d = smooth_min(d, ellipsoid_distance(body, {7.5, 9.0 * s, 19.0 * s}), 5.0);
  const Vec3 ramus_middle{-57.0 * s, 14.0 * s, -58.0 * s};
  d = smooth_min(
      d, cone_distance(p, {symphysis + 9.0, 29.0 * s, -48.0 * s}, ramus_middle, 6.0 * s, 5.0 * s), 5.0);
  // Ischium: from the back of the socket to the tuberosity, then forward to the lower ramus; spine.
  const Vec3 tuberosity{-27.0 * s, -31.0 * s, -56.0 * s};
  d = smooth_min(d, cone_distance(p, {-20.0 * s, -25.0 * s, -4.0 * s}, tuberosity, 12.5 * s, 12.5 * s), 8.0);
  d = smooth_min(
      d, cone_distance(p, tuberosity + Vec3{-6.0, 4.0, -6.0}, ramus_middle, 8.5 * s, 5.0 * s), 6.0);
  d = smooth_min(
      d,
      cone_distance(p, {-26.0 * s, -33.0 * s, 8.0 * s}, {-42.0 * s, -50.0 * s, 2.0 * s}, 5.5 * s, 3.0),
      5.0);
  // Sacrum and coccyx: half of them, across the midline.
  const Vec3 q = p - middle_hip_mm_;
  return std::min(d, spine_distance(q));
}

double PelvisModel::spine_distance(Vec3 q) const {
  const double s = parameters_.size;
  const double sacrum =
      ellipsoid_distance({q.x, q.y + 86.0 - 0.18 * (q.z - 85.0), q.z - 92.0}, {48.0 * s, 17.0 * s, 54.0 * s});
  const double coccyx = cone_distance(q, {0.0, -93.0, 52.0}, {0.0, -76.0, 2.0}, 11.0, 5.0);
  double d = smooth_min(sacrum, coccyx, 10.0);
  if (q.z < 120.0) return d;
  // Lumbar vertebrae of 27 mm with discs of 9 mm, each with an arch and transverse processes.
  const double level = std::floor((q.z - 134.0) / 36.0);
  if (level < 0.0) return d;
  const Vec3 v = q - Vec3{0.0, -52.0 + 3.0 * std::min(level, 4.0), 134.0 + 36.0 * level + 13.5};
  const double body = smooth_max(ellipse_distance(v.x, v.y, 24.0 * s, 17.0 * s), std::abs(v.z) - 13.5, 5.0);
  const double canal = ellipse_distance(v.x, v.y + 25.0 * s, 11.0, 8.0);
  const double arch =
      std::max(smooth_max(std::abs(canal + 3.0) - 3.5, std::abs(v.z) - 10.0, 4.0), -canal - 0.5);
  const double spinous = cone_distance(v, {0.0, -34.0 * s, -2.0}, {0.0, -56.0 * s, -8.0}, 4.0, 4.5);
  const double transverse =
      cone_distance({std::abs(v.x), v.y, v.z}, {10.0, -20.0 * s, 2.0}, {38.0 * s, -24.0 * s, 4.0}, 5.0, 3.5);
  d = std::min(d, std::max(std::min({body, smooth_min(arch, spinous, 4.0), transverse}), -canal));
  return d;
}

void PelvisModel::fill_grid(int threads, const FemurModel& femur) {
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int k = 0; k < distance_.size(2); ++k) {
    for (int j = 0; j < distance_.size(1); ++j) {
      for (int i = 0; i < distance_.size(0); ++i) {
        const Vec3 p = distance_.node_mm(i, j, k);
        double d = bone_distance(p);
        // Clear of the femur outside the joint.
        const Vec3 patient = head_patient_mm_ + Vec3{lateral_sign_ * p.x, -p.y, p.z};
        if (d < 8.0 && femur.near(patient)) {
          const Vec3 direction = (1.0 / std::max(length(p), 1.0)) * p;
          const double clearance =
              mix(joint_space_mm(direction) - 0.5, 7.0, smooth_step(-2.0, 9.0, cup_opening(p)));
          d = smooth_max(d, clearance - femur.distance_mm(patient), 3.0);
        }
        distance_.at(i, j, k)[0] = static_cast<float>(d);
      }
    }
  }
}

PelvisPoint PelvisModel::point(Vec3 p_patient_mm, double edge_width_mm) const {
  const Vec3 p = hip_from_patient(p_patient_mm);
  if (!distance_.contains(p)) return {};
  PelvisPoint result;
  result.distance_mm = distance_.sample(p)[0];
  const double from_head = length(p);
  double joint_depth = 1e3;  // into the socket's bone from the joint
  if (from_head > 1.0 && from_head < head_radius_mm_ + 22.0) {
    const double surface = head_radius_mm_ + joint_space_mm((1.0 / from_head) * p);
    joint_depth = from_head - surface;
    result.distance_mm = std::max(result.distance_mm, -joint_depth);
    const double rim = std::clamp(0.5 - (cup_opening(p) - 2.0) / 3.0, 0.0, 1.0);
    result.joint_share = rim * std::clamp(0.5 - joint_depth / edge_width_mm, 0.0, 1.0);
  }
  if (result.distance_mm > 1.0) return result;
  const double articular = smooth_step(6.0, 1.0, joint_depth) * smooth_step(3.0, -3.0, cup_opening(p));
  const double cortex = mix(parameters_.cortex_mm, parameters_.subchondral_mm, articular);
  const double share = std::clamp(0.5 + (result.distance_mm + cortex) / edge_width_mm, 0.0, 1.0);
  const double dense_below = (120.0 + parameters_.sclerosis_mg_cm3) * gaussian(joint_depth, 7.0);  // sourcil
  double spongy = parameters_.trabecular_mg_cm3 + dense_below + 45.0 * texture_.sample(p);
  for (const Cyst& cyst : parameters_.cysts) {
    const double inside = std::clamp(0.5 - 2.0 * (length(p - cyst.centre_mm) - cyst.radius_mm), 0.0, 1.0);
    spongy = mix(spongy, 10.0, inside);
  }
  result.density_mg_cm3 = mix(spongy, parameters_.cortical_density_mg_cm3, share);
  return result;
}

}  // namespace focalhip::simulator
