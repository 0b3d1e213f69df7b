#pragma once

#include <optional>

#include "testdata/simulator/vector3.h"

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

// The person moves once while the table runs: everything cranial of a level is displaced.
struct Motion {
  double shift_mm = 0.0;  // towards the patient's left and anterior, the same in both
  double level_mm = 0.0;  // above the heads
  // The point of the person that stands at p.
  [[nodiscard]] Vec3 unmoved(Vec3 p_patient_mm, double heads_z_mm) const {
    if (shift_mm == 0.0 || p_patient_mm.z < heads_z_mm + level_mm) return p_patient_mm;
    return p_patient_mm - Vec3{0.7071 * shift_mm, -0.7071 * shift_mm, 0.0};
  }
};

enum class Implants { none, right, left, both };

// How the person is scanned and reconstructed. Defaults are the paper's: 120 kVp, 50 cm, 512 x 512, 1 mm,
// from the top of the acetabulum to 3 cm below the lesser trochanter, on the Mindways phantom.
struct Protocol {
  double tube_kvp = 120.0;                     // 80 .. 140
  std::optional<double> effective_energy_kev;  // 45 .. 110, monochromatic; absent = the tube's spectrum
                                               // behind the person
  double energy_error_kev =
      0.0;                   // true effective energy above the one expected; makes the beam monochromatic
  double kappa_error = 0.0;  // true HA / K2HPO4 = (1 + error) x that of the attenuation tables
  double field_of_view_mm = 500.0;
  double field_shift_x_mm = 0.0;  // of the middle of the image towards the patient's left
  double field_shift_y_mm = 0.0;  // towards posterior
  double gantry_tilt_deg = 0.0;   // the image plane leans: its posterior side moves cranial
  double shear_deg = 0.0;         // axial slices that move posterior on their way up
  int matrix = 512;               // columns = rows
  double slice_spacing_mm = 1.0;
  double slice_thickness_mm = 1.0;
  std::optional<int> slices;  // absent = top of acetabulum to 3 cm below the trochanter
  std::optional<double>
      lowest_above_heads_mm;              // level of the most caudal slice above the middle of the heads
                                          // (negative = below); absent = 3 cm below the trochanter
  double psf_fwhm_mm = 1.3;               // in-plane, total, at the isocentre; along x
  double psf_y_ratio = 1.0;               // FWHM along y / along x
  double psf_growth_per_100_mm = 0.0;     // of the FWHM, share per 100 mm from the isocentre
  double overshoot = 0.0;                 // 0 soft kernel; 0.05 = edges of a sharp kernel overshoot 5 %
  std::optional<double> water_offset_hu;  // HU of water in this scanner; absent = drawn, 0 +- 3
  double beam_hardening = 0.0;            // 1: bone loses 3 % per doubling of the width beyond 300 mm and the
                                          // middle of the person reads 10 HU low
  Motion motion;
  Implants implants = Implants::none;
  double noise_sd_hu = 27.0;  // at the centre of the field
  ScannerDrift drift;
  // Finest steps of the sampling. Coarser ones are cheaper; the blur makes up for the pixel's own width.
  double fine_in_plane_mm = 0.55;
  double fine_along_z_mm = 0.34;
  double field_step_mm = 1.0;  // at which the femora's shape and density are sampled
  bool true_regions =
      true;  // false: the truth leaves out volume and densities, a third of a coarse scan's time
  bool phantom = true;
  bool prone = false;          // the person lies on the front: table and phantom are anterior
  bool contrast = false;       // vessels and organs enhanced
  double table_z_mm = -712.5;  // patient z of the middle of the heads
  bool padding = true;         // outside the reconstruction circle
  short padding_hu = -2000;
};

}  // namespace focalhip::simulator
