#include "analysis/registration/expect_tile_body.h"

namespace focalhip {

void expect_tile_sse2(ExpectTile& tile) { ExpectTileBody<4>::run(tile); }

}  // namespace focalhip
