#pragma once

#include "analysis/registration/factor_kernel.h"
#include "analysis/registration/fit_linear_map.h"
#include "analysis/registration/register_template.h"
#include "analysis/registration/run_em.h"

namespace focalhip {

struct LinearFit {
  LinearMap map;
  EmState end;
};

// The stages of register_template(), all in the template's units.
class RegistrationStages {
 public:
  // Both are referred to and must outlive this.
  RegistrationStages(const RegisterTemplateOptions& options, double scale_mm);

  // From `start` on; its sigma2 <= 0 means the global one.
  [[nodiscard]] LinearFit linear(const Points& source,
                                 const Points& target,
                                 const LinearMap& start,
                                 double sigma2,
                                 RegistrationStage stage) const;

  // From the affine result on, with sigma2 held. `weights`: of the kernel's factor.
  [[nodiscard]] EmState nonrigid(const KernelFactor& kernel,
                                 const Points& source,
                                 const Points& target,
                                 const LinearFit& affine_fit,
                                 Eigen::MatrixX3d& weights) const;

 private:
  [[nodiscard]] EmState run_linear(EmState start,
                                   const Points& source,
                                   const Points& target,
                                   const Maximisation& maximise,
                                   RegistrationStage stage) const;
  [[nodiscard]] CpdProgress progress_of(RegistrationStage stage) const;

  const RegisterTemplateOptions& options_;
  double scale_mm_;
};

// How likely points are under the mixture around the moved source, at the sigma2 that makes them most likely.
struct FittedSpread {
  double sigma2 = 0.0;
  double log_likelihood = 0.0;  // mean of the points, without its constant
};
[[nodiscard]] FittedSpread fit_spread(
    const Points& moved, const Points& points, double start_sigma2, double outlier_weight, int threads);

}  // namespace focalhip
