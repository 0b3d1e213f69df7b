// registration_proof [POINTS [known|pairs]]: the ten real femora (../shared/realdata/femur_meshes) registered
// to each other, and to deformed copies of themselves whose correspondence is known. Prints tables; status 1
// when a target is missed, 2 when the meshes are absent.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include <Eigen/Geometry>

#include "analysis/registration/register_points.h"
#include "analysis/registration/register_template.h"
#include "tests/support/femur_mesh_points.h"
#include "tests/support/warp_femur.h"

namespace focalhip::proof {
namespace {

namespace fs = std::filesystem;

constexpr int bones = 10;

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

Points vertices_of(const TriangleMesh& mesh) {
  Points points(static_cast<Eigen::Index>(mesh.vertices_mm.size()), 3);
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    points.row(i) = mesh.vertices_mm[static_cast<std::size_t>(i)];
  return points;
}

// All 90 ordered pairs; each target also mirrored.
bool all_pairs(const std::vector<Points>& clouds) {
  int converged = 0;
  int fallbacks = 0;
  int hand_right = 0;
  double least_jacobian = 1e9;
  double highest_as_given = 0.0;
  double lowest_mirrored = 1e9;
  std::vector<double> affine_mm;
  std::vector<double> nonrigid_mm;
  for (std::size_t i = 0; i < clouds.size(); ++i) {
    const PreparedTemplate prepared = prepare_template(clouds[i], {.threads = 2});
    for (std::size_t j = 0; j < clouds.size(); ++j) {
      if (i == j) continue;
      const TemplateRegistration given = register_template(prepared, clouds[j], {.threads = 2});
      Points other_side_mm = clouds[j];
      other_side_mm.col(0) *= -1.0;
      const TemplateRegistration mirrored = register_template(prepared, other_side_mm, {.threads = 2});
      converged += given.converged ? 1 : 0;
      fallbacks += given.fallback == AffineFallback::none ? 0 : 1;
      hand_right += !given.looks_mirrored && mirrored.looks_mirrored ? 1 : 0;
      least_jacobian = std::min(least_jacobian, given.least_jacobian);
      highest_as_given = std::max(highest_as_given, given.mirrored_sigma2_ratio);
      lowest_mirrored = std::min(lowest_mirrored, mirrored.mirrored_sigma2_ratio);
      affine_mm.push_back(given.affine_distance_mm);
      nonrigid_mm.push_back(given.distance_mm);
    }
  }
  const int pairs = static_cast<int>(affine_mm.size());
  std::printf("pairs %d: converged %d, fell back %d, hand told rightly %d\n",
              pairs,
              converged,
              fallbacks,
              hand_right);
  std::printf("least relative jacobian %.2f; sigma2 ratio as given <= %.3f, mirrored >= %.3f\n",
              least_jacobian,
              highest_as_given,
              lowest_mirrored);
  std::printf("distance of the sets, mean mm: affine %.3f, nonrigid %.3f\n",
              mean_of(affine_mm),
              mean_of(nonrigid_mm));
  return converged == pairs && fallbacks == 0 && hand_right == pairs && least_jacobian > 0.0;
}

struct CorrespondenceError {
  double mean_mm = 0.0;
  double p95_mm = 0.0;
  double along_shaft_p95_mm = 0.0;   // within 30 mm of the cut
  double across_shaft_p95_mm = 0.0;  // the same vertices
};

CorrespondenceError error_of(const TriangleMesh& mesh, const Points& error_mm) {
  const test::FemurAxes axes = test::femur_axes(mesh);
  const Points from_mm = vertices_of(mesh);
  std::vector<double> all;
  std::vector<double> along_shaft;
  std::vector<double> across_shaft;
  for (Eigen::Index i = 0; i < error_mm.rows(); ++i) {
    all.push_back(error_mm.row(i).norm());
    if ((from_mm.row(i).transpose() - axes.cut_mm).dot(axes.shaft) > 30.0) continue;
    const double along = error_mm.row(i).dot(axes.shaft);
    along_shaft.push_back(std::abs(along));
    across_shaft.push_back((error_mm.row(i) - along * axes.shaft.transpose()).norm());
  }
  return {.mean_mm = mean_of(all),
          .p95_mm = quantile(all, 0.95),
          .along_shaft_p95_mm = quantile(along_shaft, 0.95),
          .across_shaft_p95_mm = quantile(across_shaft, 0.95)};
}

// B-splines of 35 mm, 2 mm per coordinate; version 10 and neck-shaft angle 8 degrees, one way or the other.
CorrespondenceError warped_and_found(const TriangleMesh& mesh, int count, double sign, std::uint64_t seed) {
  const test::FemurWarp warp(mesh,
                             {.spacing_mm = 35.0,
                              .control_sd_mm = 2.0,
                              .version_rad = sign * 10.0 * std::numbers::pi / 180.0,
                              .bend_rad = -sign * 8.0 * std::numbers::pi / 180.0},
                             seed);
  TriangleMesh warped = mesh;
  for (Eigen::Vector3d& vertex : warped.vertices_mm) vertex = warp(vertex);
  const PreparedTemplate prepared =
      prepare_template(test::points_inside(mesh, count, seed + 1000), {.threads = 2});
  const TemplateRegistration result = register_template(
      prepared, test::points_inside(warped, count, seed + 2000), {.outlier_weight = 0.02, .threads = 2});
  return error_of(mesh, result.map.moved_mm(vertices_of(mesh), 2) - vertices_of(warped));
}

// Width, price and spread were chosen on bones 1 to 5 with other seeds; bones 6 to 10 prove.
bool known_correspondence(const std::vector<TriangleMesh>& meshes, int count) {
  int met = 0;
  int all = 0;
  for (std::size_t k = 0; k < meshes.size(); ++k) {
    for (const double sign : {1.0, -1.0}) {
      const CorrespondenceError error =
          warped_and_found(meshes[k], count, sign, 8101 + 10 * k + (sign > 0.0 ? 0 : 1));
      const bool good = error.mean_mm <= 1.0 && error.p95_mm <= 2.5;
      met += good ? 1 : 0;
      ++all;
      std::printf(
          "bone %zu (%s), neck %s: mean %.2f mm (<= 1.0), p95 %.2f mm (<= 2.5) %s; shaft along p95 %.2f, "
          "across "
          "p95 %.2f\n",
          k + 1,
          k < 5 ? "chosen on" : "proof",
          sign > 0.0 ? "turned forward" : "turned back",
          error.mean_mm,
          error.p95_mm,
          good ? "met" : "MISSED",
          error.along_shaft_p95_mm,
          error.across_shaft_p95_mm);
      std::fflush(stdout);
    }
  }
  std::printf("known correspondence: %d of %d met\n", met, all);
  return met == all;
}

// About a thousand points of each bone, an affine map, a fifth of the target missing, a twentieth of it
// strays: RMS error at most 0.5 % of the root mean square radius (science cbm 8.3). The published algorithm
// from a cold start.
bool affine_with_strays(const std::vector<TriangleMesh>& meshes) {
  int met = 0;
  for (std::size_t k = 0; k < meshes.size(); ++k) {
    std::mt19937 engine(static_cast<std::uint32_t>(11 + k));
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    const Points source_mm = test::points_inside(meshes[k], 1000, 31 + k);
    Eigen::Matrix3d matrix = Eigen::AngleAxisd(0.3, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
    matrix.row(0) *= 1.15;
    matrix.row(2) *= 0.9;
    const LinearMap truth{.matrix = matrix, .shift = {5, -7, 90}};
    const Points truth_mm = truth.moved(source_mm);
    const Eigen::RowVector3d centre_mm = truth_mm.colwise().mean();
    const double radius_mm = std::sqrt((truth_mm.rowwise() - centre_mm).rowwise().squaredNorm().mean());
    const Eigen::Index strays = source_mm.rows() / 24;  // a twentieth of the target
    Points target_mm(source_mm.rows() - (source_mm.rows() + 4) / 5 + strays, 3);
    Eigen::Index row = 0;
    for (Eigen::Index i = 0; i < source_mm.rows(); ++i) {
      if (i % 5 != 0) target_mm.row(row++) = truth_mm.row(i);
    }
    for (; row < target_mm.rows(); ++row) {
      for (Eigen::Index axis = 0; axis < 3; ++axis)
        target_mm(row, axis) = centre_mm[axis] + 2.0 * radius_mm * uniform(engine);
    }
    const CpdResult result = register_points(
        source_mm, target_mm, {.mode = CpdMode::affine, .max_iterations = 1000, .tolerance = 1e-9});
    const double share =
        std::sqrt((result.transformed_mm - truth_mm).rowwise().squaredNorm().mean()) / radius_mm;
    met += share <= 0.005 ? 1 : 0;
    std::printf("affine, 20 %% missing, 5 %% strays, bone %zu: %.3f %% (<= 0.5) %s\n",
                k + 1,
                100.0 * share,
                share <= 0.005 ? "met" : "MISSED");
  }
  return met == static_cast<int>(meshes.size());
}

int run(int count, const std::string& part) {
  std::vector<TriangleMesh> meshes;
  std::vector<Points> clouds;
  for (int k = 1; k <= bones; ++k) {
    const std::string name =
        std::string("narra_femur_") + (k < 10 ? "0" : "") + std::to_string(k) + ".ply.xz";
    const fs::path file = fs::path(FOCALHIP_SHARED_DIR) / "realdata" / "femur_meshes" / name;
    if (!fs::exists(file)) {
      std::printf("%s is not there\n", file.c_str());
      return 2;
    }
    meshes.push_back(test::read_packed_ply(file));
    clouds.push_back(test::points_inside(meshes.back(), count, static_cast<std::uint64_t>(k)));
  }
  const bool strays = affine_with_strays(meshes);
  const bool known = part == "pairs" || known_correspondence(meshes, count);
  const bool pairs = part == "known" || all_pairs(clouds);
  return strays && known && pairs ? 0 : 1;
}

}  // namespace
}  // namespace focalhip::proof

int main(int argc, char** argv) {
  return focalhip::proof::run(argc > 1 ? std::atoi(argv[1]) : 10000, argc > 2 ? argv[2] : "");
}
