#include "tests/proof/femur/compare_femur.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "testdata/simulator/femur_landmarks.h"
#include "testdata/simulator/mesh_bone.h"
#include "tests/support/agreement.h"
#include "tests/support/exact_intervals.h"
#include "tests/support/simulated_volume.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

constexpr double end_below_lesser_mm = 10.0;  // where TH ends
constexpr double cap_from_neck_deg = 100.0;   // the articular part, as the simulator's head sphere takes it
constexpr double cap_reach = 1.15;            // of the head's radius

Eigen::Vector3d vector(const sim::Vec3& v) { return {v.x, v.y, v.z}; }

double degrees_between(const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
  return std::acos(std::clamp(a.normalized().dot(b.normalized()), -1.0, 1.0)) * 180.0 / std::numbers::pi;
}

double percent_off(double measured, double truth) { return 100.0 * (measured / truth - 1.0); }

const sim::SideTruth& truth_of(const sim::ScanTruth& truth, Side side) {
  return side == Side::right ? truth.right : truth.left;
}

// What belongs to the proximal femur, and to its articular part.
struct Part {
  explicit Part(const sim::SideTruth& truth)
      : end(vector(truth.lesser_distal) - end_below_lesser_mm * vector(truth.shaft_axis_direction)),
        up(vector(truth.shaft_axis_direction)),
        head(vector(truth.head_centre)),
        neck(vector(truth.neck_axis_direction)),
        radius_mm(truth.head_radius_mm) {}
  [[nodiscard]] bool proximal(const Eigen::Vector3d& p) const { return up.dot(p - end) > 0.0; }
  [[nodiscard]] bool cap(const Eigen::Vector3d& p) const {
    return (p - head).norm() < cap_reach * radius_mm && degrees_between(p - head, neck) < cap_from_neck_deg;
  }
  Eigen::Vector3d end;
  Eigen::Vector3d up;
  Eigen::Vector3d head;
  Eigen::Vector3d neck;
  double radius_mm;
};

void compare_landmarks(const FemurFrame& frame, const sim::SideTruth& truth, Values& values) {
  values["head_mm"] = (frame.head_centre_patient_mm - vector(truth.head_centre)).norm();
  values["radius_mm"] = frame.head_radius_mm - truth.head_radius_mm;
  values["neck_deg"] = degrees_between(frame.neck_axis_patient, vector(truth.neck_axis_direction));
  values["shaft_deg"] = degrees_between(frame.shaft_axis_patient, vector(truth.shaft_axis_direction));
  const Eigen::Vector3d lesser =
      frame.origin_patient_mm + frame.lesser_trochanter_distal_mm * frame.shaft_axis_patient;
  values["lt_mm"] = vector(truth.shaft_axis_direction).dot(vector(truth.lesser_distal) - lesser);
  values["nsa_deg"] = frame.neck_shaft_angle_rad * 180.0 / std::numbers::pi - truth.neck_shaft_angle_deg;
  if (frame.joint_space_p05_mm) {
    values["joint_mm"] = *frame.joint_space_p05_mm;
    values["joint_error_mm"] = *frame.joint_space_p05_mm - truth.joint_space_p05_mm;
  }
}

// Masks above the end of the part.
void compare_masks(const FemurMask& mask, const sim::SimulatedScan& scan, const Part& part, Values& values) {
  const std::uint8_t label = mask.side == Side::right ? 1 : 2;
  const VoxelGrid scanned = test::voxel_grid(scan.grid);
  const VoxelGrid& grid = mask.mask.grid;
  double both = 0.0;
  double found = 0.0;
  double volume_mm3 = 0.0;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        const Eigen::Vector3d p = grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        if (!part.proximal(p)) continue;
        const std::size_t at = grid.index(i, j, k);
        const double inside = 0.5 - static_cast<double>(mask.surface_distance_mm[at]) / grid.spacing_mm.x();
        volume_mm3 += std::clamp(inside, 0.0, 1.0) * grid.voxel_volume_mm3();
        if (mask.mask.label[at] == 0) continue;
        found += 1.0;
        const Eigen::Vector3d voxel = scanned.voxel_from_patient(p);
        const std::size_t there = scanned.index(static_cast<int>(std::lround(voxel.x())),
                                                static_cast<int>(std::lround(voxel.y())),
                                                static_cast<int>(std::lround(voxel.z())));
        both += scan.mask[there] == label ? 1.0 : 0.0;
      }
    }
  }
  double truth = 0.0;
  for (int k = 0; k < scanned.size[2]; ++k) {
    for (int j = 0; j < scanned.size[1]; ++j) {
      for (int i = 0; i < scanned.size[0]; ++i) {
        if (scan.mask[scanned.index(i, j, k)] != label) continue;
        truth += part.proximal(scanned.patient_from_voxel(Eigen::Vector3d(i, j, k))) ? 1.0 : 0.0;
      }
    }
  }
  values["dice"] = 2.0 * both / (found + truth);
  values["volume_percent"] =
      percent_off(0.001 * volume_mm3, truth_of(scan.truth, mask.side).femur_volume_cm3);
}

test::Triangles triangles_of(const sim::SurfaceMesh& mesh) {
  test::Triangles surface;
  for (const sim::Vec3& v : mesh.vertices_patient_mm) surface.vertices_mm.push_back(vector(v));
  surface.corners = mesh.triangles;
  return surface;
}

// Distances of the accepted vertices of `from` to `to`.
struct Distances {
  std::vector<double> all;
  std::vector<double> cap;
  std::vector<double> rest;
};
void collect(const test::Triangles& from, const test::SurfaceSearch& to, const Part& part, Distances& out) {
  for (const Eigen::Vector3d& p : from.vertices_mm) {
    if (!part.proximal(p)) continue;
    const double d = to.distance_mm(p);
    out.all.push_back(d);
    (part.cap(p) ? out.cap : out.rest).push_back(d);
  }
}

void compare_surfaces(const FemurMask& mask, const sim::SurfaceMesh& mesh, const Part& part, Values& values) {
  const test::Triangles truth = triangles_of(mesh);
  const test::Triangles found = result_surface(mask);
  Distances out;
  Distances back;
  collect(truth, test::SurfaceSearch(found), part, out);
  collect(found, test::SurfaceSearch(truth), part, back);
  if (out.cap.empty() || out.rest.empty() || back.cap.empty() || back.rest.empty()) return;
  values["asd_mm"] = 0.5 * (test::mean(out.all) + test::mean(back.all));
  values["cap_mm"] = 0.5 * (test::mean(out.cap) + test::mean(back.cap));
  values["noncap_mm"] = 0.5 * (test::mean(out.rest) + test::mean(back.rest));
  values["p95_mm"] = std::max(test::quantile(out.all, 0.95), test::quantile(back.all, 0.95));
  values["worst_mm"] = std::max(test::quantile(out.all, 1.0), test::quantile(back.all, 1.0));
}

void compare_regions(const FemurMeasurement& measured, const sim::SideTruth& truth, Values& values) {
  const std::array<const sim::VoiTruth*, 4> voi{&truth.fn, &truth.tr, &truth.it, &truth.th};
  for (const VoiName which : all_vois) {
    const VoiMeasurement& is = measured[which];
    const sim::VoiTruth& should = *voi[static_cast<std::size_t>(which)];
    const auto put = [&](const char* quantity, const std::optional<double>& value, double true_value) {
      if (!value) return;
      const std::string full = std::string(name(which)) + '.' + quantity;
      values[full] = *value;
      if (true_value != 0.0) values[full + "_percent"] = percent_off(*value, true_value);
    };
    put("vbmd", is.vbmd_mg_cm3, should.vbmd_mg_cm3);
    put("abmd", is.abmd_mg_cm2, 1000.0 * should.abmd_g_cm2);
    put("area", is.area_mm2, 100.0 * should.area_cm2);
    put("volume", is.volume_mm3, 1000.0 * should.volume_cm3);
    put("bmc", is.bmc_mg, 1000.0 * should.bmc_g);
    put("trab", is.trabecular_vbmd_mg_cm3, should.trabecular_vbmd_mg_cm3);
    put("cort", is.cortical_vbmd_mg_cm3, 0.0);
  }
}

}  // namespace

test::Triangles result_surface(const FemurMask& mask) {
  return test::zero_level(mask.mask.grid, mask.surface_distance_mm);
}

SurfaceGap gap_between(const test::Triangles& one,
                       const test::Triangles& other,
                       const std::function<bool(const Eigen::Vector3d&)>& accepted) {
  const auto distances = [&](const test::Triangles& from, const test::Triangles& to) {
    const test::SurfaceSearch search(to);
    std::vector<double> found;
    for (const Eigen::Vector3d& p : from.vertices_mm) {
      if (accepted(p)) found.push_back(search.distance_mm(p));
    }
    return found;
  };
  const std::vector<double> out = distances(one, other);
  const std::vector<double> back = distances(other, one);
  return {.mean_mm = 0.5 * (test::mean(out) + test::mean(back)),
          .p95_mm = std::max(test::quantile(out, 0.95), test::quantile(back, 0.95))};
}

bool is_wrong_side(const Eigen::Vector3d& head_patient_mm, Side side, const sim::ScanTruth& truth) {
  const Side other = side == Side::right ? Side::left : Side::right;
  return (head_patient_mm - vector(truth_of(truth, other).head_centre)).norm() <
         (head_patient_mm - vector(truth_of(truth, side).head_centre)).norm();
}

void compare_with_fitted_shape(const FemurFrame& frame,
                               Side side,
                               const sim::HipParameters& hip,
                               const sim::Protocol& protocol,
                               Values& values) {
  sim::FemurParameters bone = side == Side::right ? hip.right : hip.left;
  if (!bone.surface) return;
  bone.head_centre_patient_mm.z += protocol.table_z_mm;
  const sim::FemurShape shape(bone);
  const sim::FemurPose pose(shape, side == Side::right ? sim::Side::right : sim::Side::left);
  const sim::FemurLandmarks marks = sim::closed_form_landmarks(shape);
  const sim::Vec3 stretch = bone.surface->stretch();
  const auto direction = [&](sim::Vec3 d) {
    return vector(pose.patient_direction_from_femur({stretch.x * d.x, stretch.y * d.y, stretch.z * d.z}));
  };
  values["fitted_neck_deg"] = degrees_between(frame.neck_axis_patient, direction(marks.neck.direction));
  values["fitted_shaft_deg"] = degrees_between(frame.shaft_axis_patient, direction(marks.shaft.direction));
  // Along the shaft from the head's centre, where the stretch is about.
  const sim::Vec3 head = shape.head_centre_mm();
  const double below_head_mm = stretch.z * (head.z - marks.lesser.distal_z_mm);
  const Eigen::Vector3d lesser =
      frame.origin_patient_mm + frame.lesser_trochanter_distal_mm * frame.shaft_axis_patient;
  const Eigen::Vector3d up = direction({0.0, 0.0, 1.0}).normalized();
  values["fitted_lt_mm"] = up.dot(vector(pose.patient_from_femur(head)) - lesser) - below_head_mm;
}

Values compare_femur(const FemurMeasurement& measured,
                     const sim::SimulatedScan& scan,
                     const sim::SurfaceMesh* true_surface) {
  const sim::SideTruth& truth = truth_of(scan.truth, measured.side);
  const Part part(truth);
  Values values;
  compare_landmarks(measured.frame, truth, values);
  compare_masks(measured.mask, scan, part, values);
  if (true_surface != nullptr) compare_surfaces(measured.mask, *true_surface, part, values);
  compare_regions(measured, truth, values);
  values["wrong_side"] =
      is_wrong_side(measured.frame.head_centre_patient_mm, measured.side, scan.truth) ? 1 : 0;
  values["grade"] = static_cast<double>(measured.grade);
  return values;
}

}  // namespace focalhip::proof
