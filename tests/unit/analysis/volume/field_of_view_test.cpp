#include "analysis/volume/field_of_view.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// 200 x 200 pixels of 2 mm: a body (round, given radius and shift to the right) in a field of view of 390 mm.
CtVolume body(double radius_mm,
              double shift_mm,
              bool with_padding,
              std::optional<double> diameter_mm = 390.0) {
  CtVolume ct;
  ct.grid.size = {200, 200, 8};
  ct.grid.spacing_mm = {2.0, 2.0, 5.0};
  ct.acquisition.reconstruction_diameter_mm = diameter_mm;
  ct.hu.assign(ct.grid.voxel_count(), -1000);
  if (with_padding) ct.valid.assign(ct.hu.size(), 1);
  for (std::size_t i = 0; i < ct.hu.size(); ++i) {
    const double x_mm = 2.0 * (static_cast<double>(i % 200) - 99.5);
    const double y_mm = 2.0 * (static_cast<double>(i / 200 % 200) - 99.5);
    const bool is_seen = std::hypot(x_mm, y_mm) <= 195.0;
    if (is_seen && std::hypot(x_mm - shift_mm, y_mm) <= radius_mm) ct.hu[i] = 40;
    if (with_padding && !is_seen) ct.valid[i] = 0;
  }
  return ct;
}

// Share of a circle of radius a that lies inside a circle of radius b at distance d: the angle between the
// crossings. Truth of the geometry, not of the code.
double share_inside(double a_mm, double b_mm, double d_mm) {
  const double cosine = (a_mm * a_mm + d_mm * d_mm - b_mm * b_mm) / (2.0 * a_mm * d_mm);
  return std::acos(std::clamp(cosine, -1.0, 1.0)) / std::numbers::pi;
}

TEST(TissueOnBorder, IsNoneForABodyInsideTheField) {
  EXPECT_EQ(tissue_on_border(body(150.0, 10.0, true)), 0.0);
  EXPECT_EQ(tissue_on_border(body(150.0, 10.0, false)), 0.0);
}

// Staircase borders of pixels: within 3 % of the circumference.
TEST(TissueOnBorder, IsTheShareOfTheCircleThatLiesInTheBody) {
  for (const bool with_padding : {true, false}) {
    const double share = tissue_on_border(body(150.0, 80.0, with_padding));
    EXPECT_NEAR(share, share_inside(195.0, 150.0, 80.0), 0.03) << with_padding;
    EXPECT_GT(share, largest_touched_share);
  }
}

TEST(TissueOnBorder, SeesABodyCutByTheEdgeOfTheImages) {
  CtVolume ct = body(150.0, 0.0, false, std::nullopt);
  for (std::size_t i = 0; i < ct.hu.size(); ++i) {
    if (i / 200 % 200 >= 50 && i / 200 % 200 < 150) ct.hu[i] = 40;  // from the left edge to the right one
  }
  EXPECT_NEAR(tissue_on_border(ct), 200.0 / 796.0, 0.01);
}

TEST(TissueOnBorder, ATableLeavingTheFieldIsNotThePatient) {
  CtVolume ct = body(150.0, 0.0, true);
  for (std::size_t i = 0; i < ct.hu.size(); ++i) {
    const std::size_t row = i / 200 % 200;
    if (ct.valid[i] != 0 && (row == 180 || row == 186)) ct.hu[i] = 100;  // two shells of 2 mm
  }
  EXPECT_LT(tissue_on_border(ct), largest_touched_share);
}

}  // namespace
}  // namespace focalhip
