#include "tests/support/warp_femur.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>

#include "tests/support/femur_mesh_points.h"

namespace focalhip::test {

namespace {

using Eigen::Vector3d;

double smooth_step(double from, double to, double at) {
  const double share = std::clamp((at - from) / (to - from), 0.0, 1.0);
  return share * share * share * (10.0 + share * (6.0 * share - 15.0));  // two continuous derivatives
}

// Cubic B-spline weights of the four controls around a place 0 .. 1 between the middle two.
std::array<double, 4> cubic_weights(double t) {
  const double u = 1.0 - t;
  return {u * u * u / 6.0,
          (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
          (3.0 * u * u * u - 6.0 * u * u + 4.0) / 6.0,
          t * t * t / 6.0};
}

}  // namespace

FemurAxes femur_axes(const TriangleMesh& mesh) {
  FemurAxes axes;
  const std::vector<int> border = border_vertices(mesh);
  const auto vertex = [&](int i) { return mesh.vertices_mm[static_cast<std::size_t>(i)]; };
  for (const int i : border) axes.cut_mm += vertex(i) / static_cast<double>(border.size());
  Eigen::Matrix3d scatter = Eigen::Matrix3d::Zero();
  for (const int i : border) scatter += (vertex(i) - axes.cut_mm) * (vertex(i) - axes.cut_mm).transpose();
  axes.shaft = Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(scatter).eigenvectors().col(0);
  Vector3d mean{0, 0, 0};
  for (const Vector3d& place : mesh.vertices_mm) mean += place / static_cast<double>(mesh.vertices_mm.size());
  if (axes.shaft.dot(mean - axes.cut_mm) < 0.0) axes.shaft = -axes.shaft;
  for (const Vector3d& place : mesh.vertices_mm) {
    const Vector3d from_cut = place - axes.cut_mm;
    const Vector3d across = from_cut - axes.shaft * axes.shaft.dot(from_cut);
    if (across.norm() <= axes.head_offset_mm) continue;
    axes.head_offset_mm = across.norm();
    axes.medial = across.normalized();
  }
  return axes;
}

FemurWarp::FemurWarp(const TriangleMesh& mesh, const Size& size, std::uint64_t seed)
    : axes_(femur_axes(mesh)), size_(size) {
  Vector3d low = mesh.vertices_mm.front();
  Vector3d high = low;
  for (const Vector3d& place : mesh.vertices_mm) {
    low = low.cwiseMin(place);
    high = high.cwiseMax(place);
  }
  origin_mm_ = low - Vector3d::Constant(1.5 * size.spacing_mm);
  controls_ = ((high - low) / size.spacing_mm).array().ceil().cast<int>() + 5;
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(0.0, size.control_sd_mm);
  control_mm_.resize(static_cast<std::size_t>(controls_.prod()));
  for (Vector3d& shift : control_mm_) {
    for (double& component : shift) component = normal(engine);
  }
}

Vector3d FemurWarp::free_form(const Vector3d& point_mm) const {
  const Vector3d place = (point_mm - origin_mm_) / size_.spacing_mm;
  const Eigen::Vector3i cell = place.array().floor().cast<int>();
  std::array<std::array<double, 4>, 3> weight{};
  for (int axis = 0; axis < 3; ++axis)
    weight[static_cast<std::size_t>(axis)] = cubic_weights(place[axis] - cell[axis]);
  Vector3d shift{0, 0, 0};
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 4; ++j)
      for (int i = 0; i < 4; ++i) {
        const Eigen::Vector3i at = (cell + Eigen::Vector3i(i - 1, j - 1, k - 1))
                                       .cwiseMax(0)
                                       .cwiseMin((controls_.array() - 1).matrix());
        const auto index =
            static_cast<std::size_t>((at.z() * controls_.y() + at.y()) * controls_.x() + at.x());
        shift += weight[0][static_cast<std::size_t>(i)] * weight[1][static_cast<std::size_t>(j)] *
                 weight[2][static_cast<std::size_t>(k)] * control_mm_[index];
      }
  return point_mm + shift;
}

Vector3d FemurWarp::neck(const Vector3d& point_mm) const {
  const Vector3d from_cut = point_mm - axes_.cut_mm;
  const double share =
      smooth_step(-0.1 * axes_.head_offset_mm, 0.7 * axes_.head_offset_mm, from_cut.dot(axes_.medial));
  const Eigen::AngleAxisd version(size_.version_rad * share, axes_.shaft);
  const Vector3d turned = version * from_cut;
  // The bend turns about the place where the neck leaves the shaft, at the height of the head's medial end.
  const Vector3d base = 60.0 * axes_.shaft;
  const Eigen::AngleAxisd bend(size_.bend_rad * share, axes_.shaft.cross(axes_.medial).normalized());
  return axes_.cut_mm + base + bend * (turned - base);
}

Vector3d FemurWarp::operator()(const Vector3d& point_mm) const { return neck(free_form(point_mm)); }

}  // namespace focalhip::test
