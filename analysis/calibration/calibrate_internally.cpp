#include "analysis/calibration/calibrate_internally.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/calibration/effective_energy.h"
#include "analysis/calibration/fit_rods.h"
#include "analysis/calibration/muscle_discs.h"
#include "analysis/support/format_number.h"
#include "analysis/volume/average_slices.h"
#include "analysis/volume/components.h"
#include "analysis/volume/distance_map.h"

namespace focalhip {

namespace {

constexpr double window_mm = 20.0;  // noise falls, organs stay
constexpr int most_windows = 6;
constexpr double smoothing_mm = 1.5;
constexpr double body_above_hu = -250.0;
constexpr double thing_above_hu = -965.0;  // skin, clothes, foam, table: air keeps away from all of them
constexpr double air_margin_mm = 20.0;
constexpr double adipose_erosion_mm = 5.0;
constexpr double muscle_erosion_mm = 4.0;
constexpr std::size_t least_samples = 2000;  // voxels of a tissue in all windows

struct HuBand {
  double low = 0.0;
  double high = 0.0;
  [[nodiscard]] bool holds(double hu) const { return hu >= low && hu <= high; }
};
constexpr HuBand adipose_candidates{-150.0, -40.0};  // pixels of the smoothed window
constexpr HuBand muscle_candidates{0.0, 100.0};
constexpr HuBand adipose_mode{-130.0, -60.0};  // science qct 2.7
constexpr HuBand muscle_mode{20.0, 80.0};
constexpr HuBand plausible_air{-1030.0, -970.0};

// Counts of voxel values by whole HU.
class Histogram {
 public:
  void add(std::int16_t hu) {
    const int bin = std::clamp(static_cast<int>(hu), lowest, highest) - lowest;
    ++count_[static_cast<std::size_t>(bin)];
    ++total_;
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < count_.size(); ++i) count_[i] += other.count_[i];
    total_ += other.total_;
  }
  [[nodiscard]] std::size_t total() const { return total_; }

  [[nodiscard]] double median() const {
    std::size_t below = 0;
    for (std::size_t i = 0; i < count_.size(); ++i) {
      const std::size_t here = count_[i];
      if (2 * (below + here) >= total_ && here > 0) {
        const double share =
            (0.5 * static_cast<double>(total_) - static_cast<double>(below)) / static_cast<double>(here);
        return lowest + static_cast<double>(i) - 0.5 + share;
      }
      below += here;
    }
    return lowest;
  }

  // Mean of the values within reach of it, repeated until it rests: the mode of a peak wider than its bins.
  [[nodiscard]] double mode(const HuBand& band, double reach_hu) const {
    double at = peak(band, reach_hu);
    for (int i = 0; i < 50; ++i) {
      double sum = 0.0;
      double count = 0.0;
      for_each(at - reach_hu, at + reach_hu, [&](double hu, double n) {
        sum += hu * n;
        count += n;
      });
      if (count == 0.0) break;
      const double next = sum / count;
      if (std::abs(next - at) < 0.01) return next;
      at = next;
    }
    return at;
  }

 private:
  static constexpr int lowest = -1100;
  static constexpr int highest = 400;

  template <typename Visit>
  void for_each(double from, double to, const Visit& visit) const {
    const int first = std::max(lowest, static_cast<int>(std::ceil(from)));
    const int last = std::min(highest, static_cast<int>(std::floor(to)));
    for (int hu = first; hu <= last; ++hu) {
      visit(hu, static_cast<double>(count_[static_cast<std::size_t>(hu - lowest)]));
    }
  }
  [[nodiscard]] double peak(const HuBand& band, double reach_hu) const {
    double best = band.low;
    double most = -1.0;
    for (double at = band.low; at <= band.high; at += 1.0) {
      double count = 0.0;
      for_each(at - 0.5 * reach_hu, at + 0.5 * reach_hu, [&](double, double n) { count += n; });
      if (count > most) {
        most = count;
        best = at;
      }
    }
    return best;
  }

  std::array<std::size_t, static_cast<std::size_t>(highest - lowest + 1)> count_{};
  std::size_t total_ = 0;
};

struct TissueHistograms {
  Histogram air;
  Histogram adipose;
  Histogram muscle;
};

VoxelGrid plane_grid(const PlaneImage& image) {
  VoxelGrid grid;
  grid.size = {image.columns, image.rows, 1};
  grid.spacing_mm = {image.pixel_mm.x(), image.pixel_mm.y(), 1.0};
  return grid;
}

using Mask = std::vector<std::uint8_t>;

template <typename Holds>
Mask where(const PlaneImage& image, const Holds& holds) {
  Mask mask(image.value.size(), 0);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    mask[i] = image.valid[i] != 0 && holds(static_cast<double>(image.value[i])) ? 1 : 0;
  }
  return mask;
}

// Pixels at least this far inside the set.
Mask eroded(const VoxelGrid& grid, const Mask& set, double depth_mm) {
  const std::vector<float> distance_mm = signed_distance_mm(grid, set);
  Mask inside(set.size(), 0);
  for (std::size_t i = 0; i < set.size(); ++i) {
    inside[i] = static_cast<double>(distance_mm[i]) <= -depth_mm ? 1 : 0;
  }
  return inside;
}

// The patient without the table: the largest piece, its gas and marrow filled.
Mask body_of(const PlaneImage& picture, const VoxelGrid& grid) {
  Mask body = where(picture, [](double hu) { return hu > body_above_hu; });
  open_ball(grid, 5.0, body);
  keep_largest_component(grid, body);
  fill_plane_holes(grid, 2, body);
  return body;
}

// Every pixel that is not air, padding included: nothing is known of what lies there.
Mask things_of(const PlaneImage& picture) {
  Mask things(picture.value.size(), 1);
  for (std::size_t i = 0; i < things.size(); ++i) {
    if (picture.valid[i] != 0 && static_cast<double>(picture.value[i]) <= thing_above_hu) things[i] = 0;
  }
  return things;
}

void collect(const CtVolume& ct, const SliceAverage& window, const Mask& mask, Histogram& histogram) {
  const std::size_t plane = mask.size();
  for (int slice = window.first_slice; slice <= window.last_slice; ++slice) {
    const std::size_t start = plane * static_cast<std::size_t>(slice);
    for (std::size_t i = 0; i < plane; ++i) {
      if (mask[i] != 0) histogram.add(ct.hu[start + i]);
    }
  }
}

Mask intersection(Mask left, const Mask& right) {
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = left[i] != 0 && right[i] != 0 ? 1 : 0;
  return left;
}

void read_window(const CtVolume& ct, const SliceAverage& window, TissueHistograms& tissues) {
  const PlaneImage picture = smoothed(window.hu, smoothing_mm);
  const VoxelGrid grid = plane_grid(picture);
  const Mask body = body_of(picture, grid);
  const Mask fat = where(picture, [](double hu) { return adipose_candidates.holds(hu); });
  const Mask muscle = where(picture, [](double hu) { return muscle_candidates.holds(hu); });
  Mask air = things_of(picture);
  for (std::uint8_t& pixel : air) pixel = pixel == 0 ? 1 : 0;
  const Mask air_inside = eroded(grid, air, air_margin_mm);
  collect(ct, window, air_inside, tissues.air);
  collect(ct, window, eroded(grid, intersection(fat, body), adipose_erosion_mm), tissues.adipose);
  collect(ct, window, eroded(grid, intersection(muscle, body), muscle_erosion_mm), tissues.muscle);
}

[[noreturn]] void refuse(const std::string& detail) {
  throw Refusal(RefusalCode::calibration_failed, "by the patient's own tissues: " + detail);
}

void require_samples(const Histogram& histogram, const std::string& tissue) {
  if (histogram.total() >= least_samples) return;
  refuse("only " + std::to_string(histogram.total()) + " voxels of " + tissue + ", " +
         std::to_string(least_samples) + " needed");
}

void require_plausible(double hu, const HuBand& band, const std::string& tissue) {
  if (band.holds(hu)) return;
  refuse(tissue + " reads " + fixed(hu, 0) + " HU, " + fixed(band.low, 0) + " to " + fixed(band.high, 0) +
         " expected");
}

// Usual behind a pelvis: the middles of the ranges by which phantom scans are judged, 71 keV at 120 kVp
// (science qct 2.4, 2.7).
double usual_energy_kev(double kvp) {
  if (kvp < 95.0 || kvp > 145.0) {
    refuse("no usual beam energy is known for " + fixed(kvp, 0) + " kVp");
  }
  return kvp <= 120.0 ? 63.0 + (kvp - 100.0) * 8.0 / 20.0 : 71.0 + (kvp - 120.0) * 6.0 / 20.0;
}

// expected = p * read + q, least squares over the three.
struct HuCorrection {
  double p = 1.0;
  double q_hu = 0.0;
};
HuCorrection correction_of(const TissueReadings& read, double energy_kev) {
  const std::array<double, 3> x{read.air_hu, read.adipose_hu, read.muscle_hu};
  const std::array<double, 3> y{-1000.0, adipose_hu(energy_kev), muscle_hu(energy_kev)};
  const double mean_x = (x[0] + x[1] + x[2]) / 3.0;
  const double mean_y = (y[0] + y[1] + y[2]) / 3.0;
  double s_xx = 0.0;
  double s_xy = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    s_xx += (x[i] - mean_x) * (x[i] - mean_x);
    s_xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  const double p = s_xy / s_xx;
  return {.p = p, .q_hu = mean_y - p * mean_x};
}

}  // namespace

TissueReadings read_tissues(const CtVolume& ct, int threads) {
  const std::vector<SliceAverage> windows = average_in_windows(ct, window_mm, threads);
  TissueHistograms tissues;
  for (const SliceAverage* window : spread_windows(windows, most_windows)) read_window(ct, *window, tissues);
  require_samples(tissues.air, "air away from skin and table");
  require_samples(tissues.adipose, "subcutaneous fat");
  require_samples(tissues.muscle, "muscle");
  // Not the mean: values below the container's -1024 are cut off.
  TissueReadings read{.air_hu = tissues.air.median(),
                      .adipose_hu = tissues.adipose.mode(adipose_mode, 40.0),
                      .muscle_hu = tissues.muscle.mode(muscle_mode, 40.0)};
  require_plausible(read.air_hu, plausible_air, "air");
  require_plausible(read.adipose_hu, adipose_mode, "fat");
  require_plausible(read.muscle_hu, muscle_mode, "muscle");
  return read;
}

Calibration calibrate_internally(const CtVolume& ct,
                                 std::optional<double> known_energy_kev,
                                 const KappaPolicy& policy,
                                 int threads) {
  if (ct.acquisition.contrast_agent) refuse("contrast medium was given");
  if (!known_energy_kev && !ct.acquisition.kvp) refuse("the tube voltage is not known");
  const double energy_kev = known_energy_kev ? *known_energy_kev : usual_energy_kev(*ct.acquisition.kvp);
  const TissueReadings read = read_tissues(ct, threads);
  const HuCorrection correction = correction_of(read, energy_kev);
  const Kappa kappa = kappa_at(policy, energy_kev);

  Calibration result;
  result.method = CalibrationMethod::internal;
  // K2HPO4 = (p * HU + q) / sigma(E), water at 0.
  result.sigma_ct_hu_per_mg_cm3 = sigma_ct_at(energy_kev) / correction.p;
  result.beta_ct_hu = -correction.q_hu / correction.p;
  result.effective_energy_kev = energy_kev;
  result.kappa_policy = policy;
  result.ha_per_k2hpo4 = kappa.k;
  result.ha_offset_mg_cm3 = kappa.c_mg_cm3;
  if (!known_energy_kev) result.density_uncertainty = 0.10;  // [science qct 2.7]
  result.grade = Grade::c;
  result.notes.push_back({NoteCode::calibration_internal,
                          "air " + fixed(read.air_hu, 0) + ", fat " + fixed(read.adipose_hu, 0) +
                              ", muscle " + fixed(read.muscle_hu, 0) + " HU; beam " + fixed(energy_kev, 1) +
                              " keV " +
                              (known_energy_kev ? "from the scanner's phantom scans"
                                                : "by the tube voltage: densities within 10 %")});
  return result;
}

}  // namespace focalhip
