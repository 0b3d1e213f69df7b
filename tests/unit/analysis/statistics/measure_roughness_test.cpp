// Roughness that is the squared distance of points in space makes resels the intrinsic volumes of the body.
#include <cmath>

#include <gtest/gtest.h>

#include "analysis/statistics/search_region.h"
#include "tests/support/icosphere.h"

namespace focalhip {
namespace {

using Point = std::array<double, 3>;

double square_distance(const Point& a, const Point& b) {
  return std::pow(a[0] - b[0], 2) + std::pow(a[1] - b[1], 2) + std::pow(a[2] - b[2], 2);
}

// Intrinsic volumes: resels without the factor (4 ln 2)^(d/2).
std::array<double, 4> volumes_of(const SearchRegion& region,
                                 const std::vector<Point>& places,
                                 const std::vector<std::uint8_t>& mask) {
  std::vector<double> roughness;
  for (const auto& [a, b] : region.edges)
    roughness.push_back(
        square_distance(places[static_cast<std::size_t>(a)], places[static_cast<std::size_t>(b)]));
  const RegionRoughness measured = measure_roughness(region, roughness, mask);
  std::array<double, 4> volumes{};
  for (std::size_t d = 0; d < 4; ++d)
    volumes[d] = measured.resels[d] * std::pow(four_log_two, 0.5 * static_cast<double>(d));
  return volumes;
}

// A box a x b x c has the intrinsic volumes 1, a + b + c, ab + bc + ca, abc.
TEST(MeasureRoughness, OfALatticeIsTheBox) {
  const std::array<int, 3> dims = {4, 3, 5};
  const Point step = {0.7, 1.3, 0.4};
  const SearchRegion region = region_of_lattice(dims, std::vector<std::uint8_t>(60, 1));
  std::vector<Point> places;
  for (int z = 0; z < dims[2]; ++z) {
    for (int y = 0; y < dims[1]; ++y) {
      for (int x = 0; x < dims[0]; ++x) places.push_back({x * step[0], y * step[1], z * step[2]});
    }
  }
  const auto mu = volumes_of(region, places, std::vector<std::uint8_t>(60, 1));
  const double a = 3 * step[0];
  const double b = 2 * step[1];
  const double c = 4 * step[2];
  EXPECT_NEAR(mu[0], 1.0, 1e-12);
  EXPECT_NEAR(mu[1], a + b + c, 1e-9);
  EXPECT_NEAR(mu[2], a * b + b * c + c * a, 1e-9);
  EXPECT_NEAR(mu[3], a * b * c, 1e-9);
}

TEST(MeasureRoughness, OfASphereIsItsAreaAndCountsHalfTheBoundaryOfAMask) {
  const test::Icosphere sphere = test::icosphere(3);
  const auto region =
      std::get<SearchRegion>(region_of_triangles(static_cast<int>(sphere.vertices.size()), sphere.triangles));
  std::vector<Point> places;
  std::vector<std::uint8_t> all;
  std::vector<std::uint8_t> one_cap_cut;
  for (const auto& v : sphere.vertices) {
    places.push_back({v[0], v[1], v[2]});
    all.push_back(1);
    one_cap_cut.push_back(v[2] < 0.5F ? 1 : 0);
  }
  double area = 0.0;
  for (const auto& [a, b, c] : sphere.triangles) {
    const auto side = [&](int i, int j) {
      return std::sqrt(
          square_distance(places[static_cast<std::size_t>(i)], places[static_cast<std::size_t>(j)]));
    };
    const double s = 0.5 * (side(a, b) + side(b, c) + side(c, a));  // Heron
    area += std::sqrt(s * (s - side(a, b)) * (s - side(b, c)) * (s - side(c, a)));
  }
  const auto closed = volumes_of(region, places, all);
  EXPECT_EQ(closed[0], 2.0);
  EXPECT_EQ(closed[1], 0.0);
  EXPECT_NEAR(closed[2], area, 1e-9);
  const auto cut = volumes_of(region, places, one_cap_cut);
  EXPECT_EQ(cut[0], 1.0);
  // The boundary runs along edges somewhat below the circle of radius sqrt(0.75), in zigzags.
  EXPECT_GT(cut[1], std::acos(-1.0) * std::sqrt(0.75));
  EXPECT_LT(cut[1], 1.6 * std::acos(-1.0) * std::sqrt(0.75));
}

TEST(MeasureRoughness, SharesOfThePointsSumToTheResels) {
  const SearchRegion region = region_of_lattice({3, 3, 3}, std::vector<std::uint8_t>(27, 1));
  std::vector<double> roughness;
  for (std::size_t e = 0; e < region.edges.size(); ++e)
    roughness.push_back(1.0 + 0.1 * static_cast<double>(e % 7));
  const RegionRoughness measured = measure_roughness(region, roughness, std::vector<std::uint8_t>(27, 1));
  double sum = 0.0;
  for (const double share : measured.resels_of_point) sum += share;
  EXPECT_NEAR(sum, measured.resels[3], 1e-12);
}

}  // namespace
}  // namespace focalhip
