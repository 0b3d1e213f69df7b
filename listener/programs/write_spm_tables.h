#pragma once

#include <filesystem>
#include <string>

#include "analysis/statistics/infer_map.h"
#include "analysis/statistics/linear_model.h"

namespace focalhip {

// What `focalhip spm` found; texts of the four tables.
struct SpmResult {
  bool is_lattice = false;
  std::string cluster_threshold_in;  // as it was asked for
  double df = 0.0;
  std::vector<std::uint8_t> mask;  // tested points
  int not_finite = 0;              // left out of the mask
  int zero_variance = 0;
  ContrastMap contrast;
  RegionRoughness roughness;
  MapInference inference;
  int dimensions = 2;
};

// vertex.csv, clusters.csv, peaks.csv, summary.csv; each whole or not at all, the summary last.
void write_spm_tables(const SpmResult& result, const std::filesystem::path& folder);

}  // namespace focalhip
