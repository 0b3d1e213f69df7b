#pragma once

#include <vector>

#include "analysis/statistics/random_field.h"

namespace focalhip::test {

// P(S > s) of one cluster computed a second way, in real space and without code of the analysis: the
// logarithms of the independent factors of [spm 5] are convolved on a grid. Every term is positive, so
// nothing cancels.
class ConvolvedClusterLaw {
 public:
  // No wrap-around: a grid wide and fine enough that neither its ends nor its step matter (about 1e-6 of P).
  static ConvolvedClusterLaw exact(const ClusterLaw::Field& field);
  // As Worsley's stat_threshold of 2008 does it by FFT: 2^12 points from the 1e-6 quantile of the first
  // factor to 5 D. A transform is periodic, so what lies below the grid comes back at its upper end, where it
  // adds up to 1e-6 to every P.
  static ConvolvedClusterLaw as_stat_threshold(const ClusterLaw::Field& field);

  // `mean_extent_resels`: E S at the cluster threshold, ClusterLaw::mean_extent_resels().
  [[nodiscard]] double p_of_one(double extent_resels, double mean_extent_resels) const;

 private:
  // Densities at the points k * step, k counting from `first`.
  struct Grid {
    double step = 0.0;
    int first = 0;
    int points = 0;
  };
  ConvolvedClusterLaw(const ClusterLaw::Field& field, const Grid& grid, bool wraps);

  Grid grid_;
  std::vector<double> log_tail_;  // log P(log X > k * step)
  double log_mean_ = 0.0;         // log E X
};

}  // namespace focalhip::test
