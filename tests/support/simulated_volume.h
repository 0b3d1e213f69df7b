#pragma once

// A simulated scan as the analysis gets it: what read_ct_volume makes of the same series.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "analysis/volume/ct_volume.h"
#include "testdata/simulator/scan_grid.h"

namespace focalhip::test {

inline VoxelGrid voxel_grid(const simulator::ScanGrid& simulated) {
  VoxelGrid grid;
  grid.size = {simulated.columns, simulated.rows, simulated.slices};
  grid.spacing_mm = {simulated.pixel_mm, simulated.pixel_mm, simulated.slice_spacing_mm};
  grid.origin_patient_mm = {
      simulated.origin_patient_mm.x, simulated.origin_patient_mm.y, simulated.origin_patient_mm.z};
  return grid;
}

// Padding lies below any CT number.
inline CtVolume ct_volume(const simulator::ScanGrid& simulated, std::vector<std::int16_t> hu, double kvp) {
  constexpr std::int16_t lowest_hu = -1100;
  CtVolume ct;
  ct.grid = voxel_grid(simulated);
  ct.hu = std::move(hu);
  ct.valid.assign(ct.hu.size(), 1);
  for (std::size_t i = 0; i < ct.hu.size(); ++i) {
    if (ct.hu[i] >= lowest_hu) continue;
    ct.hu[i] = -1000;
    ct.valid[i] = 0;
  }
  ct.acquisition.kvp = kvp;
  ct.acquisition.slice_thickness_mm = simulated.slice_thickness_mm;
  return ct;
}

}  // namespace focalhip::test
