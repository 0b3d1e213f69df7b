#include "analysis/registration/expect_tile.h"

namespace focalhip {

ExpectTileFunction expect_tile_function(SimdLevel level) {
  switch (level) {
    case SimdLevel::avx512:
      return expect_tile_avx512;
    case SimdLevel::avx2:
      return expect_tile_avx2;
    case SimdLevel::sse2:
      return expect_tile_sse2;
    case SimdLevel::scalar:
      break;
  }
  return expect_tile_scalar;
}

}  // namespace focalhip
