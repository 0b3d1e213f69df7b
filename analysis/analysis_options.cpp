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

}  // namespace

std::vector<std::string> problems_in(const AnalysisOptions& options) {
  std::vector<std::string> problems;
  const CalibrationOptions& calibration = options.calibration;
  require(problems, calibration.phantom.rods.size() >= 4, "calibration.phantom: at least 4 rods");
  require(problems,
          calibration.window_mm >= 5.0 && calibration.window_mm <= 60.0,
          "calibration.window_mm: 5 to 60");
  require(problems,
          calibration.smallest_rod_radius_mm > 0.0 &&
              calibration.smallest_rod_radius_mm < calibration.largest_rod_radius_mm,
          "calibration rod radii: 0 < smallest < largest");
  require(problems,
          options.femur.smallest_head_radius_mm > 0.0 &&
              options.femur.smallest_head_radius_mm < options.femur.largest_head_radius_mm,
          "femur head radii: 0 < smallest < largest");
  const DensitometryOptions& densitometry = options.densitometry;
  require(problems,
          densitometry.projection_pixel_mm >= 0.1 && densitometry.projection_pixel_mm <= 2.0,
          "densitometry.projection_pixel_mm: 0.1 to 2");
  require(problems, options.threads >= 1, "threads: at least 1");
  return problems;
}

std::vector<std::string> parameters_of(const AnalysisOptions& options) {
  return {"phantom=" + options.calibration.phantom.name,
          "kappa_policy=energy",
          "bone_threshold_hu=" + number(options.femur.bone_threshold_hu),
          "neck_band_mm=" + number(options.densitometry.neck_band_mm),
          "distal_margin_mm=" + number(options.densitometry.distal_margin_mm),
          "trabecular_peel_mm=" + number(options.densitometry.trabecular_peel_mm),
          "projection_pixel_mm=" + number(options.densitometry.projection_pixel_mm)};
}

}  // namespace focalhip
