#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "analysis/femur/segment_femora.h"
#include "analysis/side/align_shafts.h"
#include "analysis/side/decide_side.h"

namespace focalhip {

// Limits of the signs of a fracture. [science: qct 5; departures and their measurements in the README]
struct SideOptions {
  // Mineral cross-section between head and shaft over the shaft's. Below: the head hangs on nothing. Higher:
  // thin necks of whole femora are called broken.
  double least_connectivity = 0.10;
  // The same over the other side's. Higher: intact pairs differ that much.
  double least_connectivity_ratio = 0.70;
  // Below this the less firm side is the broken one. Higher: where fragments are driven into each other it is
  // the whole side that is less firm.
  double telling_connectivity_ratio = 0.45;
  // Surface at the neck that the other femur has neither with its head nor with its shaft: faces of a
  // fracture. Lower: edges of sockets and osteophytes count.
  double largest_unexplained_mm2 = 200.0;
  double least_neck_shaft_angle_deg = 110.0;
  double largest_neck_shaft_angle_deg = 150.0;
  double largest_angle_difference_deg = 10.0;
  // Of head to lesser trochanter and of the neck's length.
  double largest_length_difference_mm = 8.0;
  // Of the head from where the mirrored other femur has it, shafts and trochanters laid onto each other.
  double largest_head_shift_mm = 5.0;
  // A shift or a surface of fracture faces this many times its limit is a fracture without a second sign.
  double certain_factor = 2.0;
  // Part of that shift which femora turned differently about their shafts show (version), and which therefore
  // is allowed for before the shift counts.
  double version_difference_deg = 8.0;
  // A scan that ends lower than this shows the lesser trochanter.
  double enough_scan_below_head_mm = 100.0;
  double largest_volume_difference = 0.08;    // of the bone above the lesser trochanter, share
  double largest_prior_residual_mm = 4.0;     // 95th percentile
  double largest_prior_residual_ratio = 1.8;  // to the other side's
};

enum class FractureSign {
  prior_residual,       // the bone does not fit the prior surface
  neck_shaft_angle,     // implausible, or far from the other side's
  head_displaced,       // against the shaft, compared with the other side
  head_disconnected,    // little or no bone between head and shaft
  fracture_faces,       // surface at the neck that the other femur has not
  outline_failed,       // landmarks or outline failed although the scan covers the femur
  trochanter_distance,  // head to lesser trochanter differs from the other side's
  neck_length,          // differs from the other side's
  volume,               // of the bone above the lesser trochanter differs
};
[[nodiscard]] std::string_view name(FractureSign sign);

// What was measured of one femur; absent = not measurable.
struct SideEvidence {
  bool outlined = false;
  std::optional<RefusalCode> failure;  // why it could not be outlined
  double metal_mm3 = 0.0;
  std::optional<double> scan_below_head_mm;  // its centre
  std::optional<double> connectivity;
  std::optional<double> unexplained_mm2;
  std::optional<double> neck_shaft_angle_deg;
  std::optional<double> head_to_lesser_trochanter_mm;
  std::optional<double> neck_length_mm;
  std::optional<double> volume_above_trochanter_mm3;
  std::optional<double> prior_residual_p95_mm;
};

// Both femora and their comparison.
struct HipEvidence {
  std::array<SideEvidence, 2> side;  // index = Side
  // The head of `compared` from where the other femur, mirrored and laid on by its shaft, has its own:
  // lateral, anterior, cranial along the shaft.
  std::optional<Side> compared;  // the side of the smaller connectivity
  std::optional<Eigen::Vector3d> head_shift_mm;
  std::optional<double> head_distance_mm;  // of the other femur's head from its shaft axis: lever of version
  std::optional<double> head_turn_deg;  // of the head with its stump of neck; told, not judged (see README)
  std::optional<double> surface_distance_mm;  // mean, of the aligned shafts and trochanters
};

// Measures; decides nothing. femora as segment_femora made them, of the same CT.
[[nodiscard]] HipEvidence examine_sides(const CtVolume& ct, const std::array<FemurOutcome, 2>& femora);

struct JudgedSide {
  std::vector<FractureSign> signs;
  SideFinding finding;
};

// The signs each side shows and what follows. Strong are prior residual, angle, displacement, disconnection
// and fracture faces: a strong one is a suspicion, with any second one a fracture; weak ones alone are only
// told. A difference between the sides counts against the one that is worse by itself; when nothing tells
// which, against both. Pure. [qct 5, with the departures of the README]
[[nodiscard]] std::array<JudgedSide, 2> judge_sides(const HipEvidence& evidence, const SideOptions& options);

}  // namespace focalhip
