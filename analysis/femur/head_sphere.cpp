#include "analysis/femur/head_sphere.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Cholesky>

#include "analysis/volume/interpolate.h"

namespace focalhip {

namespace {

constexpr double profile_step_mm = 0.5;
constexpr double inlier_mm = 1.5;

double shortest_ray_mm(const HeadSphereOptions& options) { return options.smallest_radius_mm - 4.0; }
double longest_ray_mm(const HeadSphereOptions& options) { return options.largest_radius_mm + 4.0; }

struct Edge {
  double radius_mm = 0.0;
  double strength_hu_per_mm = 0.0;
};

// All bright-to-dark edges along one direction from the current centre.
struct Ray {
  Eigen::Vector3d direction;
  std::vector<Edge> edges;
};

// Directions spread evenly over the sphere along a golden spiral.
std::vector<Eigen::Vector3d> even_directions(int count) {
  std::vector<Eigen::Vector3d> directions;
  const double golden_angle = std::numbers::pi * (3.0 - std::sqrt(5.0));
  for (int i = 0; i < count; ++i) {
    const double z = 1.0 - (2.0 * i + 1.0) / count;
    const double r = std::sqrt(1.0 - z * z);
    directions.emplace_back(r * std::cos(golden_angle * i), r * std::sin(golden_angle * i), z);
  }
  return directions;
}

std::vector<Edge> edges_along(const HuRegion& region,
                              const Eigen::Vector3d& centre_mm,
                              const Eigen::Vector3d& direction,
                              const HeadSphereOptions& options) {
  const double from_mm = shortest_ray_mm(options);
  const double to_mm = longest_ray_mm(options);
  const Eigen::Vector3d centre_voxel = region.grid.voxel_from_patient(centre_mm);
  const Eigen::Vector3d voxels_per_mm = region.grid.voxel_from_patient(centre_mm + direction) - centre_voxel;
  std::vector<double> slope;  // outward fall in HU/mm between consecutive samples
  std::optional<float> previous;
  for (double r = from_mm; r <= to_mm; r += profile_step_mm) {
    const std::optional<float> value =
        interpolate_voxel(region.grid, region.hu, centre_voxel + r * voxels_per_mm);
    slope.push_back(previous && value ? (*previous - *value) / profile_step_mm : 0.0);
    previous = value;
  }
  std::vector<Edge> edges;
  for (std::size_t i = 1; i + 1 < slope.size(); ++i) {
    if (slope[i] < options.smallest_edge_hu_per_mm || slope[i] < slope[i - 1] || slope[i] <= slope[i + 1]) {
      continue;
    }
    const double curvature = slope[i - 1] - 2.0 * slope[i] + slope[i + 1];
    const double shift = curvature < 0.0 ? 0.5 * (slope[i - 1] - slope[i + 1]) / curvature : 0.0;
    edges.push_back({from_mm + (static_cast<double>(i) - 0.5 + shift) * profile_step_mm, slope[i]});
  }
  return edges;
}

std::vector<Ray> cast_rays(const HuRegion& region,
                           const Eigen::Vector3d& centre_mm,
                           const std::vector<Eigen::Vector3d>& directions,
                           const HeadSphereOptions& options) {
  std::vector<Ray> rays;
  for (const Eigen::Vector3d& direction : directions) {
    rays.push_back({direction, edges_along(region, centre_mm, direction, options)});
  }
  return rays;
}

const Edge* nearest_edge(const Ray& ray, double radius_mm, double window_mm) {
  const Edge* best = nullptr;
  for (const Edge& edge : ray.edges) {
    if (std::abs(edge.radius_mm - radius_mm) > window_mm) continue;
    if (best == nullptr || std::abs(edge.radius_mm - radius_mm) < std::abs(best->radius_mm - radius_mm)) {
      best = &edge;
    }
  }
  return best;
}

// One Tukey-weighted step: edge radius = R + direction . shift. Returns (shift, R).
std::optional<Eigen::Vector4d> weighted_step(const std::vector<Ray>& rays,
                                             double radius_mm,
                                             double window_mm) {
  Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
  Eigen::Vector4d right = Eigen::Vector4d::Zero();
  int used = 0;
  for (const Ray& ray : rays) {
    const Edge* edge = nearest_edge(ray, radius_mm, window_mm);
    if (edge == nullptr) continue;
    const double u = (edge->radius_mm - radius_mm) / window_mm;
    const double weight = (1.0 - u * u) * (1.0 - u * u);
    const Eigen::Vector4d row{ray.direction.x(), ray.direction.y(), ray.direction.z(), 1.0};
    normal += weight * row * row.transpose();
    right += weight * edge->radius_mm * row;
    ++used;
  }
  if (used * 4 < static_cast<int>(rays.size())) return std::nullopt;
  const Eigen::LDLT<Eigen::Matrix4d> solver(normal);
  // A cap on one side only cannot tell shift from radius.
  if (solver.vectorD().minCoeff() < 1e-2 * used * 0.1) return std::nullopt;
  return Eigen::Vector4d(solver.solve(right));
}

void judge(HeadSphere& sphere, const std::vector<Ray>& rays, const HeadSphereOptions& options) {
  int inliers = 0;
  double sum_mm2 = 0.0;
  double elsewhere = 0.0;
  for (const Ray& ray : rays) {
    for (const Edge& edge : ray.edges)
      elsewhere += std::abs(edge.radius_mm - sphere.radius_mm) > 3.0 ? 1.0 : 0.0;
    const Edge* edge = nearest_edge(ray, sphere.radius_mm, inlier_mm);
    if (edge == nullptr) continue;
    ++inliers;
    sum_mm2 += (edge->radius_mm - sphere.radius_mm) * (edge->radius_mm - sphere.radius_mm);
  }
  const auto count = static_cast<double>(rays.size());
  const double searched_mm = longest_ray_mm(options) - shortest_ray_mm(options) - 6.0;
  const double edges_per_mm = elsewhere / count / searched_mm;
  const double by_chance = 1.0 - std::exp(-2.0 * inlier_mm * edges_per_mm);
  sphere.inlier_fraction = std::max(0.0, (inliers / count - by_chance) / (1.0 - by_chance));
  sphere.residual_sd_mm = inliers > 0 ? std::sqrt(sum_mm2 / inliers) : 0.0;
}

// From wide to narrow: the first windows bridge the error of the start, the last reject other bones.
constexpr std::array<double, 10> windows_mm{6.0, 6.0, 5.0, 4.0, 4.0, 3.0, 3.0, 2.5, 2.5, 2.5};

std::optional<HeadSphere> refine(const HuRegion& smoothed,
                                 HeadSphere sphere,
                                 const std::vector<Eigen::Vector3d>& directions,
                                 const HeadSphereOptions& options) {
  const Eigen::Vector3d start_mm = sphere.centre_mm;
  std::vector<Ray> rays = cast_rays(smoothed, sphere.centre_mm, directions, options);
  for (const double window_mm : windows_mm) {
    const std::optional<Eigen::Vector4d> step = weighted_step(rays, sphere.radius_mm, window_mm);
    if (!step) return std::nullopt;
    sphere.centre_mm += step->head<3>();
    sphere.radius_mm = (*step)[3];
    if ((sphere.centre_mm - start_mm).norm() > 12.0) return std::nullopt;
    rays = cast_rays(smoothed, sphere.centre_mm, directions, options);
  }
  if (sphere.radius_mm < options.smallest_radius_mm || sphere.radius_mm > options.largest_radius_mm) {
    return std::nullopt;
  }
  judge(sphere, rays, options);
  return sphere;
}

// Spheres reached from all allowed radii. Head and socket are concentric and both have bright-to-dark faces,
// so of nearly equal answers the innermost is the head.
std::optional<HeadSphere> innermost_good_sphere(const HuRegion& smoothed,
                                                const Eigen::Vector3d& start_mm,
                                                const HeadSphereOptions& options) {
  constexpr double nearly_as_good = 0.85;
  const std::vector<Eigen::Vector3d> directions = even_directions(options.directions / 3);
  std::vector<HeadSphere> found;
  double best_score = 0.0;
  for (double r = options.smallest_radius_mm; r <= options.largest_radius_mm; r += 2.0) {
    const std::optional<HeadSphere> sphere =
        refine(smoothed, {.centre_mm = start_mm, .radius_mm = r}, directions, options);
    if (!sphere) continue;
    found.push_back(*sphere);
    best_score = std::max(best_score, sphere->quality());
  }
  std::optional<HeadSphere> chosen;
  for (const HeadSphere& sphere : found) {
    if (sphere.quality() < nearly_as_good * best_score) continue;
    if (!chosen || sphere.radius_mm < chosen->radius_mm) chosen = sphere;
  }
  return chosen;
}

}  // namespace

std::optional<HeadSphere> fit_head_sphere(const HuRegion& smoothed,
                                          const Eigen::Vector3d& start_mm,
                                          const HeadSphereOptions& options) {
  const std::optional<HeadSphere> rough = innermost_good_sphere(smoothed, start_mm, options);
  if (!rough) return std::nullopt;
  return refine(smoothed, *rough, even_directions(options.directions), options);
}

}  // namespace focalhip
