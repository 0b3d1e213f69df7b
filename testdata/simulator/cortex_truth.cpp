#include "testdata/simulator/cortex_truth.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace focalhip::simulator {
namespace {

constexpr double step_mm = 0.05;
constexpr double longest_ray_mm = 70.0;
constexpr double layer_mm = 6.0;

// The density field along a ray, up to where it leaves the bone.
class Ray {
 public:
  Ray(const FemurModel& femur, Vec3 vertex, Vec3 inward)
      : femur_(femur),
        start_(femur.pose().femur_from_patient(vertex)),
        direction_(femur.pose().femur_from_patient(vertex + inward) - start_) {}

  [[nodiscard]] FemurPoint at(double depth_mm) const {
    return femur_.point_femur(start_ + depth_mm * direction_, 0.01);
  }
  // Way through the bone; absent if it does not end.
  [[nodiscard]] std::optional<double> chord_mm() const {
    for (double depth = 1.0; depth < longest_ray_mm; depth += 0.5) {
      if (femur_.distance_femur_mm(start_ + depth * direction_) > 0.0) return depth;
    }
    return std::nullopt;
  }
  // First depth at which the share of cortex falls to a level.
  [[nodiscard]] std::optional<double> depth_of_share(double level, double limit_mm) const {
    for (double depth = 2.0 * step_mm; depth < limit_mm; depth += step_mm) {
      if (at(depth).cortical_share > level) continue;
      double above = depth - step_mm;
      double below = depth;
      for (int i = 0; i < 10; ++i) {
        const double middle = 0.5 * (above + below);
        (at(middle).cortical_share > level ? above : below) = middle;
      }
      return below;
    }
    return std::nullopt;
  }
  [[nodiscard]] double mean_density(double from_mm, double to_mm) const {
    const int samples = std::max(1, static_cast<int>((to_mm - from_mm) / step_mm));
    double sum = 0.0;
    for (int i = 0; i < samples; ++i)
      sum += at(from_mm + (i + 0.5) * (to_mm - from_mm) / samples).density_mg_cm3;
    return sum / samples;
  }

 private:
  const FemurModel& femur_;
  Vec3 start_;
  Vec3 direction_;
};

}  // namespace

CortexTruth cortex_along(const FemurModel& femur, Vec3 vertex, Vec3 outward_normal) {
  const Ray ray(femur, vertex, -1.0 * outward_normal);
  CortexTruth truth;
  const std::optional<double> chord = ray.chord_mm();
  if (!chord || *chord < 2.0) return truth;
  const std::optional<double> middle = ray.depth_of_share(0.5, *chord);
  const std::optional<double> begin = ray.depth_of_share(0.999, *chord);
  const std::optional<double> end = ray.depth_of_share(0.001, *chord);
  if (!middle || !begin || !end) return truth;
  truth.cth_mm = *middle;
  // The first samples may lie outside the sampled surface.
  truth.cbmd_mg_cm3 = ray.mean_density(std::min(0.1, 0.5 * *begin), std::max(*begin, 0.15));
  truth.cm_mg_cm2 = 0.1 * truth.cbmd_mg_cm3 * truth.cth_mm;
  const double last = *middle + std::min(layer_mm, 0.5 * *chord);
  if (last >= *chord - 0.1 || last - *end < 1.0) return truth;
  truth.ectd_mg_cm3 = ray.mean_density(*end, last);
  truth.valid = true;
  for (double depth = *end + step_mm; depth < last; depth += 0.25) {
    if (ray.at(depth).cortical_share > 0.01) truth.valid = false;
  }
  return truth;
}

}  // namespace focalhip::simulator
