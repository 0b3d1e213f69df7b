// Compiled for AVX-512F (analysis/CMakeLists.txt).
#include "analysis/registration/expect_tile_body.h"

#include <immintrin.h>

namespace focalhip {

namespace {

struct Minimum {
  static __m512 of(const __m512& left, const __m512& right) { return _mm512_min_ps(left, right); }
};

}  // namespace

void expect_tile_avx512(ExpectTile& tile) { ExpectTileBody<16, Minimum>::run(tile); }

}  // namespace focalhip
