#include "analysis/calibration/measure_rods.h"

#include <algorithm>
#include <cmath>

#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

// A slice belongs to the phantom while nearly all rods read what they read elsewhere.
constexpr double least_same_hu = 60.0;
constexpr double same_in_sd = 6.0;
constexpr double bridged_mm = 6.0;  // disturbed slices that do not end the phantom
constexpr double edge_reach_mm = 3.0;
// The rim that is watched for bubbles ends before the blur of the edge.
constexpr double rim_share = 0.8;
constexpr double blurred_edge_mm = 1.5;

struct SliceReading {
  double mean_hu = 0.0;
  double variance_hu2 = 0.0;
  double rim_variance_hu2 = 0.0;
  bool valid = false;
};

// Mean and variance of what is added.
struct Spread {
  double sum = 0.0;
  double sum_squares = 0.0;
  double count = 0.0;
  void add(double value) {
    sum += value;
    sum_squares += value * value;
    count += 1.0;
  }
  [[nodiscard]] double mean() const { return sum / count; }
  [[nodiscard]] double variance() const {
    return count < 2.0 ? 0.0 : std::max(0.0, (sum_squares - sum * sum / count) / (count - 1.0));
  }
};

// Calls visit(distance_mm, voxel_index) for the voxels of a slice around a centre; false when part of the
// disc is outside the picture.
template <typename Visit>
bool visit_disc(const VoxelGrid& grid,
                int slice,
                const Eigen::Vector2d& centre_mm,
                double radius_mm,
                const Visit& visit) {
  const double dx = grid.spacing_mm.x();
  const double dy = grid.spacing_mm.y();
  const int left = static_cast<int>(std::ceil((centre_mm.x() - radius_mm) / dx));
  const int right = static_cast<int>(std::floor((centre_mm.x() + radius_mm) / dx));
  const int top = static_cast<int>(std::ceil((centre_mm.y() - radius_mm) / dy));
  const int bottom = static_cast<int>(std::floor((centre_mm.y() + radius_mm) / dy));
  if (!grid.contains(left, top, slice) || !grid.contains(right, bottom, slice)) return false;
  for (int row = top; row <= bottom; ++row) {
    for (int column = left; column <= right; ++column) {
      const double distance = std::hypot(column * dx - centre_mm.x(), row * dy - centre_mm.y());
      if (distance <= radius_mm) visit(distance, grid.index(column, row, slice));
    }
  }
  return true;
}

SliceReading read_slice(const CtVolume& ct,
                        int slice,
                        const Eigen::Vector2d& centre_mm,
                        double radius_mm,
                        const RodMeasurementOptions& options) {
  const double region_mm = options.region_share * radius_mm;
  const double rim_mm = std::min(rim_share * radius_mm, radius_mm - blurred_edge_mm);
  const double valid_mm =
      std::max(region_mm + options.validity_margin_mm, radius_mm + options.whole_rod_margin_mm);
  Spread core;
  Spread rim;
  bool padding = false;
  const bool inside = visit_disc(ct.grid, slice, centre_mm, valid_mm, [&](double distance, std::size_t i) {
    if (!ct.is_valid(i)) padding = true;
    if (distance <= region_mm) {
      core.add(ct.hu[i]);
    } else if (distance <= rim_mm) {
      rim.add(ct.hu[i]);
    }
  });
  if (!inside || padding || core.count < 2.0) return {};
  return {.mean_hu = core.mean(),
          .variance_hu2 = core.variance(),
          .rim_variance_hu2 = rim.variance(),
          .valid = true};
}

using Readings = std::vector<std::vector<SliceReading>>;  // [place][slice]

Readings read_all(const CtVolume& ct, const RodRow& row, const RodMeasurementOptions& options) {
  Readings readings(row.places.size());
  for (std::size_t place = 0; place < row.places.size(); ++place) {
    for (int slice = 0; slice < ct.grid.size[2]; ++slice) {
      const Eigen::Vector2d centre = row.centre_mm(place, slice);
      readings[place].push_back(read_slice(ct, slice, centre, row.radius_mm, options));
    }
  }
  return readings;
}

// Median and spread of a rod over the slices in which the row was followed.
struct Usual {
  double hu = 0.0;
  double tolerance_hu = 0.0;
};

std::optional<Usual> usual_reading(const std::vector<SliceReading>& slices, int first, int last) {
  std::vector<double> means;
  std::vector<double> variances;
  for (int slice = first; slice <= last; ++slice) {
    const SliceReading& reading = slices[static_cast<std::size_t>(slice)];
    if (!reading.valid) continue;
    means.push_back(reading.mean_hu);
    variances.push_back(reading.variance_hu2);
  }
  // A rod that leaves the field of view for part of its length is not measured at all.
  if (static_cast<int>(means.size()) < last - first + 1) return std::nullopt;
  const double sd = std::sqrt(median(variances));
  return Usual{.hu = median(means), .tolerance_hu = std::max(least_same_hu, same_in_sd * sd)};
}

bool phantom_in_slice(const Readings& readings, const std::vector<std::optional<Usual>>& usual, int slice) {
  int known = 0;
  int same = 0;
  for (std::size_t place = 0; place < readings.size(); ++place) {
    if (!usual[place]) continue;
    ++known;
    const SliceReading& reading = readings[place][static_cast<std::size_t>(slice)];
    if (reading.valid && std::abs(reading.mean_hu - usual[place]->hu) <= usual[place]->tolerance_hu) ++same;
  }
  return known > 0 && same + 1 >= known;
}

// The last slice of the phantom when walking from `start`.
int walk(const Readings& readings,
         const std::vector<std::optional<Usual>>& usual,
         int start,
         int step,
         int bridge) {
  const int slices = static_cast<int>(readings.front().size());
  int last = start;
  for (int slice = start; slice >= 0 && slice < slices && std::abs(slice - last) <= bridge + 1;
       slice += step) {
    if (phantom_in_slice(readings, usual, slice)) last = slice;
  }
  return last;
}

struct SliceRange {
  int first = 0;
  int last = -1;
};

SliceRange used_slices(const CtVolume& ct,
                       const Readings& readings,
                       const std::vector<std::optional<Usual>>& usual,
                       const RodRow& row,
                       const RodMeasurementOptions& options) {
  const double spacing = ct.grid.spacing_mm.z();
  const int bridge = static_cast<int>(bridged_mm / spacing);
  const int middle = (row.first_slice + row.last_slice) / 2;
  SliceRange range{walk(readings, usual, middle, -1, bridge), walk(readings, usual, middle, +1, bridge)};
  const int trim = static_cast<int>(std::ceil(options.end_trim_mm / spacing));
  if (range.first > 0) range.first += trim;
  if (range.last < ct.grid.size[2] - 1) range.last -= trim;
  return range;
}

std::optional<MeasuredRod> summary(const std::vector<SliceReading>& slices,
                                   const SliceRange& range,
                                   double spacing_mm) {
  std::vector<double> position_mm;
  std::vector<double> means;
  MeasuredRod rod;
  double sum_variance = 0.0;
  double sum_rim_variance = 0.0;
  for (int slice = range.first; slice <= range.last; ++slice) {
    const SliceReading& reading = slices[static_cast<std::size_t>(slice)];
    if (!reading.valid) continue;
    position_mm.push_back(slice * spacing_mm);
    means.push_back(reading.mean_hu);
    rod.slices.push_back({slice, reading.mean_hu});
    sum_variance += reading.variance_hu2;
    sum_rim_variance += reading.rim_variance_hu2;
  }
  if (2 * static_cast<int>(means.size()) < range.last - range.first + 1) return std::nullopt;
  rod.mean_hu = median(means);
  rod.sd_hu = std::sqrt(sum_variance / static_cast<double>(means.size()));
  rod.rim_sd_hu = std::sqrt(sum_rim_variance / static_cast<double>(means.size()));
  const RobustSlope drift = robust_slope(position_mm, means);
  rod.drift_hu_per_mm = drift.slope;
  rod.drift_error_hu_per_mm = drift.standard_error;
  return rod;
}

std::optional<RodEdge> edge_of(const CtVolume& ct,
                               const RodRow& row,
                               std::size_t place,
                               const SliceRange& range) {
  RadialProfile profile;
  for (int slice = range.first; slice <= range.last; ++slice) {
    visit_disc(ct.grid,
               slice,
               row.centre_mm(place, slice),
               row.radius_mm + edge_reach_mm,
               [&](double distance, std::size_t i) {
                 if (ct.is_valid(i)) profile.add(distance, ct.hu[i]);
               });
  }
  return fit_rod_edge(profile, row.radius_mm);
}

}  // namespace

MeasuredRow measure_rods(const CtVolume& ct, const RodRow& row, const RodMeasurementOptions& options) {
  const Readings readings = read_all(ct, row, options);
  std::vector<std::optional<Usual>> usual;
  for (const auto& slices : readings) usual.push_back(usual_reading(slices, row.first_slice, row.last_slice));
  const SliceRange range = used_slices(ct, readings, usual, row, options);
  const double length_mm = std::max(0, range.last - range.first + 1) * ct.grid.spacing_mm.z();
  if (length_mm < options.least_length_mm) {
    throw Refusal(RefusalCode::no_phantom,
                  "rods were found but are undisturbed for " + fixed(length_mm, 0) + " mm only, " +
                      fixed(options.least_length_mm, 0) + " mm needed");
  }
  MeasuredRow measured;
  measured.first_slice = range.first;
  measured.last_slice = range.last;
  std::vector<double> radii;
  for (std::size_t place = 0; place < row.places.size(); ++place) {
    measured.rods.emplace_back();
    if (!usual[place]) continue;
    measured.rods.back() = summary(readings[place], range, ct.grid.spacing_mm.z());
    if (!measured.rods.back()) continue;
    if (row.places[place].seen) measured.rods.back()->edge = edge_of(ct, row, place, range);
    if (measured.rods.back()->edge) radii.push_back(measured.rods.back()->edge->radius_mm);
  }
  measured.radius_mm = radii.empty() ? row.radius_mm : median(radii);
  return measured;
}

}  // namespace focalhip
