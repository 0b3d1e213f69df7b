// Compiled for AVX-512F (analysis/CMakeLists.txt).
#include "analysis/registration/expect_tile_body.h"

namespace focalhip {

void expect_tile_avx512(ExpectTile& tile) { ExpectTileBody<16>::run(tile); }

}  // namespace focalhip
