#pragma once

#include <array>
#include <string_view>

#include "testdata/simulator/hip_parameters.h"

// The same person with other bone, and the places of the femur where bone is changed and compared.
namespace focalhip::proof {

// Where hips lose bone: superior-anterior neck, and the front between the trochanters. [qct 6.2]
inline constexpr std::array<std::string_view, 2> place_names{"neck", "front"};

// On the implicit surface, femur frame. In a bone with a real surface the same place is below that one's
// nearest point, because cortex is carried over by depth.
[[nodiscard]] std::array<simulator::Vec3, 2> places_femur_mm(const simulator::FemurParameters& femur);
// Where the cortex is thick: the lateral shaft, 15 mm below the lesser trochanter's centre.
[[nodiscard]] simulator::Vec3 shaft_place_femur_mm(const simulator::FemurParameters& femur);
// The first two in the patient.
[[nodiscard]] std::array<simulator::Vec3, 2> places_patient_mm(const simulator::FemurParameters& femur,
                                                               simulator::Side side);

// Cortex thinner and spongy bone rarer by a factor, everywhere.
[[nodiscard]] simulator::HipParameters with_bone_loss(simulator::HipParameters hip, double factor);
// A Gaussian defect at either place of both femora.
[[nodiscard]] simulator::HipParameters with_defects(simulator::HipParameters hip,
                                                    double fwhm_mm,
                                                    double depth);
// Cortical density of both femora times a factor; thickness stays.
[[nodiscard]] simulator::HipParameters with_cortical_density(simulator::HipParameters hip, double factor);

// Cortical density changed by a share at either place and in the shaft; thickness stays.
[[nodiscard]] simulator::HipParameters with_cortical_patches(simulator::HipParameters hip,
                                                             double fwhm_mm,
                                                             double change);
// One wide change of density that holds the shaft and leaves the neck.
[[nodiscard]] simulator::HipParameters with_uneven_shaft(simulator::HipParameters hip,
                                                         double fwhm_mm,
                                                         double change);
// Either hip severely worn. A real surface keeps its shape: no osteophytes on it.
[[nodiscard]] simulator::HipParameters with_severe_arthritis(simulator::HipParameters hip);

}  // namespace focalhip::proof
