#include "analysis/registration/expect_tile_body.h"

namespace focalhip {

namespace {

struct Minimum {
  template <typename Vector>
  static Vector of(const Vector& left, const Vector& right) {
    return left < right ? left : right;
  }
};

}  // namespace

void expect_tile_scalar(ExpectTile& tile) { ExpectTileBody<1, Minimum>::run(tile); }

}  // namespace focalhip
