#include "analysis/femur/find_femoral_heads.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "analysis/femur/metal.h"
#include "analysis/femur/vote_round_bones.h"
#include "analysis/support/parallel_for.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

constexpr double edge_smoothing_mm = 0.8;
constexpr double sharp_smoothing_mm = 0.4;
constexpr double sharp_edge_hu_per_mm = 120.0;

// Measured: clean heads 0.5 and more, arthritic heads in 3 mm slices 0.10, pure noise 0.044, a skull 0.03.
constexpr double enough_quality_in_a_pair = 0.06;
constexpr double enough_quality_alone = 0.20;

// Cancellous bone of a femoral head is far above muscle even in osteoporosis.
constexpr double least_inside_hu = 80.0;

// Femoral heads lie 150-200 mm apart in adults; humeral heads 300 mm and more, condyles of one knee 50 mm.
constexpr double least_distance_mm = 110.0;
constexpr double largest_distance_mm = 260.0;
constexpr double largest_height_difference_mm = 45.0;  // pelvic obliquity
constexpr double largest_depth_difference_mm = 50.0;   // rotation on the table
constexpr double largest_radius_difference_mm = 5.0;

double mean_inside_hu(const HuRegion& region, const HeadSphere& sphere) {
  double sum = 0.0;
  double count = 0.0;
  for_each_voxel(region.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if ((point_mm - sphere.centre_mm).norm() > sphere.radius_mm - 3.0) return;
    sum += region.hu[i];
    count += 1.0;
  });
  return count > 0.0 ? sum / count : -1000.0;
}

std::optional<HeadSphere> fit_smoothed(const CtVolume& ct,
                                       const Eigen::Vector3d& start_mm,
                                       double smoothing_mm,
                                       const HeadSphereOptions& sphere_options,
                                       const FemurOptions& options) {
  const Eigen::Vector3d reach = Eigen::Vector3d::Constant(options.largest_head_radius_mm + 12.0);
  HuRegion region = crop_hu(ct, covering_box(ct.grid, start_mm - reach, start_mm + reach));
  smooth_gaussian(region.grid, region.hu, smoothing_mm);
  std::optional<HeadSphere> sphere = fit_head_sphere(region, start_mm, sphere_options);
  if (sphere && mean_inside_hu(region, *sphere) < least_inside_hu) sphere.reset();
  return sphere;
}

// The smoothing that finds heads in noise closes a narrow joint; what is fitted then may be neither head nor
// socket. A sharper image is believed only where it shows a head clearly: noise never does.
std::optional<HeadSphere> fit_at(const CtVolume& ct,
                                 const Eigen::Vector3d& start_mm,
                                 const FemurOptions& options) {
  HeadSphereOptions sphere_options{.smallest_radius_mm = options.smallest_head_radius_mm,
                                   .largest_radius_mm = options.largest_head_radius_mm};
  const std::optional<HeadSphere> sphere =
      fit_smoothed(ct, start_mm, edge_smoothing_mm, sphere_options, options);
  if (sphere && sphere->quality() >= enough_quality_alone) return sphere;
  sphere_options.smallest_edge_hu_per_mm = sharp_edge_hu_per_mm;
  const std::optional<HeadSphere> sharp =
      fit_smoothed(ct, start_mm, sharp_smoothing_mm, sphere_options, options);
  return sharp && sharp->quality() >= enough_quality_alone ? sharp : sphere;
}

// A narrow joint is closed by the smoothing that finds heads safely: the sphere once more in a sharper image,
// where it is as good there. Socket and head are both fitted then, and the innermost is the head.
HeadSphere sharpened(const CtVolume& ct, const HeadSphere& sphere, const FemurOptions& options) {
  const std::optional<HeadSphere> sharp =
      fit_smoothed(ct,
                   sphere.centre_mm,
                   sharp_smoothing_mm,
                   {.smallest_radius_mm = std::max(options.smallest_head_radius_mm, sphere.radius_mm - 5.0),
                    .largest_radius_mm = std::min(options.largest_head_radius_mm, sphere.radius_mm + 2.0),
                    .smallest_edge_hu_per_mm = sharp_edge_hu_per_mm},
                   options);
  const bool as_good = sharp && sharp->quality() > 0.8 * sphere.quality() &&
                       (sharp->centre_mm - sphere.centre_mm).norm() < 6.0;
  return as_good ? *sharp : sphere;
}

std::vector<HeadSphere> fit_candidates(const CtVolume& ct,
                                       const std::vector<RoundBone>& bones,
                                       const FemurOptions& options) {
  std::vector<std::optional<HeadSphere>> fitted(bones.size());
  parallel_for(static_cast<int>(bones.size()), options.threads, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    fitted[at] = fit_at(ct, bones[at].centre_patient_mm, options);
  });
  std::vector<HeadSphere> spheres;
  for (const std::optional<HeadSphere>& sphere : fitted) {
    if (!sphere) continue;
    const bool known = std::ranges::any_of(spheres, [&](const HeadSphere& other) {
      return (other.centre_mm - sphere->centre_mm).norm() < 10.0;
    });
    if (!known) spheres.push_back(*sphere);
  }
  return spheres;
}

bool plausible_pair(const HeadSphere& right, const HeadSphere& left) {
  const Eigen::Vector3d between = left.centre_mm - right.centre_mm;
  return between.x() >= least_distance_mm && between.x() <= largest_distance_mm &&
         std::abs(between.z()) <= largest_height_difference_mm &&
         std::abs(between.y()) <= largest_depth_difference_mm &&
         std::abs(left.radius_mm - right.radius_mm) <= largest_radius_difference_mm;
}

std::optional<FemoralHeads> best_pair(const std::vector<HeadSphere>& spheres) {
  std::optional<FemoralHeads> best;
  double best_score = 0.0;
  for (const HeadSphere& right : spheres) {
    for (const HeadSphere& left : spheres) {
      if (!plausible_pair(right, left)) continue;
      const double worse = std::min(right.quality(), left.quality());
      const double score = right.quality() + left.quality();
      if (worse < enough_quality_in_a_pair || score <= best_score) continue;
      best_score = score;
      best = FemoralHeads{{right, left}};
    }
  }
  return best;
}

// One good head whose partner's place is taken by metal: a prosthesis or a fixed fracture.
std::optional<FemoralHeads> one_beside_metal(const CtVolume& ct, const std::vector<HeadSphere>& spheres) {
  std::optional<FemoralHeads> best;
  double best_score = enough_quality_alone;
  for (const HeadSphere& sphere : spheres) {
    if (sphere.quality() < best_score) continue;
    for (const double sign : {-1.0, 1.0}) {
      const Eigen::Vector3d partner_mm = sphere.centre_mm + Eigen::Vector3d{sign * 175.0, 0.0, 0.0};
      if (metal_volume_mm3(ct, partner_mm, metal_search_radius_mm) < smallest_metal_mm3) continue;
      best_score = sphere.quality();
      best = FemoralHeads{};
      best->head[static_cast<std::size_t>(sign > 0.0 ? Side::right : Side::left)] = sphere;
    }
  }
  return best;
}

}  // namespace

FemoralHeads find_femoral_heads(const CtVolume& ct, const HuRegion& coarse, const FemurOptions& options) {
  const std::vector<RoundBone> bones =
      vote_round_bones(coarse,
                       {.smallest_radius_mm = options.smallest_head_radius_mm,
                        .largest_radius_mm = options.largest_head_radius_mm});
  const std::vector<HeadSphere> spheres = fit_candidates(ct, bones, options);
  std::optional<FemoralHeads> found = best_pair(spheres);
  if (!found) found = one_beside_metal(ct, spheres);
  if (found) {
    for (std::optional<HeadSphere>& head : found->head) {
      if (head) head = sharpened(ct, *head, options);
    }
    return *found;
  }
  throw Refusal(
      RefusalCode::not_a_hip,
      std::to_string(spheres.size()) +
          " round structures looked at, no two of them like femoral heads side by side; both needed");
}

}  // namespace focalhip
