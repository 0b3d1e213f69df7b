// statistics_bench [REPEATS]: CPU seconds of a cohort's map (300 subjects, 10,242 vertices, 10 columns:
// linear model, roughness, peaks, clusters, Q) and of one patient's five maps, beside a plain loop over the
// same model in the same run (science spm 12). Status 1 when a target is missed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include <Eigen/Dense>

#include "analysis/statistics/infer_map.h"
#include "analysis/statistics/linear_model.h"
#include "tests/support/icosphere.h"

namespace focalhip {
namespace {

constexpr int subjects = 300;
constexpr int columns = 10;
constexpr double cohort_target_s = 0.12;
constexpr double patient_target_s = 0.1;

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Median CPU seconds of some runs.
double median_s(int repeats, const std::function<void()>& work) {
  std::vector<double> spent;
  for (int i = 0; i < repeats; ++i) {
    const double start = cpu_s();
    work();
    spent.push_back(cpu_s() - start);
  }
  std::ranges::sort(spent);
  return spent[spent.size() / 2];
}

struct Cohort {
  SearchRegion region;
  Eigen::MatrixXd design;
  FieldData data;
  std::vector<int> rows;
};

Cohort simulated_cohort() {
  const test::Icosphere sphere = test::icosphere(5);
  Cohort cohort;
  const int points = static_cast<int>(sphere.vertices.size());
  cohort.region = std::get<SearchRegion>(region_of_triangles(points, sphere.triangles));
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  cohort.design.resize(subjects, columns);
  for (Eigen::Index i = 0; i < subjects; ++i) {
    for (Eigen::Index c = 0; c < columns; ++c) cohort.design(i, c) = static_cast<double>(normal(random));
    cohort.design(i, 0) = 1.0;
    cohort.design(i, 1) = i < 120 ? 1.0 : 0.0;
  }
  cohort.data = {.subjects = subjects, .points = points, .values = {}};
  cohort.data.values.resize(static_cast<std::size_t>(subjects) * static_cast<std::size_t>(points));
  for (float& value : cohort.data.values) value = 2.0F + normal(random);
  // Each edge once in its order smooths enough to give clusters.
  for (std::size_t i = 0; i < subjects; ++i) {
    float* values = cohort.data.values.data() + i * static_cast<std::size_t>(points);
    for (const auto& [a, b] : cohort.region.edges) {
      const float mean = 0.5F * (values[a] + values[b]);
      values[a] = mean;
      values[b] = mean;
    }
  }
  cohort.rows.resize(subjects);
  std::iota(cohort.rows.begin(), cohort.rows.end(), 0);
  return cohort;
}

Eigen::VectorXd group_contrast() {
  Eigen::VectorXd contrast = Eigen::VectorXd::Zero(columns);
  contrast(1) = -1.0;
  return contrast;
}

// What anyone would write: coefficients, residuals, t and edge roughness, subject by subject.
double plain_loop(const Cohort& cohort) {
  const auto points = static_cast<std::size_t>(cohort.data.points);
  const Eigen::MatrixXd inverse = (cohort.design.transpose() * cohort.design).inverse();
  const Eigen::MatrixXd pseudo = inverse * cohort.design.transpose();
  std::vector<double> residual(points * subjects);
  double check = 0.0;
  for (std::size_t p = 0; p < points; ++p) {
    double b[columns] = {};
    double sse = 0.0;
    for (std::size_t i = 0; i < subjects; ++i) {
      const double y = static_cast<double>(cohort.data.values[i * points + p]);
      for (Eigen::Index c = 0; c < columns; ++c) b[c] += pseudo(c, static_cast<Eigen::Index>(i)) * y;
    }
    for (std::size_t i = 0; i < subjects; ++i) {
      double r = static_cast<double>(cohort.data.values[i * points + p]);
      for (Eigen::Index c = 0; c < columns; ++c) r -= cohort.design(static_cast<Eigen::Index>(i), c) * b[c];
      residual[p * subjects + i] = r;
      sse += r * r;
    }
    for (std::size_t i = 0; i < subjects; ++i) residual[p * subjects + i] /= std::sqrt(sse);
    check += b[1] / std::sqrt(sse / (subjects - columns) * inverse(1, 1));
  }
  for (const auto& [a, b] : cohort.region.edges) {
    double sum = 0.0;
    for (std::size_t i = 0; i < subjects; ++i) {
      const double d = residual[static_cast<std::size_t>(a) * subjects + i] -
                       residual[static_cast<std::size_t>(b) * subjects + i];
      sum += d * d;
    }
    check += sum;
  }
  return check;
}

int run(int repeats) {
  const Cohort cohort = simulated_cohort();
  const std::vector<std::uint8_t> mask(static_cast<std::size_t>(cohort.data.points), 1);
  const InferenceOptions options{.cluster_forming = ClusterFormingP{0.05}};  // many clusters, as spm 12
  FieldFit fit;
  ContrastMap map;
  RegionRoughness roughness;
  MapInference inference;
  const LinearModel model(cohort.design);
  const double fit_s = median_s(
      repeats, [&] { fit = fit_field(LinearModel(cohort.design), cohort.data, cohort.rows, cohort.region); });
  const double field_s = median_s(repeats, [&] {
    map = test_contrast(model, fit, group_contrast());
    roughness = measure_roughness(cohort.region, fit.edge_roughness, mask);
    inference = infer_map(cohort.region, roughness, map.t, model.df(), mask, options);
  });
  double check = 0.0;
  const double plain_s = median_s(repeats, [&] { check = plain_loop(cohort); });
  // One patient: five maps against controls that were fitted before; resels come with the atlas.
  Eigen::VectorXd covariates = Eigen::VectorXd::Zero(columns);
  covariates(0) = 1.0;
  const std::span<const float> values = std::span(cohort.data.values).first(mask.size());
  const double patient_s = median_s(repeats, [&] {
    for (int i = 0; i < 5; ++i) {
      const ContrastMap one = test_new_case(model, fit, covariates, values);
      inference = infer_map(cohort.region, roughness, one.t, model.df(), mask, options);
    }
  });
  const double cohort_s = fit_s + field_s;
  std::printf("model and edge roughness %.3f cpu s, t to clusters %.3f: together %.3f (target %.2f: %s)\n",
              fit_s,
              field_s,
              cohort_s,
              cohort_target_s,
              cohort_s <= cohort_target_s ? "met" : "MISSED");
  std::printf("plain loop of the model alone %.3f cpu s: ours %.2f x of it (check sum %.6g)\n",
              plain_s,
              fit_s / plain_s,
              check);
  std::printf("five maps of one patient %.3f cpu s (target %.1f: %s), %zu clusters, %.0f resels\n",
              patient_s,
              patient_target_s,
              patient_s <= patient_target_s ? "met" : "MISSED",
              inference.clusters.size(),
              roughness.resels[2]);
  return cohort_s <= cohort_target_s && patient_s <= patient_target_s ? 0 : 1;
}

}  // namespace
}  // namespace focalhip

int main(int argc, char** argv) {
  const long repeats = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 7;
  return focalhip::run(static_cast<int>(std::clamp(repeats, 1L, 1000L)));
}
