#pragma once

#include <optional>

namespace focalhip::simulator {

// The scanner's slope and offset change linearly along the table; zero at the level of the heads.
struct ScannerDrift {
  double slope_percent_per_100_mm = 0.0;  // of the mineral's HU
  double offset_hu_per_100_mm = 0.0;
  [[nodiscard]] double slope_gain(double above_heads_mm) const {
    return 1e-4 * slope_percent_per_100_mm * above_heads_mm;
  }
  [[nodiscard]] double offset_hu(double above_heads_mm) const {
    return 0.01 * offset_hu_per_100_mm * above_heads_mm;
  }
};

// How the person is scanned and reconstructed. Defaults are the paper's: 120 kVp, 50 cm, 512 x 512, 1 mm,
// from the top of the acetabulum to 3 cm below the lesser trochanter, on the Mindways phantom.
struct Protocol {
  double tube_kvp = 120.0;                     // 80 .. 140
  std::optional<double> effective_energy_kev;  // 60 .. 90; absent = from the tube voltage and
                                               // the size of the person
  double field_of_view_mm = 500.0;
  double field_shift_x_mm = 0.0;  // of the middle of the image towards the patient's left
  double field_shift_y_mm = 0.0;  // towards posterior
  int matrix = 512;               // columns = rows
  double slice_spacing_mm = 1.0;
  double slice_thickness_mm = 1.0;
  std::optional<int> slices;  // absent = top of acetabulum to 3 cm below the trochanter
  std::optional<double>
      lowest_above_heads_mm;              // level of the most caudal slice above the middle of the heads
                                          // (negative = below); absent = 3 cm below the trochanter
  double psf_fwhm_mm = 1.3;               // in-plane, total
  double overshoot = 0.0;                 // 0 soft kernel; 0.05 = edges of a sharp kernel overshoot 5 %
  std::optional<double> water_offset_hu;  // HU of water in this scanner; absent = drawn, 0 +- 3
  double noise_sd_hu = 27.0;              // at the centre of the field
  ScannerDrift drift;
  bool phantom = true;
  bool prone = false;          // the person lies on the front: table and phantom are anterior
  bool contrast = false;       // vessels and organs enhanced
  double table_z_mm = -712.5;  // patient z of the middle of the heads
  bool padding = true;         // outside the reconstruction circle
  short padding_hu = -2000;
};

}  // namespace focalhip::simulator
