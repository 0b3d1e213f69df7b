#include "analysis/surface/femur_surface.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <stdexcept>
#include <string>

#include <Eigen/Geometry>

#include "analysis/support/format_number.h"
#include "analysis/support/reason_codes.h"
#include "analysis/surface/extract_isosurface.h"
#include "analysis/surface/remesh.h"
#include "analysis/surface/vertex_neighbours.h"

namespace focalhip {

namespace {

constexpr double scan_end_margin_mm = 4.5;  // the cut stays this far above the last slice: the shaft leans
constexpr double below_surface_mm = 1.0;    // where a vertex' region is read
constexpr double head_shell_mm = 2.0;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

double chosen_cut_mm(const FemurFrame& frame, double wanted_mm) {
  return std::min(wanted_mm, frame.shaft_below_lesser_trochanter_mm - scan_end_margin_mm);
}

CutPlane cut_plane(const FemurFrame& frame, double below_mm) {
  const double height = frame.lesser_trochanter_distal_mm - below_mm;
  return {.point_mm = frame.origin_patient_mm + height * frame.shaft_axis_patient,
          .normal = frame.shaft_axis_patient};
}

void add_normals(FemurSurface& surface, const VertexNeighbours& neighbours) {
  const TriangleMesh& mesh = surface.mesh;
  std::vector<Eigen::Vector3d> sum(mesh.vertices_mm.size(), Eigen::Vector3d::Zero());
  surface.area_mm2.assign(mesh.vertices_mm.size(), 0.0);
  std::vector<int> triangles(mesh.vertices_mm.size(), 0);
  for (const auto& t : mesh.triangles) {
    const Eigen::Vector3d& a = mesh.vertices_mm[index(t[0])];
    const Eigen::Vector3d twice_area =
        (mesh.vertices_mm[index(t[1])] - a).cross(mesh.vertices_mm[index(t[2])] - a);
    for (const int v : t) {
      sum[index(v)] += twice_area;
      surface.area_mm2[index(v)] += twice_area.norm() / 6.0;
      ++triangles[index(v)];
    }
  }
  surface.outward.resize(sum.size());
  surface.on_rim.resize(sum.size());
  for (std::size_t v = 0; v < sum.size(); ++v) {
    Eigen::Vector3d smooth = sum[v];
    for (const int n : neighbours[v]) smooth += sum[index(n)];
    surface.outward[v] = smooth.normalized();
    surface.on_rim[v] = static_cast<int>(neighbours[v].size()) > triangles[v] ? 1 : 0;
  }
}

// Curvature along each edge from how far the normal turns; its mean over the edges.
void add_curvature(FemurSurface& surface, const VertexNeighbours& neighbours) {
  for (std::size_t v = 0; v < neighbours.size(); ++v) {
    double sum = 0.0;
    for (const int n : neighbours[v]) {
      const Eigen::Vector3d along = surface.mesh.vertices_mm[index(n)] - surface.mesh.vertices_mm[v];
      sum += (surface.outward[index(n)] - surface.outward[v]).dot(along) / along.squaredNorm();
    }
    surface.mean_curvature_per_mm.push_back(
        neighbours[v].empty() ? 0.0 : sum / static_cast<double>(neighbours[v].size()));
  }
}

SurfaceRegion region_at(const LabelVolume& voi, const FemurFrame& frame, const Eigen::Vector3d& p) {
  if (!voi.label.empty()) {
    const Eigen::Vector3d voxel = voi.grid.voxel_from_patient(p);
    const int i = static_cast<int>(std::lround(voxel.x()));
    const int j = static_cast<int>(std::lround(voxel.y()));
    const int k = static_cast<int>(std::lround(voxel.z()));
    if (voi.grid.contains(i, j, k)) {
      const std::uint8_t label = voi.label[voi.grid.index(i, j, k)];
      if (label >= 1 && label <= 3) return static_cast<SurfaceRegion>(label);
    }
  }
  const bool in_head = (p - frame.head_centre_patient_mm).norm() < frame.head_radius_mm + head_shell_mm;
  return in_head ? SurfaceRegion::head : SurfaceRegion::none;
}

void refuse_if_no_disk(const TriangleMesh& mesh) {
  const int euler = euler_number(mesh);
  if (euler == 1) return;
  throw Refusal(
      RefusalCode::segmentation,
      "the femur's surface is no single disk (Euler number " + std::to_string(euler) + ", 1 needed)");
}

}  // namespace

int euler_number(const TriangleMesh& mesh) {
  std::set<std::pair<int, int>> edges;
  std::set<int> used;
  for (const auto& t : mesh.triangles) {
    for (std::size_t k = 0; k < 3; ++k) {
      used.insert(t[k]);
      edges.insert(std::minmax(t[k], t[(k + 1) % 3]));
    }
  }
  return static_cast<int>(used.size()) - static_cast<int>(edges.size()) +
         static_cast<int>(mesh.triangles.size());
}

double area_mm2(const TriangleMesh& mesh) {
  double sum = 0.0;
  for (const auto& t : mesh.triangles) {
    const Eigen::Vector3d& a = mesh.vertices_mm[index(t[0])];
    sum += 0.5 * (mesh.vertices_mm[index(t[1])] - a).cross(mesh.vertices_mm[index(t[2])] - a).norm();
  }
  return sum;
}

FemurSurface make_femur_surface(const FemurMask& femur,
                                const FemurFrame& frame,
                                const LabelVolume& voi,
                                const FemurSurfaceOptions& options) {
  const LevelSet level_set{.grid = femur.mask.grid, .distance_mm = femur.surface_distance_mm};
  FemurSurface surface;
  surface.cut_below_lesser_trochanter_mm = chosen_cut_mm(frame, options.cut_below_lesser_trochanter_mm);
  const CutPlane plane = cut_plane(frame, surface.cut_below_lesser_trochanter_mm);
  const TriangleMesh raw = largest_part(above_plane(extract_isosurface(level_set), plane));
  if (raw.triangles.empty())
    throw Refusal(RefusalCode::segmentation, "the femur has no surface above the cut");
  refuse_if_no_disk(raw);
  const double edge_mm = std::sqrt(2.0 * area_mm2(raw) / (std::numbers::sqrt3 * options.vertices));
  try {
    surface.mesh = remesh(raw, level_set, plane, {.edge_mm = edge_mm});
  } catch (const std::invalid_argument& error) {
    throw Refusal(RefusalCode::segmentation,
                  std::string("the femur's surface cannot be meshed: ") + error.what());
  }
  const VertexNeighbours neighbours = vertex_neighbours(surface.mesh);
  add_normals(surface, neighbours);
  add_curvature(surface, neighbours);
  for (std::size_t v = 0; v < surface.mesh.vertices_mm.size(); ++v) {
    const Eigen::Vector3d& p = surface.mesh.vertices_mm[v];
    surface.to_rim_mm.push_back(plane.height_mm(p));
    surface.region.push_back(region_at(voi, frame, p - below_surface_mm * surface.outward[v]));
  }
  return surface;
}

}  // namespace focalhip
