#include "analysis/calibration/rod_edge.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// A disc on a pixel grid, its edge blurred by erfc; sampled as a scan would be.
RadialProfile sampled(
    double radius_mm, double sigma_mm, double inside_hu, double outside_hu, double pixel_mm) {
  RadialProfile profile;
  for (double y = -radius_mm - 3.0 + 0.13; y <= radius_mm + 3.0; y += pixel_mm) {
    for (double x = -radius_mm - 3.0 + 0.29; x <= radius_mm + 3.0; x += pixel_mm) {
      const double r = std::hypot(x, y);
      const double share = 0.5 * std::erfc((r - radius_mm) / (std::numbers::sqrt2 * sigma_mm));
      profile.add(r, outside_hu + (inside_hu - outside_hu) * share);
    }
  }
  return profile;
}

TEST(RodEdge, GivesRadiusAndBlurBack) {
  for (const double radius : {5.5, 8.0, 11.0}) {
    for (const double sigma : {0.35, 0.55, 0.85}) {
      const auto edge = fit_rod_edge(sampled(radius, sigma, 500.0, 40.0, 0.977), radius + 0.4);
      ASSERT_TRUE(edge) << radius << " " << sigma;
      // Rings of 0.25 mm hold one to a few dozen pixels; what remains is their spread within the ring.
      EXPECT_NEAR(edge->radius_mm, radius, 0.02);
      EXPECT_NEAR(edge->sigma_mm, sigma, 0.02);
      EXPECT_NEAR(edge->inside_hu, 500.0, 2.0);
      EXPECT_NEAR(edge->outside_hu, 40.0, 2.0);
    }
  }
}

TEST(RodEdge, ADarkRodHasAnEdgeToo) {
  const auto edge = fit_rod_edge(sampled(8.0, 0.55, -70.0, 40.0, 0.8), 7.8);
  ASSERT_TRUE(edge);
  EXPECT_NEAR(edge->radius_mm, 8.0, 0.02);
}

TEST(RodEdge, WithoutContrastThereIsNoEdge) {
  EXPECT_FALSE(fit_rod_edge(sampled(8.0, 0.55, 45.0, 40.0, 0.8), 8.0));
  EXPECT_FALSE(fit_rod_edge(RadialProfile{}, 8.0));
}

}  // namespace
}  // namespace focalhip
