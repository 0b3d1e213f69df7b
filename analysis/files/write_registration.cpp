#include "analysis/files/write_registration.h"

#include <cmath>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "analysis/files/write_whole_file.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

using Json = nlohmann::ordered_json;

double finite(double value) {
  if (!std::isfinite(value)) throw std::runtime_error("a result of the registration is not a finite number");
  return value;
}

std::string points_text(const Points& points) {
  std::string text = "x,y,z\n";
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      text.append(exact_text(finite(points(i, axis)))).append(axis < 2 ? "," : "\n");
    }
  }
  return text;
}

Json matrix_json(const Eigen::Matrix3d& matrix) {
  Json rows = Json::array();
  for (int i = 0; i < 3; ++i) {
    rows.push_back({finite(matrix(i, 0)), finite(matrix(i, 1)), finite(matrix(i, 2))});
  }
  return rows;
}

std::string_view name(CpdMode mode) {
  return mode == CpdMode::rigid ? "rigid" : mode == CpdMode::affine ? "affine" : "nonrigid";
}

std::string_view name(CpdNormalisation normalisation) {
  switch (normalisation) {
    case CpdNormalisation::none:
      return "none";
    case CpdNormalisation::separate:
      return "separate";
    case CpdNormalisation::linked:
      return "linked";
  }
  return "";
}

Json result_json(const CpdResult& result, const CpdOptions& options) {
  Json json;
  json["mode"] = name(options.mode);
  json["arithmetic"] = options.arithmetic == CpdArithmetic::exact ? "exact" : "fast";
  json["normalise"] = name(options.normalisation);
  json["sigma2"] = finite(result.sigma2);
  json["sigma2_mm2"] = finite(result.sigma2_mm2);
  json["iterations"] = result.iterations;
  json["converged"] = result.converged;
  json["affine"] = nullptr;
  if (result.target_mm_from_source_mm) {
    const LinearMap& map = *result.target_mm_from_source_mm;
    const Json shift = {finite(map.shift[0]), finite(map.shift[1]), finite(map.shift[2])};
    json["affine"] = {{"B", matrix_json(map.matrix)}, {"t", shift}};
  }
  if (options.mode == CpdMode::nonrigid) {
    json["kernel_rank"] = result.kernel_rank;
    json["kernel_residual"] = finite(result.kernel_residual);
  }
  json["parameters"] = {{"outliers", options.outlier_weight},
                        {"beta", options.kernel_width},
                        {"lambda", options.smoothness},
                        {"max_iterations", options.max_iterations},
                        {"tolerance", options.tolerance}};
  return json;
}

}  // namespace

void write_registration(const std::filesystem::path& folder,
                        const CpdResult& result,
                        const CpdOptions& options) {
  const std::string points = points_text(result.transformed_mm);
  const std::string json = result_json(result, options).dump(1) + "\n";
  std::filesystem::create_directories(folder);
  write_whole_file(folder / "transformed.csv", points);
  write_whole_file(folder / "result.json", json);
}

}  // namespace focalhip
