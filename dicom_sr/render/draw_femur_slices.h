#pragma once

#include "analysis/hip_report.h"
#include "dicom_sr/render/canvas.h"

namespace focalhip {

// The slices of one femur, two by two in `area`, with the outline of the measured bone, the borders of its
// regions, a scale bar and the directions; in the place of what could not be measured the reason. The key
// stands below.
void draw_femur_slices(Canvas& canvas, const Rect& area, const FemurResult& femur);

// "R", "L", "A", "P", "H" or "F": where a direction points (DICOM patient orientation, its largest part).
[[nodiscard]] char direction_letter(const Eigen::Vector3d& direction_patient);

// A bar of 20 mm with its length, lower right in a picture.
void draw_scale_bar(Canvas& canvas, const Rect& picture, double pixels_per_mm);

}  // namespace focalhip
