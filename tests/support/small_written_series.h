#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "testdata/simulator/write_series.h"
#include "tests/support/temporary_folder.h"

namespace focalhip::simulator {

// A person and a few small slices of known numbers, written as a series.
class SmallWrittenSeries : public ::testing::Test {
 protected:
  explicit SmallWrittenSeries(int slices) {
    grid_.columns = 16;
    grid_.rows = 12;
    grid_.slices = slices;
    grid_.pixel_mm = 0.9765625;
    grid_.origin_patient_mm = {-7.3242, 20.5, -712.5};
    hu_.resize(grid_.voxel_count());
    for (std::size_t i = 0; i < hu_.size(); ++i)
      hu_[i] = static_cast<std::int16_t>(static_cast<int>(i * 37 % 4000) - 1000);
    hu_[0] = -2000;
    series_.series_instance_uid = derived_uid("series");
  }

  std::vector<std::filesystem::path> write() {
    return write_ct_series(folder_, hip_, protocol_, study_header(hip_, 1, "SIM1"), series_, grid_, hu_);
  }

 private:
  testing_support::TemporaryFolder place_;

 protected:
  const std::filesystem::path folder_ = place_.path();
  HipParameters hip_ = draw_hip(1, Sex::female);
  Protocol protocol_;
  SeriesHeader series_;
  ScanGrid grid_;
  std::vector<std::int16_t> hu_;
};

}  // namespace focalhip::simulator
