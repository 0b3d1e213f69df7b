// cpd_bench: Coherent Point Drift on ../shared/oracles/cpd/bench10000. Figures of one run are to be compared.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include <sys/resource.h>

#include "analysis/registration/register_points.h"
#include "analysis/registration/register_template.h"
#include "tests/support/cpd_oracle.h"

namespace focalhip {
namespace {

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double rms(const Points& difference) { return std::sqrt(difference.rowwise().squaredNorm().mean()); }

// One affine iteration as anyone would write it: two loops, std::exp, double.
double plain_loop_s(const Points& x, const Points& y, double sigma2) {
  const double start = cpu_s();
  std::vector<double> p(static_cast<std::size_t>(y.rows()));
  std::vector<double> sums(4 * p.size());
  for (Eigen::Index n = 0; n < x.rows(); ++n) {
    double density = 1e-3;
    for (Eigen::Index m = 0; m < y.rows(); ++m) {
      const double value = std::exp(-(x.row(n) - y.row(m)).squaredNorm() / (2.0 * sigma2));
      p[static_cast<std::size_t>(m)] = value;
      density += value;
    }
    for (std::size_t m = 0; m < p.size(); ++m) {
      const double share = p[m] / density;
      sums[4 * m] += share;
      for (std::size_t axis = 0; axis < 3; ++axis)
        sums[4 * m + 1 + axis] += share * x(n, static_cast<Eigen::Index>(axis));
    }
  }
  const double spent = cpu_s() - start;
  std::printf("(check sum %.3f) ", sums[0]);
  return spent;
}

// Of each of the first points, the nearest other one.
std::vector<Eigen::Index> near_neighbours(const Points& points, Eigen::Index count) {
  std::vector<Eigen::Index> neighbours(static_cast<std::size_t>(count));
  for (Eigen::Index i = 0; i < count; ++i) {
    Eigen::VectorXd squared = (points.rowwise() - points.row(i)).rowwise().squaredNorm();
    squared[i] = squared.maxCoeff();
    squared.minCoeff(&neighbours[static_cast<std::size_t>(i)]);
  }
  return neighbours;
}

// The points, and the middle between each of the first and its neighbour. The middle of two true places 2 mm
// apart is the true place of the middle within micrometres: the map of the problem is smooth.
Points with_midpoints(const Points& points, const std::vector<Eigen::Index>& neighbours) {
  Points all(points.rows() + static_cast<Eigen::Index>(neighbours.size()), 3);
  all.topRows(points.rows()) = points;
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    all.row(points.rows() + row) = 0.5 * (points.row(row) + points.row(neighbours[i]));
  }
  return all;
}

// The pipeline's affine + nonrigid, template made ready included.
void time_pair(const char* what, const Points& y, const Points& x, const Points& truth, SimdLevel level) {
  if (!is_supported(level)) return;
  const double wall = wall_s();
  const double cpu = cpu_s();
  const PreparedTemplate prepared = prepare_template(y, {.threads = 2});
  const TemplateRegistration result = register_template(prepared, x, {.threads = 2, .simd = level});
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double error_mm = rms(result.moved_mm - truth);
  const double affine_mm = rms(result.map.affine.moved(y) - truth);
  std::printf("%s, %s: wall %.2f s, cpu %.2f s, peak so far %ld MiB; rms to truth %.3f mm, %.2f x affine\n",
              what,
              name(level).data(),
              wall_s() - wall,
              cpu_s() - cpu,
              usage.ru_maxrss / 1024,
              error_mm,
              error_mm / affine_mm);
}

int run() {
  const std::filesystem::path folder = test::cpd_oracle_folder("bench10000");
  if (folder.empty()) {
    std::printf("bench10000 is not beside the source tree\n");
    return 77;
  }
  const Points x = test::read_oracle_points(folder / "X.csv");
  const Points y = test::read_oracle_points(folder / "Y.csv");
  const Points truth = test::read_oracle_points(folder / "truth.csv");
  for (const SimdLevel level : {SimdLevel::sse2, SimdLevel::avx2, SimdLevel::avx512}) {
    time_pair("10,000 points", y, x, truth, level);
  }
  const std::vector<Eigen::Index> neighbours = near_neighbours(y, 3000);
  time_pair("13,000 points",
            with_midpoints(y, neighbours),
            with_midpoints(x, near_neighbours(x, 3000)),
            with_midpoints(truth, neighbours),
            SimdLevel::avx2);
  const CpdOptions affine{.mode = CpdMode::affine};
  double fast_s[4]{};
  int iterations = 0;
  for (const SimdLevel level : {SimdLevel::sse2, SimdLevel::avx2, SimdLevel::avx512}) {
    if (!is_supported(level)) continue;
    const double start = cpu_s();
    iterations = register_points(y, x, affine, level).iterations;
    fast_s[static_cast<int>(level)] = (cpu_s() - start) / iterations;
    std::printf("fast affine, %s: %d iterations, %.4f cpu s each\n",
                name(level).data(),
                iterations,
                fast_s[static_cast<int>(level)]);
  }
  const double start = cpu_s();
  static_cast<void>(register_points(
      y,
      x,
      {.mode = CpdMode::affine, .arithmetic = CpdArithmetic::exact, .max_iterations = 3, .tolerance = 0.0}));
  const double exact_s = (cpu_s() - start) / 3.0;
  const double plain_s = plain_loop_s(x, y, 1500.0);
  std::printf(
      "\nexact affine: %.3f cpu s an iteration, %.2f x a plain loop (%.3f s); / AVX2 %.1f, SSE2 / AVX2 "
      "%.2f\n",
      exact_s,
      exact_s / plain_s,
      plain_s,
      exact_s / fast_s[2],
      fast_s[1] / fast_s[2]);
  return 0;
}

}  // namespace
}  // namespace focalhip

int main() { return focalhip::run(); }
