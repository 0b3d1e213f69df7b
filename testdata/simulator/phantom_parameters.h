#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

// Calibration phantoms of the simulator: which one, where it lies, what is wrong with it.
namespace focalhip::simulator {

enum class PhantomType { mindways_3, qrm_bdc_6, qrm_bdc_3, bmas_200, image_analysis_3, siemens_osteo };

// On the side the person lies on (posterior when supine, anterior when prone), on the other side, or upright
// beside the person.
enum class PhantomPlace { under, above, beside_right, beside_left };

// A long bubble of air at the upper side of one rod.
struct Bubble {
  std::string rod = "C";
  double radius_mm = 3.0;
  double length_mm = 40.0;  // along the rod
  double level_mm = 0.0;    // of its middle above the heads
};

struct PhantomParameters {
  PhantomType type = PhantomType::mindways_3;
  PhantomPlace place = PhantomPlace::under;
  std::optional<PhantomPlace> second_place;  // a second phantom of the same kind
  double rod_radius_mm = 8.0;                // 7 .. 9
  double rod_pitch_mm = 30.0;                // 25 .. 35
  double holder_hu = 30.0;
  double mat_mm = 9.0;      // between phantom and patient
  double air_gap_mm = 3.0;  // below the mat; for the other places between phantom and skin
  double shift_x_mm = 0.0;
  double arc_mm = 0.0;             // sagitta of a curved row: its middle stands this much further out
  double tilt_in_plane_rad = 0.0;  // rotation about z: the row is not quite parallel to the table
  double tilt_along_rad = 0.0;     // rods against the z axis, within the plane of the row
  double tilt_out_rad = 0.0;       // rods against the z axis, out of the plane of the row: cranial end away
                                   // from the person
  bool reversed = false;           // first rod at the patient's left instead of the right (or below)
  // Ends of the phantom above the heads (negative = below); absent = beyond the scan.
  std::optional<double> low_end_mm;
  std::optional<double> high_end_mm;
  std::set<std::string> absent_rods;  // the holder fills their place
  std::optional<Bubble> bubble;
  double density_error = 0.0;  // true mineral of every rod = (1 + error) x certificate
};

// "mindways-3", "qrm-bdc-6", ...; absent for any other text.
[[nodiscard]] std::optional<PhantomType> phantom_type_named(std::string_view name);
[[nodiscard]] std::string_view phantom_name(PhantomType type);

}  // namespace focalhip::simulator
