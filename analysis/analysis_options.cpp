#include <array>
#include <cstdio>

#include "analysis/pipeline.h"

namespace focalhip {

namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

void require(std::vector<std::string>& problems, bool holds, const char* rule) {
  if (!holds) problems.emplace_back(rule);
}

// Which phantoms a scan of this site may hold.
std::string phantom_names(const CalibrationOptions& options) {
  if (options.phantoms.empty()) return "automatic";
  std::string names;
  for (const SitePhantom& site : options.phantoms) names += (names.empty() ? "" : ",") + site.phantom.name;
  return names;
}

}  // namespace

std::vector<std::string> problems_in(const AnalysisOptions& options) {
  std::vector<std::string> problems;
  for (const std::string& rule : problems_in(options.calibration)) problems.push_back("calibration: " + rule);
  require(problems,
          options.femur.smallest_head_radius_mm > 0.0 &&
              options.femur.smallest_head_radius_mm < options.femur.largest_head_radius_mm,
          "femur head radii: 0 < smallest < largest");
  const DensitometryOptions& densitometry = options.densitometry;
  require(problems,
          densitometry.projection_pixel_mm >= 0.1 && densitometry.projection_pixel_mm <= 2.0,
          "densitometry.projection_pixel_mm: 0.1 to 2");
  for (const std::string& rule : problems_in(options.cortex)) problems.push_back("cortex: " + rule);
  const bool told_by = options.instruction == SideInstruction::none || !options.instruction_source.empty();
  require(problems, told_by, "instruction: its source must be named");
  require(problems, options.threads >= 1, "threads: at least 1");
  return problems;
}

std::vector<std::string> parameters_of(const AnalysisOptions& options) {
  return {"phantom=" + phantom_names(options.calibration),
          "kappa_policy=" + text_of(options.calibration.kappa),
          "internal_calibration=" + std::string(options.calibration.internal ? "allowed" : "off"),
          "bone_threshold_hu=" + number(options.femur.bone_threshold_hu),
          "neck_band_mm=" + number(options.densitometry.neck_band_mm),
          "distal_margin_mm=" + number(options.densitometry.distal_margin_mm),
          "trabecular_peel_mm=" + number(options.densitometry.trabecular_peel_mm),
          "projection_pixel_mm=" + number(options.densitometry.projection_pixel_mm),
          "surface_vertices=" + number(options.cortex.surface.vertices),
          "cortex_method=" + std::string(name(options.cortex.map.measure.method)),
          "cortex_prior_share=" + number(options.cortex.map.measure.cortex_prior_share),
          "least_connectivity_ratio=" + number(options.sides.least_connectivity_ratio),
          "largest_head_shift_mm=" + number(options.sides.largest_head_shift_mm)};
}

}  // namespace focalhip
