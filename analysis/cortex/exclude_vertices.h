#pragma once

#include <vector>

#include "analysis/cortex/measure_cortex.h"
#include "analysis/volume/hu_region.h"

namespace focalhip {

// Which vertices of a femur's surface are left out before anything is read, and why: cut rim, metal, a joint
// that cannot be seen or is closed. One value per vertex; measured = to be measured.
[[nodiscard]] std::vector<Unmeasured> excluded_vertices(const FemurSurface& surface,
                                                        const HuRegion& region,
                                                        const FemurMeasurement& femur,
                                                        const JointSpaceMap& joint,
                                                        const CortexOptions& options);

// Width of the joint that a point near the head faces: that of the nearest direction of the map. Absent: the
// point is not at the head, or no wall was seen beside it. [cbm 10.5]
[[nodiscard]] std::optional<double> joint_gap_at(const Eigen::Vector3d& point_patient_mm,
                                                 const FemurFrame& frame,
                                                 const JointSpaceMap& joint);

}  // namespace focalhip
