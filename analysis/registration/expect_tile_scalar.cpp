#include "analysis/registration/expect_tile_body.h"

namespace focalhip {

void expect_tile_scalar(ExpectTile& tile) { ExpectTileBody<1>::run(tile); }

}  // namespace focalhip
