// Compiled for AVX2 (analysis/CMakeLists.txt).
#include "analysis/registration/expect_tile_body.h"

namespace focalhip {

void expect_tile_avx2(ExpectTile& tile) { ExpectTileBody<8>::run(tile); }

}  // namespace focalhip
