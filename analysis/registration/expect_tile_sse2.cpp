#include "analysis/registration/expect_tile_body.h"

#include <xmmintrin.h>

namespace focalhip {

namespace {

struct Minimum {
  static __m128 of(const __m128& left, const __m128& right) { return _mm_min_ps(left, right); }
};

}  // namespace

void expect_tile_sse2(ExpectTile& tile) { ExpectTileBody<4, Minimum>::run(tile); }

}  // namespace focalhip
