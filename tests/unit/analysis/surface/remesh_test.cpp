#include "analysis/surface/remesh.h"

#include <cmath>
#include <functional>
#include <map>
#include <numbers>

#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include "analysis/surface/editable_mesh.h"
#include "analysis/surface/femur_surface.h"

namespace focalhip {
namespace {

struct Field {
  VoxelGrid grid;
  std::vector<float> distance_mm;
  [[nodiscard]] LevelSet level_set() const { return {.grid = grid, .distance_mm = distance_mm}; }
};

Field sampled(const std::function<double(const Eigen::Vector3d&)>& distance) {
  Field field;
  field.grid.size = {46, 46, 60};
  field.grid.spacing_mm = {0.9, 0.9, 1.0};
  field.grid.origin_patient_mm = {-20.1, -19.7, -30.3};
  for (int k = 0; k < 60; ++k) {
    for (int j = 0; j < 46; ++j) {
      for (int i = 0; i < 46; ++i) {
        field.distance_mm.push_back(
            static_cast<float>(distance(field.grid.patient_from_voxel(Eigen::Vector3d(i, j, k)))));
      }
    }
  }
  return field;
}

double sphere(const Eigen::Vector3d& p) { return p.norm() - 15.0; }
// A rod along z that leaves the grid below.
double rod(const Eigen::Vector3d& p) {
  const double along = std::min(p.z(), 10.0);
  return (p - Eigen::Vector3d(0.0, 0.0, along)).norm() - 12.0;
}
double torus(const Eigen::Vector3d& p) { return std::hypot(std::hypot(p.x(), p.y()) - 11.0, p.z()) - 5.0; }

double volume_mm3(const TriangleMesh& mesh) {
  double sum = 0.0;
  for (const auto& t : mesh.triangles) {
    const auto at = [&](std::size_t k) { return mesh.vertices_mm[static_cast<std::size_t>(t[k])]; };
    sum += at(0).dot(at(1).cross(at(2))) / 6.0;
  }
  return sum;
}

double smallest_angle_deg(const TriangleMesh& mesh, const std::array<int, 3>& t) {
  double smallest = 180.0;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto& a = mesh.vertices_mm[static_cast<std::size_t>(t[k])];
    const auto& b = mesh.vertices_mm[static_cast<std::size_t>(t[(k + 1) % 3])];
    const auto& c = mesh.vertices_mm[static_cast<std::size_t>(t[(k + 2) % 3])];
    const double cosine = (b - a).normalized().dot((c - a).normalized());
    smallest = std::min(smallest, std::acos(std::clamp(cosine, -1.0, 1.0)) * 180.0 / std::numbers::pi);
  }
  return smallest;
}

TEST(ExtractIsosurface, IsWatertightFacesOutAndHasTheVolume) {
  const Field field = sampled(sphere);
  const TriangleMesh mesh = extract_isosurface(field.level_set());
  EXPECT_EQ(euler_number(mesh), 2);
  std::map<std::pair<int, int>, int> edges;
  for (const auto& t : mesh.triangles) {
    for (std::size_t k = 0; k < 3; ++k) ++edges[std::minmax(t[k], t[(k + 1) % 3])];
  }
  for (const auto& [edge, triangles] : edges) EXPECT_EQ(triangles, 2);
  const double truth = 4.0 / 3.0 * std::numbers::pi * 15.0 * 15.0 * 15.0;
  EXPECT_NEAR(volume_mm3(mesh), truth, 0.005 * truth);  // positive: triangles face out; chords of 1 mm cells
}

TEST(Remesh, MakesTrianglesOfOneSizeAndShapeOnTheSurface) {
  const Field field = sampled(sphere);
  const TriangleMesh mesh =
      remesh(extract_isosurface(field.level_set()), field.level_set(), {}, {.edge_mm = 1.6});
  EXPECT_EQ(euler_number(mesh), 2);
  EXPECT_NO_THROW(EditableMesh{mesh});
  int sharp = 0;
  for (const auto& t : mesh.triangles) sharp += smallest_angle_deg(mesh, t) < 25.0 ? 1 : 0;
  EXPECT_LE(sharp, static_cast<int>(mesh.triangles.size()) / 100);           // [cbm 5.1]
  for (const auto& v : mesh.vertices_mm) EXPECT_NEAR(v.norm(), 15.0, 0.03);  // trilinear between 1 mm samples
  const double wanted = 2.0 * 4.0 * std::numbers::pi * 225.0 / (std::numbers::sqrt3 * 1.6 * 1.6);
  EXPECT_NEAR(static_cast<double>(mesh.vertices_mm.size()), wanted, 0.25 * wanted);
}

TEST(Remesh, KeepsTheRimOnThePlaneItWasCutAt) {
  const Field field = sampled(rod);
  const CutPlane plane{.point_mm = {0.0, 0.0, -15.0},
                       .normal = Eigen::Vector3d(0.1, -0.05, 1.0).normalized()};
  const TriangleMesh cut = largest_part(above_plane(extract_isosurface(field.level_set()), plane));
  EXPECT_EQ(euler_number(cut), 1);
  const TriangleMesh mesh = remesh(cut, field.level_set(), plane, {.edge_mm = 1.5});
  EXPECT_EQ(euler_number(mesh), 1);
  const EditableMesh editable(mesh);
  int rim = 0;
  double around = 0.0;
  for (const auto& edge : editable.edges()) {
    if (!editable.is_rim(edge)) continue;
    around += editable.length_mm(edge);
    ++rim;
    EXPECT_NEAR(plane.height_mm(editable.position_mm(edge.a)), 0.0, 1e-6);
  }
  EXPECT_GT(rim, 30);
  EXPECT_NEAR(around, 2.0 * std::numbers::pi * 12.0, 0.02 * 2.0 * std::numbers::pi * 12.0);
  for (const auto& v : mesh.vertices_mm) EXPECT_NEAR(rod(v), 0.0, 0.05);
}

TEST(Remesh, GivesTheSameMeshTwice) {
  const Field field = sampled(sphere);
  const TriangleMesh raw = extract_isosurface(field.level_set());
  const TriangleMesh one = remesh(raw, field.level_set(), {}, {.edge_mm = 2.0});
  const TriangleMesh two = remesh(raw, field.level_set(), {}, {.edge_mm = 2.0});
  EXPECT_EQ(one.triangles, two.triangles);
  EXPECT_EQ(one.vertices_mm, two.vertices_mm);
}

TEST(EulerNumber, CountsAHandle) {
  EXPECT_EQ(euler_number(extract_isosurface(sampled(torus).level_set())), 0);
}

TEST(EditableMesh, RefusesWhatIsNoManifold) {
  TriangleMesh three;
  three.vertices_mm = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, -1, 0}};
  three.triangles = {{0, 1, 2}, {0, 1, 3}, {0, 1, 4}};
  EXPECT_THROW(EditableMesh{three}, std::invalid_argument);
  TriangleMesh bow;
  bow.vertices_mm = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {-1, 0, 0}, {-1, -1, 0}};
  bow.triangles = {{0, 1, 2}, {0, 3, 4}};
  EXPECT_THROW(EditableMesh{bow}, std::invalid_argument);
}

TEST(EditableMesh, CollapsesOnlyWhereTheTopologyStays) {
  TriangleMesh tetrahedron;
  tetrahedron.vertices_mm = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  tetrahedron.triangles = {{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {2, 0, 3}};
  EditableMesh mesh(tetrahedron);
  EXPECT_FALSE(mesh.collapse({0, 1}, {0.5, 0.0, 0.0}, 10.0));
  const int middle = mesh.split({0, 1});
  EXPECT_EQ(euler_number(mesh.compact()), 2);
  EXPECT_EQ(mesh.neighbours(middle).size(), 4U);
}

}  // namespace
}  // namespace focalhip
