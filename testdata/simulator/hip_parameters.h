#pragma once

#include <cstdint>
#include <memory>
#include <numbers>
#include <optional>
#include <vector>

#include "testdata/simulator/femur_relief.h"
#include "testdata/simulator/fracture_parameters.h"
#include "testdata/simulator/implant_parameters.h"
#include "testdata/simulator/phantom_parameters.h"
#include "testdata/simulator/vector3.h"

// Everything that is drawn for one simulated person. Lengths mm, angles rad.
//
// Femur frame (right-handed, in mm; the right femur as it is, the left one mirrored): origin = intersection
// of neck axis and shaft axis; x lateral, y anterior, z cranial along the shaft. The neck-shaft plane is y =
// 0. Patient frame: DICOM LPS (x to the patient's left, y posterior, z cranial).
namespace focalhip::simulator {

class MeshBone;

enum class Sex { female, male };
enum class Side { right, left };

inline constexpr double degree = std::numbers::pi / 180.0;

// A local loss of bone: a Gaussian patch that thins the cortex and rarefies the trabecular bone below it.
struct FocalDefect {
  Vec3 centre_femur_mm;   // near the periosteal surface
  double fwhm_mm = 16.0;  // 12 .. 20
  double depth = 0.35;    // lost fraction of thickness and density at the centre, 0 .. 0.5
};

// Cortex of another density round a place, as a Gaussian; its thickness stays.
struct CorticalPatch {
  Vec3 centre_femur_mm;  // near the periosteal surface
  double fwhm_mm = 15.0;
  double change = 0.12;  // share of the cortical density added at the centre; negative = taken away
};

// A hole in spongy bone filled with fluid.
struct Cyst {
  Vec3 centre_mm;  // femur frame in a femur; from the head's centre (lateral, anterior, cranial) in a pelvis
  double radius_mm = 3.0;
};

struct FemurParameters {
  // Shape
  double head_radius_mm = 22.5;
  Vec3 head_offset_mm{0.0, 0.5, 0.0};  // head centre relative to the end of the neck axis
  double neck_shaft_angle_rad = 133.0 * degree;
  double neck_length_mm = 58.0;     // origin to head centre along the neck axis
  double neck_radius_si_mm = 15.2;  // narrowest section, superior-inferior semi-axis
  double neck_ap_si_ratio = 0.90;
  double shaft_radius_mm = 14.8;  // subtrochanteric, medio-lateral semi-axis
  double shaft_ap_ml_ratio = 0.97;
  double shaft_bow_radius_mm = 900.0;    // anterior bow
  double trochanter_height_mm = 35.0;    // tip of the greater trochanter above the origin
  double trochanter_lateral_mm = 25.5;   // most lateral surface point from the shaft axis
  double trochanter_posterior_mm = 9.0;  // how far the tip lies behind the neck-shaft plane
  double lesser_level_mm = -24.0;        // centre of the lesser trochanter, z in the femur frame
  double lesser_size = 1.0;              // 0.7 .. 1.3
  double blend_mm = 8.0;                 // fillets
  // What no simple body has: head as an ellipsoid (its semi-axes along the neck, across it and forward are
  // 1 + these times the radius; they add up to zero), ridge at the back of the shaft, crest between the
  // trochanters.
  double head_along_neck = 0.0;
  double head_forward = 0.0;
  double linea_aspera_mm = 0.0;  // height of the ridge
  double crest_mm = 0.0;         // how much further the intertrochanteric crest stands out
  FemurRelief relief;

  // Pose: femur frame -> patient frame
  Vec3 head_centre_patient_mm;
  double anteversion_rad = 10.6 * degree;  // includes the leg's rotation on the table
  double adduction_rad = 6.0 * degree;     // distal shaft towards the midline
  double flexion_rad = 0.0;

  // Cortex
  double cortical_density_mg_cm3 = 1120.0;  // HA
  double head_cortex_mm = 0.8;
  double superior_neck_cortex_mm = 0.9;
  double calcar_cortex_mm = 3.2;
  double trochanter_cortex_mm = 0.95;
  double lesser_cortex_mm = 2.0;
  double shaft_cortex_mm = 4.4;  // subtrochanteric
  // The endosteal side: waves of the thickness, and a zone in which the density falls linearly to that of the
  // spongy bone, between these widths from place to place. Both 0 = a sharp edge.
  double endosteal_waviness = 0.0;  // share of the thickness
  double transition_low_mm = 0.0;
  double transition_high_mm = 0.0;

  // Trabecular bone, HA mg/cm3 (fat marrow included: values below zero are fat)
  double trabecular_scale = 1.0;     // multiplies what stands above fat marrow
  double marrow_fat_mg_cm3 = -60.0;  // value of pure marrow
  double texture_cv = 0.25;
  double texture_anisotropy = 1.0;  // correlation along the compressive arcade / across it
  double streak_contrast = 0.0;     // of plates along the arcades, share of what stands above marrow

  std::vector<FocalDefect> defects;
  std::vector<CorticalPatch> cortical_patches;
  std::uint64_t texture_seed = 1;

  // The surface of a real bone; then the shape above is that of the implicit femur that fits it, from which
  // cortex and spongy bone are carried over (wearing, mesh_bone.h).
  std::shared_ptr<const MeshBone> surface;
  std::optional<Fracture> fracture;

  // Arthritis: a collar at the head-neck junction, dense bone under the loaded cap of the head, cysts.
  double osteophyte_mm = 0.0;  // how far the collar stands out
  double sclerosis_mg_cm3 = 0.0;
  std::vector<Cyst> cysts;
};

struct PelvisParameters {
  double joint_space_mm = 3.2;             // apex; 2 .. 4, osteoarthritis 0.5 .. 1.5
  double centre_edge_rad = 30.0 * degree;  // lateral centre-edge angle
  double subchondral_mm = 2.0;
  double cortex_mm = 1.2;
  double cortical_density_mg_cm3 = 1000.0;  // HA
  double trabecular_mg_cm3 = 170.0;         // HA
  double size = 1.0;
  // Arthritis; the joint above the head where it differs from the rest, 0 = it does not.
  double superior_joint_space_mm = 0.0;
  double rim_osteophyte_mm = 0.0;
  double sclerosis_mg_cm3 = 0.0;
  std::vector<Cyst> cysts;
};

struct BodyParameters {
  double half_width_mm = 182.0;
  double half_depth_mm = 112.0;
  double fat_hu = -100.0;
  double muscle_hu = 55.0;
  double muscle_fat_fraction = 0.06;  // 0.02 .. 0.15, drawn as streaks
  double muscle_size = 1.0;
  double subcutaneous_mm = 24.0;
  double bladder_size = 1.0;
  double gas = 1.0;  // rectal gas, relative
};

struct HipParameters {
  std::uint64_t seed = 0;
  Sex sex = Sex::female;
  double age_years = 68.0;
  double height_cm = 158.0;
  double weight_kg = 62.0;
  FemurParameters right;
  FemurParameters left;
  PelvisParameters right_pelvis;
  PelvisParameters left_pelvis;
  BodyParameters body;
  PhantomParameters phantom;
  std::vector<Implant> implants;
};

// One person of the given sex, after the controls of the paper's Table 1; the same seed gives the same
// person. Both sides share the person's values and differ by 1.5 % of independent noise.
[[nodiscard]] HipParameters draw_hip(std::uint64_t seed, Sex sex);

}  // namespace focalhip::simulator
