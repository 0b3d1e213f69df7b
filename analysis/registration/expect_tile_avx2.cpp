// Compiled for AVX2 (analysis/CMakeLists.txt).
#include "analysis/registration/expect_tile_body.h"

#include <immintrin.h>

namespace focalhip {

namespace {

struct Minimum {
  static __m256 of(const __m256& left, const __m256& right) { return _mm256_min_ps(left, right); }
};

}  // namespace

void expect_tile_avx2(ExpectTile& tile) { ExpectTileBody<8, Minimum>::run(tile); }

}  // namespace focalhip
