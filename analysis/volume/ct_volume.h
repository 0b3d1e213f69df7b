#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"
#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// How the series was acquired, as far as the header tells; absent = not in the header.
struct Acquisition {
  std::optional<double> kvp;
  std::optional<double> slice_thickness_mm;
  std::optional<double> reconstruction_diameter_mm;
  std::optional<double> table_height_mm;
  std::string acquisition_date;  // YYYYMMDD, the scanner's own; empty = unknown or no date
  std::string acquisition_time;  // HHMMSS
  std::string kernel;
  std::string manufacturer;
  std::string model;
  std::string station_name;
  std::string device_serial_number;
  std::string patient_position;  // HFS, FFS, HFP, FFP, ... ; a cross-check only, the grid decides
  bool contrast_agent = false;   // a contrast attribute is present and not empty
};

// One axial CT volume. Slices are sorted caudal to cranial, so the slice axis has a positive z component
// (LPS).
struct CtVolume {
  VoxelGrid grid;
  std::vector<std::int16_t> hu;     // Hounsfield units, rounded; -1000 where not valid
  std::vector<std::uint8_t> valid;  // 1 = measured, 0 = padding; empty = all measured
  Acquisition acquisition;
  // What the reading had to mend or noticed.
  std::vector<int> interpolated_slices;  // of the grid: missing in the series, made from their neighbours
  double removed_tilt_deg = 0.0;         // resampled from slices tilted by this angle; 0 = as received
  std::size_t clipped_voxels = 0;        // at the top of what the stored words can hold

  [[nodiscard]] bool is_valid(std::size_t index) const { return valid.empty() || valid[index] != 0; }
};

// Density of a (usually cropped) region. mg/cm3; which mineral stands in the field.
enum class MineralBasis { k2hpo4, hydroxyapatite };
struct DensityVolume {
  VoxelGrid grid;
  MineralBasis basis = MineralBasis::hydroxyapatite;
  std::vector<float> mg_cm3;
};

// uint8 labels on a grid (masks: 1 = inside the periosteal surface).
struct LabelVolume {
  VoxelGrid grid;
  std::vector<std::uint8_t> label;
};

}  // namespace focalhip
