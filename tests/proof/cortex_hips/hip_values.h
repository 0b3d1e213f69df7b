#pragma once

#include <array>

#include "tests/proof/cortex_hips/mapped_hip.h"
#include "tests/proof/femur/femur_case.h"

// One mapped femur, or two scans of it, as the few sums from which the table is made.
namespace focalhip::proof {

struct Band {
  double low;
  double high;
};
inline constexpr std::array thickness_bands{Band{0.0, 0.5},
                                            Band{0.5, 0.75},
                                            Band{0.75, 1.0},
                                            Band{1.0, 1.5},
                                            Band{1.5, 2.0},
                                            Band{2.0, 3.0},
                                            Band{3.0, 4.5},
                                            Band{4.5, 9.0}};
inline constexpr std::array smoothing_fwhm_mm{5, 10};

// "mapped" 0 or 1. Outside the articular cap, at measured vertices whose truth is valid:
//   band<b>.n .sum .squares            error of CTh, mm, by true thickness
//   band<b>.cbmd .true_cbmd .prior     sums of CBMD and of its true value; vertices with an information share
//   < 0.5 ectd.n .sum .squares, cbmd.*       errors; CBMD in per cent, from 2 mm of true thickness tried,
//   failed, without_truth (not compared: less than 1 mm of spongy bone below, or cortex again); wrong,
//   cap.wrong, cap.n   wrong = CTh off by more than 1 mm (cap.n: measured there)
// <region or place>.area .cth .true_cth .cbmd .true_cbmd .ectd .true_ectd   area-weighted sums over the same
// vertices; places: within 10 mm of places_patient_mm reported.<VOI>.cth ...                as the report
// tells them mesh.vertices .euler .triangles .thin (least angle below 25 degrees); bone.cbmd .true_cbmd .blur
//   .spread (share; absent = not told); note.uneven .joint .incomplete 0 or 1; cap.all .left_out vertices of
//   the cap, those not measured for their joint
[[nodiscard]] Values values_of(const MappedFemur& femur, const simulator::FemurParameters& bone);

// For each place the vertices of the true surface within 1.5 widths where the true loss of thickness is at
// least half its largest: <place>.n .loss (true, sum of mm) .seen; .seen5 and .seen10 after smoothing of
// either map by that FWHM; .cbmd .true_cbmd (changes, sums of %), .ectd .true_ectd (mg/cm3), .prior (vertices
// with an information share < 0.5)
[[nodiscard]] Values defect_values(const MappedFemur& whole,
                                   const MappedFemur& thin,
                                   const simulator::FemurParameters& bone,
                                   double fwhm_mm);

// For each place and the shaft the vertices of the true surface within 1.5 widths where the true change of
// density is at least half its largest, by true thickness: <band>.n .change (true, sum of %) .seen .cth
// .true_cth .cm .true_cm (changes, sums of %) .prior (vertices with an information share < 0.5)
[[nodiscard]] Values patch_values(const MappedFemur& whole,
                                  const MappedFemur& dense,
                                  const simulator::FemurParameters& bone,
                                  double fwhm_mm);

}  // namespace focalhip::proof
