#pragma once

#include <array>
#include <complex>
#include <limits>
#include <optional>
#include <vector>

namespace focalhip {

inline constexpr double four_log_two = 2.7725887222397812377;

// Resels of a search region, one per dimension; resels[0] is its Euler characteristic. [Worsley1996] [spm 2]
using Resels = std::array<double, 4>;

// Degrees of freedom at or above which a t field counts as Gaussian. [spm 3]
inline constexpr double gaussian_df = 1000.0;

// Euler characteristic densities rho_0 .. rho_3 of a t field, free of resels: the expected Euler
// characteristic of the excursion set is sum_d resels_d (4 ln 2)^(d/2) rho_d(t). [Worsley1996] [spm 3]
[[nodiscard]] std::array<double, 4> ec_densities(double t, double df);

// What the maximum of a t field over a search region does under the null hypothesis. [spm 4]
class MaximumLaw {
 public:
  // `points`: vertices or voxels searched, for Bonferroni's bound. All resels 0: Bonferroni alone.
  MaximumLaw(const Resels& resels, double points, double df);

  // Corrected P: the smaller of random field and Bonferroni, 1 at and below t_where_p_is_1().
  [[nodiscard]] double p(double t) const;
  [[nodiscard]] double threshold(double p) const;               // t whose corrected P is p
  [[nodiscard]] double random_field_threshold(double p) const;  // of the random field alone
  [[nodiscard]] double bonferroni_threshold(double p) const;
  [[nodiscard]] double t_where_p_is_1() const { return t1_; }

 private:
  enum class Bound { smaller, random_field };
  [[nodiscard]] double bound(double t, Bound which) const;
  [[nodiscard]] double start_of_tail(Bound which) const;
  [[nodiscard]] double solve(double p, Bound which) const;

  Resels resels_;
  double points_;
  double df_;
  bool has_field_;
  double t1_;
};

// What the size of a cluster (in resels) above t >= u does under the null hypothesis. [Worsley1996] [spm 5]
class ClusterLaw {
 public:
  struct Field {
    int dimensions = 2;         // 2 or 3
    double df = 0.0;            // of t
    double df_of_resels = 0.0;  // of the residuals the resels come from; infinity: resels are known
  };
  // `threshold_t`: the cluster-forming threshold u; `resels`: those of dimension `field.dimensions`.
  // Broken expectation where there is no law.
  ClusterLaw(const Field& field, double threshold_t, double resels);
  // Nothing below two dimensions, at dimensions + 1 degrees of freedom or fewer, without resels, or at a
  // threshold at which clusters have no expected number.
  [[nodiscard]] static std::optional<ClusterLaw> where_defined(const Field& field,
                                                               double threshold_t,
                                                               double resels);

  [[nodiscard]] double p_of_one(double extent_resels) const;  // of one cluster chosen in advance
  [[nodiscard]] double p(double extent_resels) const;         // of any cluster in the region
  // The extents with these P values; 0 when even the smallest cluster is rarer.
  [[nodiscard]] double extent_of_one(double p) const;
  [[nodiscard]] double extent(double p) const;
  [[nodiscard]] double expected_clusters() const { return expected_clusters_; }
  [[nodiscard]] double mean_extent_resels() const { return mean_extent_; }

 private:
  // The law of X = extent / scale, as log E X^z along one line Re z = abscissa of the complex plane.
  struct Contour {
    double abscissa = 0.0;
    std::vector<std::complex<double>> log_moment;  // at abscissa + i k step
  };
  [[nodiscard]] std::complex<double> log_moment(std::complex<double> z) const;
  void prepare_contours();

  Field field_;
  double expected_clusters_ = 0.0;
  double mean_extent_ = 0.0;
  double log_scale_ = 0.0;  // log of extent / X
  std::vector<Contour> contours_;
};

// P of the height of one peak chosen in advance, given that it lies above the cluster threshold u, and its
// inverse: rho_D(t) / rho_D(u). [spm 5]
[[nodiscard]] double single_peak_p(double t, int dimensions, double df, double threshold_t);
[[nodiscard]] double single_peak_threshold(double p, int dimensions, double df, double threshold_t);

}  // namespace focalhip
