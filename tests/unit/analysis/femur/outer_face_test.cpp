#include "analysis/femur/outer_face.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// A layered bone integrated numerically over a Gaussian blur: no formula shared with the code under test.
struct Layers {
  double face_mm = 0.0;
  double cortex_mm = 1.0;
  double outside_hu = 50.0;
  double cortex_hu = 1450.0;
  double beneath_hu = 200.0;
  double gap_mm = 100.0;  // to another bone outside
  [[nodiscard]] double hu(double s) const {
    if (s > face_mm + gap_mm) return cortex_hu;
    if (s > face_mm) return outside_hu;
    return s > face_mm - cortex_mm ? cortex_hu : beneath_hu;
  }
};

std::vector<double> blurred(const Layers& layers, double sigma_mm, double first_mm, double step_mm) {
  std::vector<double> hu;
  for (int i = 0; i < 27; ++i) {
    const double s = first_mm + step_mm * i;
    double sum = 0.0;
    double weight = 0.0;
    for (double d = -4.0 * sigma_mm; d <= 4.0 * sigma_mm; d += 0.01) {
      const double w = std::exp(-0.5 * d * d / (sigma_mm * sigma_mm));
      sum += w * layers.hu(s + d);
      weight += w;
    }
    hu.push_back(sum / weight);
  }
  return hu;
}

constexpr double first_mm = -4.5;
constexpr double step_mm = 0.3;

std::optional<OuterFace> face_of(const Layers& layers, double sigma_mm) {
  const std::vector<double> hu = blurred(layers, sigma_mm, first_mm, step_mm);
  return fit_outer_face({.first_mm = first_mm, .step_mm = step_mm, .hu = hu},
                        {.sigma_mm = sigma_mm, .solid_hu = layers.cortex_hu},
                        {});
}

TEST(OuterFace, StandsWhereTheCortexEndsHoweverThinItIs) {
  for (const double sigma_mm : {0.45, 0.65, 0.9}) {
    for (const double cortex_mm : {0.4, 0.7, 1.0, 2.0, 3.5, 6.0}) {
      for (const double face_mm : {-0.8, 0.0, 0.7}) {
        const std::optional<OuterFace> face = face_of({.face_mm = face_mm, .cortex_mm = cortex_mm}, sigma_mm);
        ASSERT_TRUE(face) << sigma_mm << ' ' << cortex_mm << ' ' << face_mm;
        EXPECT_NEAR(face->offset_mm, face_mm, 0.12) << sigma_mm << ' ' << cortex_mm;
      }
    }
  }
}

TEST(OuterFace, IsNotDrawnToTheBoneAcrossTheJoint) {
  for (const double gap_mm : {2.5, 3.5}) {
    const std::optional<OuterFace> face = face_of({.cortex_mm = 0.8, .gap_mm = gap_mm}, 0.65);
    ASSERT_TRUE(face);
    EXPECT_NEAR(face->offset_mm, 0.0, 0.2) << gap_mm;
  }
}

TEST(OuterFace, HasNoAnswerWithoutAnEdge) {
  EXPECT_FALSE(face_of({.cortex_hu = 110.0, .beneath_hu = 80.0}, 0.65));
}

TEST(OuterFace, ThickCortexTellsTheBlurAndItsDensity) {
  for (const double sigma_mm : {0.45, 0.65, 0.9}) {
    const std::vector<double> hu = blurred({.cortex_mm = 4.0}, sigma_mm, first_mm, step_mm);
    const std::optional<ShaftEdge> blur =
        fit_thick_edge({.first_mm = first_mm, .step_mm = step_mm, .hu = hu}, {}, {});
    ASSERT_TRUE(blur) << sigma_mm;
    EXPECT_NEAR(blur->sigma_mm, sigma_mm, 0.05);
    EXPECT_NEAR(blur->solid_hu, 1450.0, 45.0);
  }
}

TEST(OuterFace, ThinCortexIsNotAskedForTheBlur) {
  const std::vector<double> hu = blurred({.cortex_mm = 1.0}, 0.65, first_mm, step_mm);
  EXPECT_FALSE(fit_thick_edge({.first_mm = first_mm, .step_mm = step_mm, .hu = hu}, {}, {}));
}

}  // namespace
}  // namespace focalhip
