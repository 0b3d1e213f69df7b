#include "analysis/cortex/cortex_profile.h"

#include <algorithm>
#include <cmath>

namespace focalhip {

LayerSamples samples_of(const CortexProfile& profile) {
  LayerSamples samples{
      .x_mm = {}, .density = profile.density, .weight = profile.weight, .slice_sine = profile.slice_sine};
  for (std::size_t i = 0; i < profile.density.size(); ++i) samples.x_mm.push_back(profile.x_mm(i));
  return samples;
}

LayerVector vector_of(const LayerModel& m) {
  return (LayerVector() << m.outside, m.cortex, m.inside, m.middle_mm, m.thickness_mm, m.blur_sd_mm)
      .finished();
}

LayerModel layer_of(const LayerVector& v) {
  return {.outside = v[0],
          .cortex = v[1],
          .inside = v[2],
          .middle_mm = v[3],
          .thickness_mm = v[4],
          .blur_sd_mm = v[5]};
}

// f = ys + (yc - ys) H(x - x0) + (yb - yc) H(x - x1), x0 and x1 = middle -+ thickness / 2. [cbm 2]
LayerValue layer_value(const LayerModel& m, double x_mm, const SliceBlur& slice, double slice_sine) {
  const ProfileBlur blur = blur_along(m.blur_sd_mm, slice, slice_sine);
  const BlurredStep outer = blurred_step(x_mm - m.outer_mm(), blur);
  const BlurredStep inner = blurred_step(x_mm - m.inner_mm(), blur);
  const double rise = m.cortex - m.outside;
  const double fall = m.inside - m.cortex;
  // d(along) / d(in plane) of the Gaussian's sd: in_plane cos^2 / along; none on the floor.
  const double cosine2 = std::max(0.0, 1.0 - slice_sine * slice_sine);
  const double by_blur = std::min(1.0, m.blur_sd_mm * cosine2 / blur.gaussian_sd_mm);
  LayerValue value;
  value.density = m.outside + rise * outer.value + fall * inner.value;
  value.slope[0] = 1.0 - outer.value;
  value.slope[1] = outer.value - inner.value;
  value.slope[2] = inner.value;
  value.slope[3] = -rise * outer.by_position_per_mm - fall * inner.by_position_per_mm;
  value.slope[4] = 0.5 * (rise * outer.by_position_per_mm - fall * inner.by_position_per_mm);
  value.slope[5] = by_blur * (rise * outer.by_sd_per_mm + fall * inner.by_sd_per_mm);
  return value;
}

}  // namespace focalhip
