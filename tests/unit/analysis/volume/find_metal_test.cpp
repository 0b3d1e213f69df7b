#include "analysis/volume/find_metal.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

CtVolume water() {
  CtVolume ct;
  ct.grid.size = {40, 40, 20};
  ct.grid.spacing_mm = {1.0, 1.0, 2.0};
  ct.hu.assign(ct.grid.voxel_count(), 0);
  return ct;
}

void put_block(CtVolume& ct, int first, int edge, std::int16_t hu) {
  for (int slice = 5; slice < 5 + edge; ++slice) {
    for (int row = first; row < first + edge; ++row) {
      for (int column = first; column < first + edge; ++column) ct.hu[ct.grid.index(column, row, slice)] = hu;
    }
  }
}

TEST(FindMetal, GivesVolumeAndPlaceOfTheLargestPart) {
  CtVolume ct = water();
  put_block(ct, 4, 2, 3000);
  put_block(ct, 20, 4, 2600);  // 4 x 4 x 4 voxels of 2 mm3
  const auto metal = find_metal(ct);
  ASSERT_TRUE(metal.has_value());
  EXPECT_DOUBLE_EQ(metal->volume_mm3, 128.0);
  EXPECT_TRUE(metal->centre_patient_mm.isApprox(Eigen::Vector3d(21.5, 21.5, 13.0)));
}

TEST(FindMetal, IgnoresBoneAndSpecks) {
  CtVolume ct = water();
  put_block(ct, 20, 6, 2500);  // dense bone and enamel
  put_block(ct, 4, 2, 3000);   // 16 mm3 of calcification
  EXPECT_FALSE(find_metal(ct).has_value());
}

}  // namespace
}  // namespace focalhip
