#pragma once

#include <optional>
#include <span>

namespace focalhip {

// HU along an outward normal: values[i] stands at first_mm + i * step_mm from the expected surface.
struct NormalProfile {
  double first_mm = 0.0;
  double step_mm = 0.3;
  std::span<const double> hu;
  [[nodiscard]] double offset_mm(std::size_t i) const { return first_mm + step_mm * static_cast<double>(i); }
};

// What a profile is made of: solid cortex, and the blur of image and interpolation along the profile.
struct ShaftEdge {
  double sigma_mm = 0.65;
  double solid_hu = 1400.0;
};

struct OuterFaceOptions {
  double least_contrast_hu = 100.0;  // peak above soft tissue; less is no cortex (qct 3.2 S6)
  double peak_inside_mm = 2.4;       // the cortex' peak is searched from here below the expected surface
  double peak_outside_mm = 0.9;      // to here above it
  double valley_mm = 2.7;            // the outside is the lowest point within this distance beyond the peak
  double farthest_mm = 1.8;          // a face farther from the expected surface is no answer
  double soft_tissue_hu = 40.0;      // expected beside the bone, with its spread
  double soft_tissue_spread_hu = 60.0;
  double noise_hu = 40.0;            // of one sample, texture included
  double largest_misfit_hu = 160.0;  // RMS; more is another structure than one layer of cortex
};

// The outer face of the cortex along a profile.
struct OuterFace {
  double offset_mm = 0.0;     // outward from the expected surface
  double thickness_mm = 0.0;  // of a layer of solid density; only a help for the face
  double spread_mm = 0.0;     // standard deviation of the offset by the fit
};

// Fits soft tissue | layer of solid cortex | bone beneath, blurred, to a profile: the offset of the outer
// face, free of the bias that a level of the peak has on thin cortex. Nothing where there is no usable edge.
// After the known-density model of [Treece2010], with the face in place of the thickness as the result.
[[nodiscard]] std::optional<OuterFace> fit_outer_face(const NormalProfile& profile,
                                                      const ShaftEdge& blur,
                                                      const OuterFaceOptions& options);

// The outer edge of a layer too thick to be thinned by the blur (about 3 mm and more): its own density and
// blur. Nothing where the profile shows no such layer.
[[nodiscard]] std::optional<ShaftEdge> fit_thick_edge(const NormalProfile& profile,
                                                      const ShaftEdge& start,
                                                      const OuterFaceOptions& options);

}  // namespace focalhip
