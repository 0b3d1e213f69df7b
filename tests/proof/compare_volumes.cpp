#include "tests/proof/compare_volumes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "tests/proof/proof_table.h"
#include "tests/support/simulated_volume.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

using Voxel = std::array<int, 3>;

Eigen::Vector3d eigen(sim::Vec3 p) { return {p.x, p.y, p.z}; }

// Voxel of the reading that stands where a voxel of the truth stands; nothing when none stands there.
class VoxelMap {
 public:
  VoxelMap(const sim::ScanGrid& truth, const VoxelGrid& read) {
    const auto at = [&](int i, int j, int k) {
      return read.voxel_from_patient(eigen(truth.patient_from_voxel(i, j, k)));
    };
    origin_ = at(0, 0, 0);
    steps_ = {at(1, 0, 0) - origin_, at(0, 1, 0) - origin_, at(0, 0, 1) - origin_};
  }
  [[nodiscard]] std::optional<Voxel> operator()(const Voxel& truth) const {
    const Eigen::Vector3d place =
        origin_ + truth[0] * steps_[0] + truth[1] * steps_[1] + truth[2] * steps_[2];
    const Eigen::Vector3d nearest = place.array().round();
    if ((place - nearest).cwiseAbs().maxCoeff() > largest_offset) return std::nullopt;
    return Voxel{static_cast<int>(nearest.x()), static_cast<int>(nearest.y()), static_cast<int>(nearest.z())};
  }

 private:
  static constexpr double largest_offset = 0.01;  // of a voxel: decimal strings of the header
  Eigen::Vector3d origin_;
  std::array<Eigen::Vector3d, 3> steps_;
};

// What one voxel must be: nothing where it is padding.
std::optional<int> true_hu(const TrapTruth& truth, const Voxel& v) {
  const auto at = [&](int slice) -> std::optional<int> {
    const int hu = truth.hu[truth.grid.index(v[0], v[1], slice)];
    return hu < -1100 ? std::nullopt : std::optional(hu);  // [science: qct 1.3]
  };
  if (truth.missing_slices.count(v[2]) == 0) return at(v[2]);
  const auto below = at(v[2] - 1);
  const auto above = at(v[2] + 1);
  if (!below || !above) return below ? below : above;
  return static_cast<int>(std::lround(0.5 * (*below + *above)));
}

std::string place_of(const Voxel& v) {
  return "voxel " + std::to_string(v[0]) + ", " + std::to_string(v[1]) + ", " + std::to_string(v[2]);
}

std::string difference_at(const TrapTruth& truth, const CtVolume& ct, const Voxel& v, const VoxelMap& map) {
  const std::optional<Voxel> read = map(v);
  if (!read || !ct.grid.contains((*read)[0], (*read)[1], (*read)[2])) return place_of(v) + " has no place";
  const std::size_t index = ct.grid.index((*read)[0], (*read)[1], (*read)[2]);
  const std::optional<int> hu = true_hu(truth, v);
  if (ct.is_valid(index) != hu.has_value())
    return place_of(v) + " is taken for padding or the other way round";
  const int rounding = truth.missing_slices.count(v[2]) > 0 ? 1 : 0;
  if (std::abs(ct.hu[index] - hu.value_or(-1000)) <= rounding) return {};
  return place_of(v) + " reads " + std::to_string(ct.hu[index]) + " HU, true is " +
         std::to_string(hu.value_or(-1000));
}

std::string difference_of_interpolated(const TrapTruth& truth, const CtVolume& ct, const VoxelMap& map) {
  std::set<int> expected;
  for (const int slice : truth.missing_slices) {
    if (const auto read = map({0, 0, slice})) expected.insert((*read)[2]);
  }
  const std::set<int> told(ct.interpolated_slices.begin(), ct.interpolated_slices.end());
  return told == expected ? "" : "interpolated slices are not told";
}

// Trilinear; nothing at the border or beside padding.
std::optional<double> sampled(const CtVolume& ct, const Eigen::Vector3d& patient_mm) {
  const Eigen::Vector3d v = ct.grid.voxel_from_patient(patient_mm);
  const Eigen::Vector3d floor = v.array().floor();
  const Eigen::Vector3d part = v - floor;
  const Eigen::Vector3i low = floor.cast<int>();
  if (!ct.grid.contains(low.x(), low.y(), low.z())) return std::nullopt;
  if (!ct.grid.contains(low.x() + 1, low.y() + 1, low.z() + 1)) return std::nullopt;
  double sum = 0.0;
  for (int corner = 0; corner < 8; ++corner) {
    const Eigen::Vector3i step(corner & 1, (corner >> 1) & 1, (corner >> 2) & 1);
    const Eigen::Vector3i at = low + step;
    const std::size_t index = ct.grid.index(at.x(), at.y(), at.z());
    if (!ct.is_valid(index)) return std::nullopt;
    double weight = 1.0;
    for (int axis = 0; axis < 3; ++axis) weight *= step[axis] == 1 ? part[axis] : 1.0 - part[axis];
    sum += weight * ct.hu[index];
  }
  return sum;
}

struct Likeness {
  double rms_hu = 0.0;
  double soft_tissue_bias_hu = 0.0;
  int soft_voxels = 0;
};

Likeness likeness(const CtVolume& truth, const CtVolume& read, const Eigen::Vector3d& shift_mm) {
  constexpr int stride = 3;  // of 10 million voxels a 27th is enough
  double squares = 0.0;
  int count = 0;
  Likeness found;
  for (int k = 0; k < read.grid.size[2]; k += stride) {
    for (int j = 0; j < read.grid.size[1]; j += stride) {
      for (int i = 0; i < read.grid.size[0]; i += stride) {
        const std::size_t index = read.grid.index(i, j, k);
        if (!read.is_valid(index)) continue;
        const auto hu = sampled(truth, read.grid.patient_from_voxel({1.0 * i, 1.0 * j, 1.0 * k}) + shift_mm);
        if (!hu || *hu < -200.0) continue;  // air says nothing about places
        const double difference = read.hu[index] - *hu;
        squares += difference * difference;
        ++count;
        if (std::abs(*hu) > 150.0) continue;
        found.soft_tissue_bias_hu += difference;
        ++found.soft_voxels;
      }
    }
  }
  found.rms_hu = std::sqrt(squares / std::max(1, count));
  found.soft_tissue_bias_hu /= std::max(1, found.soft_voxels);
  return found;
}

}  // namespace

std::string difference_from(const TrapTruth& truth, const CtVolume& ct) {
  const Voxel size{truth.grid.columns, truth.grid.rows, truth.grid.slices};
  if (ct.grid.size != size) return "the size is not that of the scan";
  const VoxelMap map(truth.grid, ct.grid);
  for (int k = 0; k < size[2]; ++k) {
    for (int j = 0; j < size[1]; ++j) {
      for (int i = 0; i < size[0]; ++i) {
        if (std::string wrong = difference_at(truth, ct, {i, j, k}, map); !wrong.empty()) return wrong;
      }
    }
  }
  return difference_of_interpolated(truth, ct, map);
}

std::string difference_from(const sim::SimulatedScan& untilted, const CtVolume& ct) {
  constexpr double largest_bias_hu = 2.0;
  constexpr int least_soft_voxels = 20000;
  if (ct.removed_tilt_deg < 0.5) return "the tilt was not removed";
  const CtVolume truth = test::ct_volume(untilted.grid, untilted.hu, 120.0);
  const Likeness found = likeness(truth, ct, Eigen::Vector3d::Zero());
  if (found.soft_voxels < least_soft_voxels) return "hardly anything of the scan is left";
  if (std::abs(found.soft_tissue_bias_hu) > largest_bias_hu) {
    return "soft tissue is off by " + text(found.soft_tissue_bias_hu, 1) + " HU";
  }
  for (int axis = 0; axis < 3; ++axis) {
    for (const double sign : {-1.0, 1.0}) {
      const Eigen::Vector3d shift_mm = sign * ct.grid.spacing_mm[axis] * Eigen::Vector3d::Unit(axis);
      if (likeness(truth, ct, shift_mm).rms_hu < found.rms_hu) return "the volume is moved";
    }
  }
  return {};
}

}  // namespace focalhip::proof
