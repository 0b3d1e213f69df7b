#include "analysis/surface/diffuse_on_surface.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include <Eigen/Geometry>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

using Sparse = Eigen::SparseMatrix<double>;
constexpr double least_reach = 1e-6;  // of a mask's weight that still counts as reached

// Stiffness (cotangent Laplacian, positive semidefinite) and lumped mass (a third of each triangle's area).
struct SurfaceOperators {
  Sparse stiffness;
  Eigen::VectorXd mass;
};

SurfaceOperators operators_of(const TriangleMesh& mesh) {
  const auto count = static_cast<Eigen::Index>(mesh.vertices_mm.size());
  SurfaceOperators operators{.stiffness = Sparse(count, count), .mass = Eigen::VectorXd::Zero(count)};
  std::vector<Eigen::Triplet<double>> entries;
  for (const auto& triangle : mesh.triangles) {
    for (const int v : triangle) {
      if (v < 0 || v >= count) throw std::invalid_argument("a triangle names a vertex that is not there");
    }
    for (std::size_t k = 0; k < 3; ++k) {
      const int a = triangle[k];
      const int b = triangle[(k + 1) % 3];
      const int opposite = triangle[(k + 2) % 3];
      const Eigen::Vector3d u = mesh.vertices_mm[static_cast<std::size_t>(a)] -
                                mesh.vertices_mm[static_cast<std::size_t>(opposite)];
      const Eigen::Vector3d v = mesh.vertices_mm[static_cast<std::size_t>(b)] -
                                mesh.vertices_mm[static_cast<std::size_t>(opposite)];
      const double area2 = u.cross(v).norm();
      if (area2 < 1e-12) continue;
      operators.mass[opposite] += area2 / 6.0;
      const double weight = 0.5 * u.dot(v) / area2;
      entries.emplace_back(a, b, -weight);
      entries.emplace_back(b, a, -weight);
      entries.emplace_back(a, a, weight);
      entries.emplace_back(b, b, weight);
    }
  }
  operators.stiffness.setFromTriplets(entries.begin(), entries.end());
  return operators;
}

}  // namespace

struct SurfaceDiffusion::Prepared {
  Eigen::VectorXd mass;
  Eigen::SimplicialLDLT<Sparse> step;
  int steps = 0;

  [[nodiscard]] Eigen::VectorXd diffused(Eigen::VectorXd x) const {
    for (int k = 0; k < steps; ++k) x = step.solve(mass.cwiseProduct(x).eval()).eval();
    return x;
  }
};

SurfaceDiffusion::SurfaceDiffusion(const TriangleMesh& mesh, const DiffusionOptions& options)
    : prepared_(std::make_unique<Prepared>()) {
  SurfaceOperators operators = operators_of(mesh);
  if (!(operators.mass.sum() > 0.0)) throw std::invalid_argument("a surface without area");
  // Vertices of no triangle keep their value.
  for (double& m : operators.mass) m = m > 0.0 ? m : 1.0;
  prepared_->mass = operators.mass;
  if (!(options.fwhm_mm > 0.0)) return;
  prepared_->steps = std::max(1, options.steps);
  // A Gaussian of variance 2 t: FWHM^2 = 16 ln2 t.
  const double time_mm2 = options.fwhm_mm * options.fwhm_mm / (16.0 * std::numbers::ln2);
  Sparse matrix = operators.stiffness * (time_mm2 / prepared_->steps);
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) matrix.coeffRef(i, i) += operators.mass[i];
  prepared_->step.compute(matrix);
  if (prepared_->step.info() != Eigen::Success)
    throw std::invalid_argument("a surface that cannot be factorised");
}

SurfaceDiffusion::~SurfaceDiffusion() = default;
SurfaceDiffusion::SurfaceDiffusion(SurfaceDiffusion&&) noexcept = default;
SurfaceDiffusion& SurfaceDiffusion::operator=(SurfaceDiffusion&&) noexcept = default;

std::vector<float> SurfaceDiffusion::smoothed(std::span<const float> values,
                                              std::span<const std::uint8_t> mask) const {
  const auto count = static_cast<std::size_t>(prepared_->mass.size());
  expects(values.size() == count && mask.size() == count, "one value and one flag per vertex");
  Eigen::VectorXd weight = Eigen::VectorXd::Zero(prepared_->mass.size());
  Eigen::VectorXd weighted = weight;
  for (std::size_t i = 0; i < count; ++i) {
    if (mask[i] == 0 || !std::isfinite(values[i])) continue;
    weight[static_cast<Eigen::Index>(i)] = 1.0;
    weighted[static_cast<Eigen::Index>(i)] = static_cast<double>(values[i]);
  }
  weight = prepared_->diffused(std::move(weight));
  weighted = prepared_->diffused(std::move(weighted));
  std::vector<float> result(count, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    if (weight[at] > least_reach) result[i] = static_cast<float>(weighted[at] / weight[at]);
  }
  return result;
}

}  // namespace focalhip
