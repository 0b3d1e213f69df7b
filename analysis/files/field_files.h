#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "analysis/files/input_error.h"

namespace focalhip {

// Measurements beside their shape: FILE.json {"dtype": "float32", "byte_order": "little", "shape": [rows,
// points]} and a file of exactly rows x points numbers, points fastest.
struct FieldFile {
  int rows = 0;
  int points = 0;
  std::vector<float> values;  // NaN where not measured
};
struct FieldFileLimits {
  std::size_t values = std::size_t{1} << 30U;
};
[[nodiscard]] FieldFile read_field_file(const std::filesystem::path& data,
                                        const std::filesystem::path& shape,
                                        const FieldFileLimits& limits = {});

// LATTICE.json {"file": "lattice.bin", "dtype": "uint8", "dims": [nx, ny, nz]}, the file beside it, x
// fastest, 0 or 1.
struct LatticeFile {
  std::array<int, 3> dims{};
  std::vector<std::uint8_t> inside;
  int voxels_inside = 0;
};
[[nodiscard]] LatticeFile read_lattice_file(const std::filesystem::path& file);

}  // namespace focalhip
