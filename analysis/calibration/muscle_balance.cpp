#include "analysis/calibration/muscle_balance.h"

#include <algorithm>
#include <cmath>

#include "analysis/calibration/muscle_discs.h"
#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

constexpr int most_windows = 3;
constexpr std::size_t least_discs = 20;
constexpr double largest_difference_hu = 15.0;  // [science qct 2.4]

struct PlacedMuscle {
  double x_mm = 0.0;  // patient, growing to the left
  double hu = 0.0;
};

std::vector<PlacedMuscle> muscle_in(const CtVolume& ct, const std::vector<SliceAverage>& windows) {
  std::vector<PlacedMuscle> muscle;
  for (const SliceAverage* window : spread_windows(windows, most_windows)) {
    for (const MuscleDisc& disc : muscle_discs(window->hu)) {
      const Eigen::Vector3d voxel(disc.centre_mm.x() / ct.grid.spacing_mm.x(),
                                  disc.centre_mm.y() / ct.grid.spacing_mm.y(),
                                  window->middle_slice());
      muscle.push_back({ct.grid.patient_from_voxel(voxel).x(), disc.mean_hu});
    }
  }
  return muscle;
}

}  // namespace

std::optional<MuscleBalance> muscle_balance(const CtVolume& ct, const std::vector<SliceAverage>& windows) {
  const std::vector<PlacedMuscle> muscle = muscle_in(ct, windows);
  if (muscle.size() < 2 * least_discs) return std::nullopt;
  // Half-way between the outermost: fewer discs on one side must not move the middle.
  const auto [rightmost, leftmost] = std::ranges::minmax_element(muscle, {}, &PlacedMuscle::x_mm);
  const double middle_mm = 0.5 * (rightmost->x_mm + leftmost->x_mm);
  std::vector<double> right;
  std::vector<double> left;
  for (const PlacedMuscle& one : muscle) (one.x_mm < middle_mm ? right : left).push_back(one.hu);
  if (right.size() < least_discs || left.size() < least_discs) return std::nullopt;
  return MuscleBalance{.right_hu = median(std::move(right)), .left_hu = median(std::move(left))};
}

void note_muscle_imbalance(const CtVolume& ct,
                           const std::vector<SliceAverage>& windows,
                           std::vector<QualityNote>& notes) {
  const auto balance = muscle_balance(ct, windows);
  if (!balance || std::abs(balance->right_hu - balance->left_hu) <= largest_difference_hu) return;
  notes.push_back({NoteCode::muscle_imbalance,
                   "muscle reads " + fixed(balance->right_hu, 0) + " HU right and " +
                       fixed(balance->left_hu, 0) + " HU left, at most " + fixed(largest_difference_hu, 0) +
                       " HU apart expected"});
}

}  // namespace focalhip
