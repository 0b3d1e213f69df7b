#include "analysis/femur/refine_surface.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/volume/distance_map.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/interpolate.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

// A voxel beside the surface, and the point of the surface it stands for.
struct SurfacePoint {
  std::size_t voxel = 0;
  Eigen::Vector3d on_surface{0, 0, 0};  // continuous voxel coordinates
  Eigen::Vector3d normal{0, 0, 0};      // outward, unit, along the grid's axes in mm
};

Eigen::Vector3d coordinates(const VoxelGrid& grid, std::size_t voxel) {
  const auto columns = static_cast<std::size_t>(grid.size[0]);
  const auto rows = static_cast<std::size_t>(grid.size[1]);
  return {static_cast<double>(voxel % columns),
          static_cast<double>(voxel / columns % rows),
          static_cast<double>(voxel / (columns * rows))};
}

// Per mm, along the grid's axes; one-sided at the border.
Eigen::Vector3d slope_at(const VoxelGrid& grid, const std::vector<float>& field, std::size_t at) {
  Eigen::Vector3d low = Eigen::Vector3d::Constant(field[at]);
  Eigen::Vector3d high = low;
  Eigen::Vector3d steps = Eigen::Vector3d::Zero();
  for_each_face_neighbour(grid, at, [&](std::size_t k, std::size_t other) {
    const auto axis = static_cast<Eigen::Index>(k / 2);
    (k % 2 == 1 ? high : low)[axis] = field[other];
    steps[axis] += grid.spacing_mm[axis];
  });
  return (high - low).cwiseQuotient(steps.cwiseMax(1e-6));
}

std::vector<SurfacePoint> surface_points(const VoxelGrid& grid, const std::vector<float>& distance_mm) {
  std::vector<SurfacePoint> points;
  const double far_mm = 0.8 * grid.spacing_mm.maxCoeff();
  for (std::size_t i = 0; i < distance_mm.size(); ++i) {
    if (std::abs(distance_mm[i]) > far_mm) continue;
    const Eigen::Vector3d slope = slope_at(grid, distance_mm, i);
    const double steepness = slope.norm();
    if (steepness < 0.2) continue;
    const Eigen::Vector3d normal = slope / steepness;
    // Layers of voxels along the normal are this far apart: one or two of them lie beside the surface.
    const double layer_mm = 1.0 / normal.cwiseQuotient(grid.spacing_mm).norm();
    const double away_mm = distance_mm[i] / steepness;
    if (std::abs(away_mm) > 0.6 * layer_mm) continue;
    points.push_back({.voxel = i,
                      .on_surface = coordinates(grid, i) - away_mm * normal.cwiseQuotient(grid.spacing_mm),
                      .normal = normal});
  }
  return points;
}

class ProfileReader {
 public:
  ProfileReader(const HipRegion& hip, const RefineOptions& options) : hip_(hip) {
    profile_ = {.first_mm = -options.profile_inside_mm, .step_mm = options.profile_step_mm, .hu = {}};
    const double length_mm = options.profile_inside_mm + options.profile_outside_mm;
    hu_.resize(static_cast<std::size_t>(length_mm / options.profile_step_mm) + 1);
    last_ = Eigen::Vector3d(hip.grid.size[0] - 1.0, hip.grid.size[1] - 1.0, hip.grid.size[2] - 1.0);
  }
  // Valid until the next call. Beyond the region its border goes on.
  NormalProfile along(const SurfacePoint& point) {
    const Eigen::Vector3d voxels_per_mm = point.normal.cwiseQuotient(hip_.grid.spacing_mm);
    for (std::size_t i = 0; i < hu_.size(); ++i) {
      const Eigen::Vector3d at = point.on_surface + profile_.offset_mm(i) * voxels_per_mm;
      const Eigen::Vector3d inside = at.cwiseMax(Eigen::Vector3d::Zero()).cwiseMin(last_);
      hu_[i] = interpolate_voxel(hip_.grid, hip_.hu, inside).value_or(0.0F);
    }
    profile_.hu = hu_;
    return profile_;
  }

 private:
  const HipRegion& hip_;
  NormalProfile profile_;
  std::vector<double> hu_;
  Eigen::Vector3d last_;
};

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Blur along a normal: in the plane as measured; across it by slice, reconstruction and interpolation.
double blur_along(const Eigen::Vector3d& normal, double in_plane_mm, const HipRegion& hip, double slice_mm) {
  constexpr double reconstruction_mm = 0.21;  // 0.5 mm FWHM (qct 6.3)
  const double spacing_mm = hip.grid.spacing_mm.z();
  const double across2 =
      slice_mm * slice_mm / 12.0 + reconstruction_mm * reconstruction_mm + spacing_mm * spacing_mm / 6.0;
  const double z2 = normal.z() * normal.z();
  return std::sqrt(in_plane_mm * in_plane_mm * (1.0 - z2) + across2 * z2);
}

// Sums of displacement and of its weight, spread over the neighbourhood.
struct Spread {
  std::vector<float> sum_mm;
  std::vector<float> weight;

  explicit Spread(std::size_t voxels) : sum_mm(voxels, 0.0F), weight(voxels, 0.0F) {}
  void add(std::size_t voxel, double offset_mm, double by) {
    sum_mm[voxel] += static_cast<float>(by * offset_mm);
    weight[voxel] += static_cast<float>(by);
  }
  void smooth(const VoxelGrid& grid, double sigma_mm) {
    smooth_gaussian(grid, sum_mm, sigma_mm);
    smooth_gaussian(grid, weight, sigma_mm);
  }
  [[nodiscard]] std::optional<double> at(std::size_t voxel) const {
    if (weight[voxel] < 1e-7F) return std::nullopt;
    return sum_mm[voxel] / weight[voxel];
  }
};

struct FoundFace {
  const SurfacePoint* point;
  OuterFace face;
};

std::vector<FoundFace> find_faces(const HipRegion& hip,
                                  const std::vector<SurfacePoint>& points,
                                  const ShaftEdge& measured,
                                  const RefineOptions& options) {
  std::vector<FoundFace> found;
  ProfileReader reader(hip, options);
  for (const SurfacePoint& point : points) {
    const ShaftEdge blur{
        .sigma_mm = blur_along(point.normal, measured.sigma_mm, hip, options.slice_thickness_mm),
        .solid_hu = measured.solid_hu};
    const std::optional<OuterFace> face = fit_outer_face(reader.along(point), blur, options.face);
    if (face) found.push_back({&point, *face});
  }
  return found;
}

double weight_of(const OuterFace& face) { return 0.01 / (face.spread_mm * face.spread_mm + 0.01); }

// Faces that their neighbours agree with, spread along the surface.
Spread agreeing_faces(const HipRegion& hip, std::vector<FoundFace>& found, const RefineOptions& options) {
  Spread around(hip.hu.size());
  for (const FoundFace& f : found) around.add(f.point->voxel, f.face.offset_mm, weight_of(f.face));
  around.smooth(hip.grid, options.neighbourhood_mm);
  std::erase_if(found, [&](const FoundFace& f) {
    const std::optional<double> mean_mm = around.at(f.point->voxel);
    return !mean_mm || std::abs(f.face.offset_mm - *mean_mm) > options.outlier_mm;
  });
  Spread near(hip.hu.size());
  for (const FoundFace& f : found) near.add(f.point->voxel, f.face.offset_mm, weight_of(f.face));
  near.smooth(hip.grid, options.displacement_smoothing_mm);
  // Where nothing agrees close by, what the wider neighbourhood says.
  constexpr float little = 0.01F;
  for (std::size_t i = 0; i < hip.hu.size(); ++i) {
    near.sum_mm[i] += little * around.sum_mm[i];
    near.weight[i] += little * around.weight[i];
  }
  return near;
}

void tell_rejected(RefinedSurface& surface,
                   const std::vector<SurfacePoint>& points,
                   const std::vector<FoundFace>& found) {
  surface.asked.clear();
  surface.rejected.clear();
  // Either is in the order of the points.
  auto next = found.begin();
  for (const SurfacePoint& point : points) {
    surface.asked.push_back(point.voxel);
    if (next != found.end() && next->point == &point) {
      ++next;
    } else {
      surface.rejected.push_back(point.voxel);
    }
  }
}

}  // namespace

ShaftEdge measure_blur(const HipRegion& hip,
                       const std::vector<float>& distance_mm,
                       const RefineOptions& options) {
  constexpr std::size_t enough = 60;
  constexpr double steepest_z = 0.25;
  const ShaftEdge usual;
  std::vector<double> sigma_mm;
  std::vector<double> solid_hu;
  ProfileReader reader(hip, options);
  for (const SurfacePoint& point : surface_points(hip.grid, distance_mm)) {
    if (std::abs(point.normal.z()) > steepest_z) continue;
    const Eigen::Vector3d at_mm = hip.grid.patient_from_voxel(point.on_surface);
    if (at_mm.z() > hip.head.centre_mm.z() - 50.0) continue;
    const std::optional<ShaftEdge> edge = fit_thick_edge(reader.along(point), usual, options.face);
    if (!edge) continue;
    sigma_mm.push_back(edge->sigma_mm);
    solid_hu.push_back(edge->solid_hu);
  }
  if (sigma_mm.size() < enough) return usual;
  return {.sigma_mm = std::clamp(median(sigma_mm), 0.35, 1.2),
          .solid_hu = std::clamp(median(solid_hu), 900.0, 2200.0)};
}

RefinedSurface refine_surface(const HipRegion& hip,
                              const std::vector<std::uint8_t>& femur,
                              const RefineOptions& options) {
  RefinedSurface surface;
  surface.distance_mm = signed_distance_mm(hip.grid, femur);
  smooth_gaussian(hip.grid, surface.distance_mm, options.base_smoothing_mm);
  surface.blur = measure_blur(hip, surface.distance_mm, options);
  for (int pass = 0; pass < options.passes; ++pass) {
    const std::vector<SurfacePoint> points = surface_points(hip.grid, surface.distance_mm);
    std::vector<FoundFace> found = find_faces(hip, points, surface.blur, options);
    const Spread spread = agreeing_faces(hip, found, options);
    tell_rejected(surface, points, found);
    double moved_mm = 0.0;
    for (const SurfacePoint& point : points) moved_mm += std::abs(spread.at(point.voxel).value_or(0.0));
    surface.mean_displacement_mm += points.empty() ? 0.0 : moved_mm / static_cast<double>(points.size());
    for (std::size_t i = 0; i < surface.distance_mm.size(); ++i) {
      if (std::abs(surface.distance_mm[i]) > options.band_mm) continue;
      const double step_mm =
          std::clamp(spread.at(i).value_or(0.0), -options.longest_step_mm, options.longest_step_mm);
      surface.distance_mm[i] -= static_cast<float>(step_mm);
    }
  }
  return surface;
}

}  // namespace focalhip
