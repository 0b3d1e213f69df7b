#pragma once

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// Resamples a volume whose slices do not follow each other along their normal (gantry tilt) to an orthogonal
// grid. Its slice axis is the direction of the steps or the normal, whichever is nearer to patient z, along
// which tables and rods run.
// `sheared`: its grid gives origin, axes and spacing of the first slice; slice k lies k * step_patient_mm
// further. The result has the same size and centre, the same in-plane spacing, and the step along that axis
// as slice spacing; what lies outside the sheared volume is not valid. Trilinear over the measured neighbours
// alone (their weights normalised); valid where they have at least half of the weight, so that padding never
// mixes with tissue. Exact for linear fields. Threads change speed only. Refuses nothing: the caller limits
// the angle. [science: qct 1.2, 1.3]
[[nodiscard]] CtVolume remove_shear(CtVolume sheared, const Eigen::Vector3d& step_patient_mm, int threads);

}  // namespace focalhip
