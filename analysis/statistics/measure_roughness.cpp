#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/statistics/search_region.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

// 16 area^2 of a triangle with these squared sides: 4 L12 L13 - (L12 + L13 - L23)^2, not below 0.
double sixteen_area_squares(double l12, double l13, double l23) {
  const double skew = l12 + l13 - l23;
  return std::max(4.0 * l12 * l13 - skew * skew, 0.0);
}

// Sums of one tetrahedron for mu3, mu2, mu1. [spm 2]
struct TetrahedronShare {
  double volume = 0.0;
  double face_root_sum = 0.0;
  double angle_sum = 0.0;  // sum of sqrt(L) * exterior angle / (2 pi)
};

TetrahedronShare share_of(const std::array<double, 6>& l) {
  // Points 0..3; l: 01, 02, 03, 12, 13, 23. face[i]: opposite point i.
  const std::array<double, 4> face = {sixteen_area_squares(l[3], l[4], l[5]),
                                      sixteen_area_squares(l[1], l[2], l[5]),
                                      sixteen_area_squares(l[0], l[2], l[4]),
                                      sixteen_area_squares(l[0], l[1], l[3])};
  TetrahedronShare share;
  for (const double a : face) share.face_root_sum += std::sqrt(a);
  // At edge kl meet the faces opposite i and j: delta = 4 L_ij L_kl - (L_ik + L_jl - L_jk - L_il)^2.
  const auto add_edge = [&](double l_ij,
                            double l_kl,
                            double l_ik,
                            double l_jl,
                            double l_jk,
                            double l_il,
                            double ai,
                            double aj) {
    const double skew = l_ik + l_jl - l_jk - l_il;
    const double twice = ai + aj - (4.0 * l_ij * l_kl - skew * skew);
    const double product = std::sqrt(ai * aj);
    const double cosine = product > 0.0 ? std::clamp(0.5 * twice / product, -1.0, 1.0) : 1.0;
    share.angle_sum += std::sqrt(l_kl) * std::acos(-cosine) / (2.0 * std::numbers::pi);
    return std::max(4.0 * ai * aj - twice * twice, 0.0);
  };
  const double square = add_edge(l[0], l[5], l[1], l[4], l[3], l[2], face[0], face[1]);  // edge 23
  share.volume = l[5] > 0.0 ? std::sqrt(square / l[5]) / 48.0 : 0.0;
  add_edge(l[1], l[4], l[0], l[5], l[3], l[2], face[0], face[2]);  // ij = 02, edge 13
  add_edge(l[2], l[3], l[0], l[5], l[4], l[1], face[0], face[3]);  // ij = 03, edge 12
  add_edge(l[3], l[2], l[0], l[5], l[1], l[4], face[1], face[2]);  // ij = 12, edge 03
  add_edge(l[4], l[1], l[0], l[5], l[2], l[3], face[1], face[3]);  // ij = 13, edge 02
  add_edge(l[5], l[0], l[1], l[4], l[2], l[3], face[2], face[3]);  // ij = 23, edge 01
  return share;
}

struct Sums {
  std::array<double, 4> mu{};
  std::vector<double> share;  // of each point, of the highest dimension
};

bool inside(const auto& points, std::span<const std::uint8_t> mask) {
  return std::ranges::all_of(points, [&](int p) { return mask[static_cast<std::size_t>(p)] != 0; });
}

void add_triangles(const SearchRegion& region,
                   std::span<const double> l,
                   std::span<const std::uint8_t> mask,
                   Sums& sums) {
  std::vector<int> uses(region.edges.size(), 0);
  for (std::size_t i = 0; i < region.triangles.size(); ++i) {
    if (!inside(region.triangles[i], mask)) continue;
    std::array<double, 3> side{};
    for (std::size_t k = 0; k < 3; ++k) {
      const auto edge = static_cast<std::size_t>(region.triangle_edges[i][k]);
      side[k] = l[edge];
      ++uses[edge];
    }
    const double area = 0.25 * std::sqrt(sixteen_area_squares(side[0], side[1], side[2]));
    sums.mu[0] += 1.0;
    sums.mu[2] += area;
    sums.mu[1] -= 0.5 * (std::sqrt(side[0]) + std::sqrt(side[1]) + std::sqrt(side[2]));
    if (region.dimensions != 2) continue;
    for (const int p : region.triangles[i]) sums.share[static_cast<std::size_t>(p)] += area / 3.0;
  }
  if (region.dimensions != 2) return;
  // Without boundary the length of the boundary is 0, not the rounding error of the sums.
  bool has_boundary = false;
  for (std::size_t e = 0; e < region.edges.size(); ++e) {
    if (inside(region.edges[e], mask) && uses[e] != 2) has_boundary = true;
  }
  if (!has_boundary) sums.mu[1] = 0.0;
}

void add_tetrahedra(const SearchRegion& region,
                    std::span<const double> l,
                    std::span<const std::uint8_t> mask,
                    Sums& sums) {
  for (std::size_t i = 0; i < region.tetrahedra.size(); ++i) {
    if (!inside(region.tetrahedra[i], mask)) continue;
    std::array<double, 6> edge{};
    for (std::size_t k = 0; k < 6; ++k) edge[k] = l[static_cast<std::size_t>(region.tetrahedron_edges[i][k])];
    const TetrahedronShare share = share_of(edge);
    sums.mu[0] -= 1.0;
    sums.mu[1] += share.angle_sum;
    sums.mu[2] -= share.face_root_sum / 8.0;
    sums.mu[3] += share.volume;
    for (const int p : region.tetrahedra[i]) sums.share[static_cast<std::size_t>(p)] += share.volume / 4.0;
  }
}

}  // namespace

RegionRoughness measure_roughness(const SearchRegion& region,
                                  std::span<const double> edge_roughness,
                                  std::span<const std::uint8_t> mask) {
  expects(edge_roughness.size() == region.edges.size(), "one roughness for each edge");
  expects(mask.size() == static_cast<std::size_t>(region.points), "a mask of all points");
  Sums sums;
  sums.share.assign(mask.size(), 0.0);
  for (const std::uint8_t m : mask) sums.mu[0] += m != 0 ? 1.0 : 0.0;
  for (std::size_t e = 0; e < region.edges.size(); ++e) {
    if (!inside(region.edges[e], mask)) continue;
    sums.mu[0] -= 1.0;
    sums.mu[1] += std::sqrt(edge_roughness[e]);
  }
  add_triangles(region, edge_roughness, mask, sums);
  add_tetrahedra(region, edge_roughness, mask, sums);
  RegionRoughness roughness;
  for (std::size_t d = 0; d < 4; ++d) {
    roughness.resels[d] = sums.mu[d] / std::pow(four_log_two, 0.5 * static_cast<double>(d));
  }
  const double unit = std::pow(four_log_two, 0.5 * region.dimensions);
  for (double& share : sums.share) share /= unit;
  roughness.resels_of_point = std::move(sums.share);
  return roughness;
}

}  // namespace focalhip
