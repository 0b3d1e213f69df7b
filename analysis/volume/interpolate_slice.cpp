#include "analysis/volume/interpolate_slice.h"

#include <cmath>

#include "analysis/support/expects.h"

namespace focalhip {

void interpolate_slice(CtVolume& ct, int slice) {
  expects(slice > 0 && slice + 1 < ct.grid.size[2], "an interpolated slice has two neighbours");
  const std::size_t here = ct.grid.index(0, 0, slice);
  const std::size_t below = ct.grid.index(0, 0, slice - 1);
  const std::size_t above = ct.grid.index(0, 0, slice + 1);
  for (std::size_t i = 0; i < above - here; ++i) {
    const bool has_below = ct.is_valid(below + i);
    const bool has_above = ct.is_valid(above + i);
    const double mean_hu = 0.5 * (ct.hu[below + i] + ct.hu[above + i]);
    if (has_below && has_above) {
      ct.hu[here + i] = static_cast<std::int16_t>(std::lround(mean_hu));
    } else {
      ct.hu[here + i] = ct.hu[(has_above ? above : below) + i];
    }
    if (!ct.valid.empty()) ct.valid[here + i] = has_below || has_above ? 1 : 0;
  }
  ct.interpolated_slices.push_back(slice);
}

}  // namespace focalhip
