#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <zlib.h>

#include "tests/support/test_ct_writer.h"

namespace focalhip::test {

// A CT volume of a .nii.gz file: little endian, 3 dimensions, 32-bit integers that are HU, axes along the
// patient's (an affine without rotation), as the file at hand has them.
struct NiftiVolume {
  std::array<int, 3> size{};
  std::array<double, 3> spacing_mm{};  // signed, towards right, anterior, superior
  std::array<double, 3> origin_ras_mm{};
  std::vector<std::int32_t> hu;  // x fastest
};

inline NiftiVolume read_nifti(const std::filesystem::path& path) {
  const auto file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot open " + path.filename().string());
  std::array<char, 352> header{};
  const auto read = [&](void* to, std::size_t bytes) {
    if (gzread(file, to, static_cast<unsigned>(bytes)) != static_cast<int>(bytes))
      throw std::runtime_error("NIfTI file too short");
  };
  read(header.data(), header.size());
  const auto at = [&]<typename Value>(Value, std::size_t offset) {
    Value value{};
    std::memcpy(&value, header.data() + offset, sizeof value);
    return value;
  };
  constexpr std::int16_t int32_type = 8;
  if (at(std::int32_t{}, 0) != 348 || at(std::int16_t{}, 70) != int32_type)
    throw std::runtime_error("not the NIfTI this reader is for");
  NiftiVolume volume;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    volume.size[axis] = at(std::int16_t{}, 42 + 2 * axis);
    const std::size_t row = 280 + 16 * axis;  // srow_x, srow_y, srow_z
    volume.spacing_mm[axis] = at(float{}, row + 4 * axis);
    volume.origin_ras_mm[axis] = at(float{}, row + 12);
  }
  volume.hu.resize(static_cast<std::size_t>(volume.size[0] * volume.size[1] * volume.size[2]));
  read(volume.hu.data(), volume.hu.size() * sizeof(std::int32_t));
  gzclose(file);
  return volume;
}

// Writes it as a CT series: columns and rows as stored, in the patient frame of DICOM (LPS).
inline void write_as_dicom(const NiftiVolume& volume, const std::filesystem::path& folder) {
  TestSeries series;
  series.columns = volume.size[0];
  series.rows = volume.size[1];
  series.slices = volume.size[2];
  series.column_spacing_mm = volume.spacing_mm[0];
  series.row_spacing_mm = volume.spacing_mm[1];
  series.spacing_mm = volume.spacing_mm[2];
  series.orientation = "-1\\0\\0\\0\\-1\\0";
  series.first_x_mm = -volume.origin_ras_mm[0];
  series.first_y_mm = -volume.origin_ras_mm[1];
  series.first_z_mm = volume.origin_ras_mm[2];
  series.word = [&](int column, int row, int slice) {
    const auto index = static_cast<std::size_t>(column + volume.size[0] * (row + volume.size[1] * slice));
    return static_cast<std::uint16_t>(static_cast<std::int16_t>(volume.hu[index]));
  };
  series.adjust = [](DcmDataset& dataset, int) {
    put(dataset, DCM_RescaleIntercept, "0");
    put(dataset, DCM_SliceThickness, "3");
  };
  write_series(series, folder);
}

}  // namespace focalhip::test
