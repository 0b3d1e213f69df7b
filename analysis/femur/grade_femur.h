#pragma once

#include "analysis/femur/hip_region.h"
#include "analysis/femur/segment_femora.h"

namespace focalhip {

// Throws Refusal{metal} when an implant lies near the head. [qct 5]
void refuse_metal(const CtVolume& ct, const Eigen::Vector3d& head_centre_patient_mm);

// Throws Refusal{coverage} when the head is cut, or when the scan ends so high that no lesser trochanter of a
// person with this head can be in it. Cheap: asked before anything is segmented.
void refuse_short_scan(const ScanCover& cover, double head_radius_mm);

// Coverage and joint space of a segmented femur: sets grade and notes, throws Refusal{coverage} when TH
// cannot be defined. [qct 1.2, 5]
void grade_femur(const FemurOptions& options, SegmentedFemur& femur);

}  // namespace focalhip
