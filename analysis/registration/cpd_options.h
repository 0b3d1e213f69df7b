#pragma once

#include <functional>
#include <string>
#include <vector>

namespace focalhip {

// What moves the source onto the target. [MyronenkoSong2010] Sec. 4.1, 4.2, 5
enum class CpdMode {
  rigid,     // rotation, uniform scale, shift
  affine,    // 3 x 3 matrix and shift
  nonrigid,  // smooth displacement of every point
};

// Units in which beta, lambda and sigma2 act.
enum class CpdNormalisation {
  none,      // as given
  separate,  // each set with mean 0 and root mean square radius 1 [MyronenkoSong2010] Sec. 6
  linked,    // each set with mean 0, both divided by the larger of their radii: size stays in the data
};

enum class CpdArithmetic {
  fast,   // float responsibilities of pairs that matter, kernel of low rank
  exact,  // double, every pair, full kernel: the reference
};

// Told after every iteration: how many are done, of at most how many.
using CpdProgress = std::function<void(int iteration, int max_iterations)>;

struct CpdOptions {
  CpdMode mode = CpdMode::affine;
  CpdArithmetic arithmetic = CpdArithmetic::fast;
  CpdNormalisation normalisation = CpdNormalisation::separate;
  // w: share of target points expected to have no counterpart, in [0, 1). Too high: the sets drift together
  // loosely; too low: one stray point pulls the bone. 0.1 in [MyronenkoSong2010] Sec. 6.
  double outlier_weight = 0.1;
  // beta: standard deviation of the Gaussian that makes neighbours move together, in normalised units, > 0.
  // Small: folds, and the number of free directions (the kernel's rank) explodes; large: nearly affine.
  double kernel_width = 2.0;
  // lambda: price of displacement, > 0. Small: overfits sampling noise; large: stays behind the target.
  double smoothness = 3.0;
  // >= 1.
  int max_iterations = 150;
  // Stops when the negative log-likelihood changes by a smaller share; 0 = exactly max_iterations. >= 0.
  double tolerance = 1e-5;
  // Fast arithmetic: most columns of the low-rank kernel. Reached only with small beta; the result then tells
  // what was neglected (kernel_residual). Memory: 8 bytes x points x rank. In [1, 5000].
  int max_kernel_rank = 800;
  // Changes speed only, never numbers. >= 1.
  int threads = 1;
  CpdProgress progress = {};
};
[[nodiscard]] std::vector<std::string> problems_in(const CpdOptions& options);

}  // namespace focalhip
