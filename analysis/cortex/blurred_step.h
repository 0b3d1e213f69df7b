#pragma once

namespace focalhip {

// What blurs a profile across a surface: a Gaussian (in-plane point spread) and, along z, a box as wide as
// the slice is thick, both as seen along the profile's direction. [cbm 2, 2.1]
struct ProfileBlur {
  double gaussian_sd_mm = 0.5;  // > 0
  double box_mm = 0.0;          // full width, >= 0
};

// How slices come about: along z a box as wide as the slice is thick, itself blurred by a Gaussian. [qct 2.6]
struct SliceBlur {
  double thickness_mm = 1.0;
  double sd_mm = 0.212;  // 0.5 mm FWHM
};

// The blur along a unit direction whose component along the slice normal is `slice_sine` (0 = in the slice
// plane, 1 = across the slices). The Gaussian never falls below 0.05 mm.
[[nodiscard]] ProfileBlur blur_along(double in_plane_sd_mm, const SliceBlur& slice, double slice_sine);

// A step from 0 to 1 at x = 0 after the blur, at x = u; and its derivatives by u and by the Gaussian's sd.
struct BlurredStep {
  double value = 0.0;
  double by_position_per_mm = 0.0;
  double by_sd_per_mm = 0.0;
};
[[nodiscard]] BlurredStep blurred_step(double u_mm, const ProfileBlur& blur);

// The same for a ramp that rises from 0 at x = 0 to 1 at x = ramp_mm (> 0). [cbm 2, endocortical ramp]
[[nodiscard]] double blurred_ramp(double u_mm, double ramp_mm, const ProfileBlur& blur);

}  // namespace focalhip
