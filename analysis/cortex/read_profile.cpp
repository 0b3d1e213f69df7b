#include "analysis/cortex/read_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include <Eigen/Geometry>

namespace focalhip {

namespace {

constexpr double edge_from_mm = -4.0;  // the outer edge is looked for here
constexpr double edge_to_mm = 4.0;
constexpr double near_mm = 4.0;  // of x = 1 mm; weights of cbm 4
constexpr double further_mm = 8.0;
constexpr double further_weight = 0.6;
constexpr double far_weight = 0.3;
constexpr double other_bone_share = 0.13;  // 150 of 1150 mg/cm3
constexpr double other_cortex_share = 0.25;

struct Line {
  std::vector<double> density;
  std::vector<bool> seen;
};

Line read_line(const BsplineVolume& volume,
               const Eigen::Vector3d& from_mm,
               const Eigen::Vector3d& inward,
               const ReadProfileOptions& options,
               std::size_t count) {
  Line line;
  line.density.reserve(count);
  line.seen.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double x = options.first_mm + options.step_mm * static_cast<double>(i);
    const std::optional<double> value = volume.value(from_mm + x * inward);
    line.density.push_back(value.value_or(0.0));
    line.seen.push_back(value.has_value());
  }
  return line;
}

// Where the line's outer edge passes half way between the lowest outside and its peak.
std::optional<double> outer_edge_mm(const Line& line, const ReadProfileOptions& options) {
  const auto index = [&](double x) {
    const double at = std::round((x - options.first_mm) / options.step_mm);
    return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(line.density.size() - 1)));
  };
  const std::size_t from = index(edge_from_mm);
  const std::size_t to = index(edge_to_mm);
  std::size_t peak = from;
  for (std::size_t i = from; i <= to; ++i) {
    if (!line.seen[i]) return std::nullopt;
    if (line.density[i] > line.density[peak]) peak = i;
  }
  const double low = *std::min_element(line.density.begin() + static_cast<std::ptrdiff_t>(from),
                                       line.density.begin() + static_cast<std::ptrdiff_t>(peak) + 1);
  const double half = 0.5 * (low + line.density[peak]);
  for (std::size_t i = peak; i > from; --i) {
    const double here = line.density[i];
    const double before = line.density[i - 1];
    if (before > half) continue;
    return options.first_mm + options.step_mm * (static_cast<double>(i) -
                                                 (here > before ? (here - half) / (here - before) : 0.0));
  }
  return std::nullopt;
}

// The line read `shift` samples further in: cubic convolution, which adds no blur worth naming to samples
// a quarter of a millimetre apart. [Keys1981]
std::optional<double> shifted(const Line& line, std::size_t i, double shift) {
  const double at = static_cast<double>(i) + shift;
  const double low = std::floor(at);
  if (low < 1.0 || low + 2.0 > static_cast<double>(line.density.size()) - 1.0) return std::nullopt;
  const auto k = static_cast<std::size_t>(low);
  if (!line.seen[k - 1] || !line.seen[k] || !line.seen[k + 1] || !line.seen[k + 2]) return std::nullopt;
  const double t = at - low;
  const double a = line.density[k - 1];
  const double b = line.density[k];
  const double c = line.density[k + 1];
  const double d = line.density[k + 2];
  return b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
}

std::vector<Eigen::Vector3d> disc_offsets(const SurfacePoint& point, const ReadProfileOptions& options) {
  const Eigen::Vector3d& n = point.outward;
  const Eigen::Vector3d helper = std::abs(n.z()) < 0.9 ? Eigen::Vector3d::UnitZ() : Eigen::Vector3d::UnitX();
  const Eigen::Vector3d first = n.cross(helper).normalized();
  const Eigen::Vector3d second = n.cross(first);
  const double radius =
      std::min(options.disc_radius_mm, 0.125 / std::max(1e-6, std::abs(point.mean_curvature_per_mm)));
  std::vector<Eigen::Vector3d> offsets;
  for (int k = 0; k < options.disc_lines; ++k) {
    const double angle = 2.0 * std::numbers::pi * k / options.disc_lines;
    offsets.emplace_back(radius * (std::cos(angle) * first + std::sin(angle) * second));
  }
  return offsets;
}

}  // namespace

CortexProfile read_profile(const BsplineVolume& volume,
                           const SurfacePoint& point,
                           const ReadProfileOptions& options) {
  const auto count =
      static_cast<std::size_t>(std::lround((options.last_mm - options.first_mm) / options.step_mm)) + 1;
  const Eigen::Vector3d inward = -point.outward;
  const Line centre = read_line(volume, point.position_mm, inward, options, count);
  CortexProfile profile{
      .first_mm = options.first_mm, .step_mm = options.step_mm, .density = {}, .weight = {}};
  const Eigen::Vector3d along_axes = volume.grid().patient_axes.transpose() * point.outward;
  profile.slice_sine = std::abs(along_axes.z());

  std::vector<Line> lines;
  std::vector<double> shifts;
  const std::optional<double> edge = outer_edge_mm(centre, options);
  for (const Eigen::Vector3d& offset : disc_offsets(point, options)) {
    if (!edge) break;
    Line line = read_line(volume, point.position_mm + offset, inward, options, count);
    const std::optional<double> own = outer_edge_mm(line, options);
    if (!own || std::abs(*own - *edge) > options.furthest_shift_mm) continue;
    shifts.push_back((*own - *edge) / options.step_mm);
    lines.push_back(std::move(line));
  }
  for (std::size_t i = 0; i < count; ++i) {
    double sum = options.centre_weight * centre.density[i];
    double weights = options.centre_weight;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      const std::optional<double> value = shifted(lines[k], i, shifts[k]);
      if (!value) continue;
      sum += *value;
      weights += 1.0;
    }
    profile.density.push_back(sum / weights);
    profile.weight.push_back(centre.seen[i] ? 1.0 : 0.0);
  }
  return profile;
}

LayerSamples read_voxels(const DensityVolume& volume,
                         const SurfacePoint& point,
                         const CortexProfile& profile,
                         const ReadVoxelsOptions& options) {
  const VoxelGrid& grid = volume.grid;
  const double radius = std::max(options.radius_mm, 0.55 * grid.spacing_mm.z());
  const Eigen::Vector3d centre = grid.voxel_from_patient(point.position_mm);
  const Eigen::Vector3d outward = grid.patient_axes.transpose() * point.outward;  // along the grid's axes, mm
  std::array<int, 3> first{};
  std::array<int, 3> last{};
  for (int axis = 0; axis < 3; ++axis) {
    const double across = radius * std::sqrt(std::max(0.0, 1.0 - outward[axis] * outward[axis]));
    const double a = -options.first_mm * outward[axis];
    const double b = -options.last_mm * outward[axis];
    const auto at = static_cast<std::size_t>(axis);
    const double low = centre[axis] + (std::min(a, b) - across) / grid.spacing_mm[axis];
    const double high = centre[axis] + (std::max(a, b) + across) / grid.spacing_mm[axis];
    first[at] = std::max(0, static_cast<int>(std::ceil(low)));
    last[at] = std::min(grid.size[at] - 1, static_cast<int>(std::floor(high)));
  }
  const double bend = 0.5 * point.mean_curvature_per_mm;
  LayerSamples samples;
  samples.slice_sine = profile.slice_sine;
  for (int k = first[2]; k <= last[2]; ++k) {
    for (int j = first[1]; j <= last[1]; ++j) {
      for (int i = first[0]; i <= last[0]; ++i) {
        const Eigen::Vector3d d = (Eigen::Vector3d(i, j, k) - centre).cwiseProduct(grid.spacing_mm);
        const double along = -d.dot(outward);
        const double across2 = d.squaredNorm() - along * along;
        if (across2 >= radius * radius) continue;
        const double x = along - bend * across2;
        const auto place = static_cast<std::ptrdiff_t>(std::lround((x - profile.first_mm) / profile.step_mm));
        if (place < 0 || place >= static_cast<std::ptrdiff_t>(profile.weight.size())) continue;
        const double weight = profile.weight[static_cast<std::size_t>(place)];
        if (!(weight > 0.0)) continue;
        samples.x_mm.push_back(x);
        samples.density.push_back(static_cast<double>(volume.mg_cm3[grid.index(i, j, k)]));
        samples.weight.push_back(weight * std::sqrt(1.0 - across2 / (radius * radius)));
      }
    }
  }
  return samples;
}

double weigh_profile(CortexProfile& profile, double outside, double rise) {
  const auto count = static_cast<std::ptrdiff_t>(profile.density.size());
  std::ptrdiff_t peak = -1;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double x = profile.x_mm(at);
    const double from_middle = std::abs(x - 1.0);
    if (profile.weight[at] > 0.0) {
      profile.weight[at] =
          from_middle < near_mm ? 1.0 : (from_middle < further_mm ? further_weight : far_weight);
    }
    if (x < CortexProfile::peak_from_mm || x > CortexProfile::peak_to_mm || !(profile.weight[at] > 0.0))
      continue;
    if (peak < 0 || profile.density[at] > profile.density[static_cast<std::size_t>(peak)]) peak = i;
  }
  if (peak < 0) return -1.0;
  // Walks away from the peak; once the density has risen from its minimum by `share`, all beyond the minimum
  // is another bone.
  const auto gate = [&](int direction, double below, double share) {
    std::ptrdiff_t lowest = peak;
    for (std::ptrdiff_t i = peak; i >= 0 && i < count; i += direction) {
      const double value = profile.density[static_cast<std::size_t>(i)];
      const double minimum = profile.density[static_cast<std::size_t>(lowest)];
      if (value < minimum) lowest = i;
      if (minimum > outside + below * rise || value < minimum + share * rise) continue;
      for (std::ptrdiff_t j = lowest; j >= 0 && j < count; j += direction) {
        profile.weight[static_cast<std::size_t>(j)] = 0.0;
      }
      return lowest;
    }
    return std::ptrdiff_t{-1};
  };
  gate(1, 0.6, other_cortex_share);
  const std::ptrdiff_t minimum = gate(-1, 0.5, other_bone_share);
  if (minimum < 0) return -1.0;
  return static_cast<double>(peak - minimum) * profile.step_mm;
}

}  // namespace focalhip
