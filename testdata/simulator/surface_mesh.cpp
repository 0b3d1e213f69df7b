#include "testdata/simulator/surface_mesh.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace focalhip::simulator {
namespace {

struct Lattice {
  Vec3 origin;
  double edge;
  int nx;
  int ny;
  int nz;
  std::vector<float> distance;

  [[nodiscard]] int node(int i, int j, int k) const { return i + nx * (j + ny * k); }
  [[nodiscard]] Vec3 position(int index) const {
    const int i = index % nx;
    const int j = (index / nx) % ny;
    const int k = index / (nx * ny);
    return origin + edge * Vec3{static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)};
  }
};

Lattice sampled_lattice(const FemurModel& femur, double lowest_z_mm, double edge_mm) {
  // Box of the femur in the patient from the corners of its field.
  Vec3 low{1e9, 1e9, 1e9};
  Vec3 high{-1e9, -1e9, -1e9};
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 a = femur.low_femur_mm();
    const Vec3 b = femur.high_femur_mm();
    const Vec3 p = femur.pose().patient_from_femur(
        {(corner & 1) != 0 ? b.x : a.x, (corner & 2) != 0 ? b.y : a.y, (corner & 4) != 0 ? b.z : a.z});
    low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
  }
  low.z = lowest_z_mm;
  Lattice lattice{low,
                  edge_mm,
                  static_cast<int>((high.x - low.x) / edge_mm) + 2,
                  static_cast<int>((high.y - low.y) / edge_mm) + 2,
                  static_cast<int>((high.z - low.z) / edge_mm) + 2,
                  {}};
  const int count = lattice.nx * lattice.ny * lattice.nz;
  lattice.distance.resize(static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) {
    const auto d = static_cast<float>(femur.distance_mm(lattice.position(n)));
    // A node exactly on the surface would make degenerate triangles.
    lattice.distance[static_cast<std::size_t>(n)] = std::abs(d) < 1e-4F ? 1e-4F : d;
  }
  return lattice;
}

Vec3 outward_normal(const FemurModel& femur, Vec3 p) {
  constexpr double h = 0.5;
  const auto d = [&](Vec3 offset) {
    return femur.distance_mm(p + h * offset) - femur.distance_mm(p - h * offset);
  };
  return normalised({d({1, 0, 0}), d({0, 1, 0}), d({0, 0, 1})});
}

class Builder {
 public:
  Builder(const FemurModel& femur, const Lattice& lattice) : femur_(femur), lattice_(lattice) {}

  void add_tetrahedron(const std::array<int, 4>& corner) {
    std::array<int, 4> order{};
    int inside = 0;
    for (const int c : corner) {
      if (value(c) < 0.0F) order[static_cast<std::size_t>(inside++)] = c;
    }
    int fill = inside;
    for (const int c : corner) {
      if (value(c) >= 0.0F) order[static_cast<std::size_t>(fill++)] = c;
    }
    const auto [a, b, c, d] = order;
    if (inside == 1) add_triangle(vertex(a, b), vertex(a, c), vertex(a, d));
    if (inside == 3) add_triangle(vertex(a, d), vertex(b, d), vertex(c, d));
    if (inside == 2) {
      add_triangle(vertex(a, c), vertex(a, d), vertex(b, d));
      add_triangle(vertex(a, c), vertex(b, d), vertex(b, c));
    }
  }
  [[nodiscard]] SurfaceMesh take() { return std::move(mesh_); }

 private:
  [[nodiscard]] float value(int node) const { return lattice_.distance[static_cast<std::size_t>(node)]; }

  int vertex(int a, int b) {
    const auto key = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(std::min(a, b))) << 32U) |
                     static_cast<std::uint32_t>(std::max(a, b));
    const auto [found, fresh] = known_.try_emplace(key, static_cast<int>(mesh_.vertices_patient_mm.size()));
    if (fresh) {
      const double share =
          static_cast<double>(value(a)) / (static_cast<double>(value(a)) - static_cast<double>(value(b)));
      Vec3 p = lattice_.position(a) + share * (lattice_.position(b) - lattice_.position(a));
      const Vec3 normal = outward_normal(femur_, p);
      p = p - femur_.distance_mm(p) * normal;
      mesh_.vertices_patient_mm.push_back(p);
      mesh_.normals.push_back(normal);
    }
    return found->second;
  }

  void add_triangle(int a, int b, int c) {
    const auto at = [&](int n) { return mesh_.vertices_patient_mm[static_cast<std::size_t>(n)]; };
    const Vec3 facing = cross(at(b) - at(a), at(c) - at(a));
    const Vec3 outward = mesh_.normals[static_cast<std::size_t>(a)] +
                         mesh_.normals[static_cast<std::size_t>(b)] +
                         mesh_.normals[static_cast<std::size_t>(c)];
    if (dot(facing, outward) < 0.0) std::swap(b, c);
    mesh_.triangles.push_back({a, b, c});
  }

  const FemurModel& femur_;
  const Lattice& lattice_;
  std::unordered_map<std::uint64_t, int> known_;
  SurfaceMesh mesh_;
};

}  // namespace

SurfaceMesh extract_surface(const FemurModel& femur, double lowest_z_mm, double edge_mm, int threads) {
  const Lattice lattice = sampled_lattice(femur, lowest_z_mm, edge_mm);
  Builder builder(femur, lattice);
  // Six tetrahedra round the main diagonal of each cell.
  constexpr std::array<std::array<int, 4>, 6> tetrahedra{
      {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7}, {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}}};
  for (int k = 0; k + 1 < lattice.nz; ++k) {
    for (int j = 0; j + 1 < lattice.ny; ++j) {
      for (int i = 0; i + 1 < lattice.nx; ++i) {
        std::array<int, 8> corner{};
        int inside = 0;
        for (int c = 0; c < 8; ++c) {
          corner[static_cast<std::size_t>(c)] =
              lattice.node(i + (c & 1), j + ((c >> 1) & 1), k + ((c >> 2) & 1));
          inside +=
              lattice.distance[static_cast<std::size_t>(corner[static_cast<std::size_t>(c)])] < 0.0F ? 1 : 0;
        }
        if (inside == 0 || inside == 8) continue;
        for (const auto& t : tetrahedra) {
          builder.add_tetrahedron({corner[static_cast<std::size_t>(t[0])],
                                   corner[static_cast<std::size_t>(t[1])],
                                   corner[static_cast<std::size_t>(t[2])],
                                   corner[static_cast<std::size_t>(t[3])]});
        }
      }
    }
  }
  SurfaceMesh mesh = builder.take();
  mesh.cortex.resize(mesh.vertices_patient_mm.size());
  if (femur.fracture()) return mesh;  // the cortex is not followed into fragments: none is valid
#pragma omp parallel for schedule(static) num_threads(threads)
  for (std::size_t i = 0; i < mesh.cortex.size(); ++i)
    mesh.cortex[i] = cortex_along(femur, mesh.vertices_patient_mm[i], mesh.normals[i]);
  return mesh;
}

}  // namespace focalhip::simulator
