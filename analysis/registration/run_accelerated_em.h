#pragma once

#include "analysis/registration/run_em.h"

namespace focalhip {

struct AcceleratedEmLimits {
  int max_iterations = 150;
  double least_step = 1e-5;    // root mean square step of one plain EM iteration, in units of the points
  double least_sigma2 = 1e-8;  // the sets coincide
  bool holds_sigma2 = false;   // that of the start is kept
};

// The fixed point of run_em()'s iteration, reached sooner: each start is the combination of the last few EM
// results whose steps cancel best [WalkerNi2011] (Anderson acceleration). A step much longer than the
// shortest so far starts it anew from the plain result. The returned state is the result of a plain
// iteration.
[[nodiscard]] EmState run_accelerated_em(EmState state,
                                         const Expectation& expect,
                                         const Maximisation& maximise,
                                         const AcceleratedEmLimits& limits,
                                         const CpdProgress& progress);

}  // namespace focalhip
