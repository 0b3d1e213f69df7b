#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/side/examine_sides.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

constexpr double degrees_per_rad = 180.0 / std::numbers::pi;

// What tells which of two different femora is the worse one. +1: the right one, -1: the left one, 0: not
// told.
int worse_of(bool right, bool left) { return right == left ? 0 : right ? 1 : -1; }

bool is_below(const std::optional<double>& own, double ratio, const std::optional<double>& other) {
  return own && other && *own < ratio * *other;
}

int worse_by_connectivity(const HipEvidence& evidence, double ratio) {
  const auto& right = evidence.side[0].connectivity;
  const auto& left = evidence.side[1].connectivity;
  return worse_of(is_below(right, ratio, left), is_below(left, ratio, right));
}

// Half of what counts as a sign, and three times the other side's.
int worse_by_faces(const HipEvidence& evidence, const SideOptions& options) {
  const auto& right = evidence.side[0].unexplained_mm2;
  const auto& left = evidence.side[1].unexplained_mm2;
  if (!right || !left) return 0;
  const double enough_mm2 = 0.5 * options.largest_unexplained_mm2;
  return worse_of(*right > enough_mm2 && *right > 3.0 * *left, *left > enough_mm2 && *left > 3.0 * *right);
}

// A broken femur shortens: its head stands lower on the shaft, or, driven in, nearer to it.
int worse_by_shortening(const HipEvidence& evidence) {
  constexpr double clear_mm = 4.0;
  if (!evidence.head_shift_mm || !evidence.compared) return 0;
  const int compared = *evidence.compared == Side::right ? 1 : -1;
  const Eigen::Vector3d& shift = *evidence.head_shift_mm;
  if (std::abs(shift.z()) >= clear_mm) return shift.z() < 0.0 ? compared : -compared;
  if (std::abs(shift.x()) >= clear_mm) return shift.x() > 0.0 ? compared : -compared;
  return 0;
}

bool outline_failed(const SideEvidence& side) { return side.failure == RefusalCode::segmentation; }
// No lesser trochanter found where the scan must show it.
bool landmarks_failed(const SideEvidence& side, const SideOptions& options) {
  return side.failure == RefusalCode::coverage && side.scan_below_head_mm &&
         *side.scan_below_head_mm >= options.enough_scan_below_head_mm;
}

bool implausible_angle(const SideEvidence& side, const SideOptions& options) {
  return side.neck_shaft_angle_deg && (*side.neck_shaft_angle_deg < options.least_neck_shaft_angle_deg ||
                                       *side.neck_shaft_angle_deg > options.largest_neck_shaft_angle_deg);
}

class Judge {
 public:
  Judge(const HipEvidence& evidence, const SideOptions& options) : evidence_(evidence), options_(options) {}

  std::array<JudgedSide, 2> judge() {
    worse_ = worse_side();
    look_at_connectivity();
    look_at_faces();
    look_at_prior();
    look_at_angles();
    look_at_head();
    look_at_outlines();
    compare(FractureSign::trochanter_distance, &SideEvidence::head_to_lesser_trochanter_mm);
    compare(FractureSign::neck_length, &SideEvidence::neck_length_mm);
    compare_volumes();
    for (std::size_t side = 0; side < 2; ++side) conclude(side);
    return judged_;
  }

 private:
  [[nodiscard]] int worse_side() const {
    const SideEvidence& right = evidence_.side[0];
    const SideEvidence& left = evidence_.side[1];
    for (const int worse :
         {worse_by_connectivity(evidence_, options_.telling_connectivity_ratio),
          worse_by_faces(evidence_, options_),
          worse_by_shortening(evidence_),
          worse_of(outline_failed(right), outline_failed(left)),
          worse_of(implausible_angle(right, options_), implausible_angle(left, options_))}) {
      if (worse != 0) return worse;
    }
    return 0;
  }

  void add(std::size_t side, FractureSign sign, const std::string& words) {
    JudgedSide& judged = judged_[side];
    judged.signs.push_back(sign);
    judged.finding.explanation += (judged.finding.explanation.empty() ? "" : ", ") + words;
  }
  // A difference between the sides.
  void add_difference(FractureSign sign, const std::string& words) {
    if (worse_ >= 0) add(0, sign, words);
    if (worse_ <= 0) add(1, sign, words);
  }

  void look_at_connectivity() {
    const auto words = [this](std::size_t side) {
      return "bone between head and shaft " + fixed(*evidence_.side[side].connectivity, 2) +
             " of the shaft's section";
    };
    std::array<bool, 2> alone{false, false};
    for (std::size_t side = 0; side < 2; ++side) {
      const std::optional<double>& own = evidence_.side[side].connectivity;
      alone[side] = own && *own < options_.least_connectivity;
      if (alone[side]) add(side, FractureSign::head_disconnected, words(side));
    }
    const int less = worse_by_connectivity(evidence_, options_.least_connectivity_ratio);
    if (less == 0 || alone[0] || alone[1]) return;
    const std::size_t side = less > 0 ? 0 : 1;
    add_difference(FractureSign::head_disconnected,
                   words(side) + ", other side " + fixed(*evidence_.side[1 - side].connectivity, 2));
  }

  void look_at_faces() {
    for (std::size_t side = 0; side < 2; ++side) {
      const std::optional<double>& own = evidence_.side[side].unexplained_mm2;
      if (!own || *own <= options_.largest_unexplained_mm2) continue;
      // Where fragments are driven into each other the whole femur has surface that the broken one has not.
      if ((side == 0 ? -worse_ : worse_) > 0) continue;
      add(side,
          FractureSign::fracture_faces,
          fixed(0.01 * *own, 1) + " cm2 of surface at the neck that the other femur has not");
      certain_[side] = certain_[side] || *own > options_.certain_factor * options_.largest_unexplained_mm2;
    }
  }

  void look_at_prior() {
    for (std::size_t side = 0; side < 2; ++side) {
      const std::optional<double>& own = evidence_.side[side].prior_residual_p95_mm;
      const std::optional<double>& other = evidence_.side[1 - side].prior_residual_p95_mm;
      if (!own || *own <= options_.largest_prior_residual_mm) continue;
      if (other && *own <= options_.largest_prior_residual_ratio * *other) continue;
      add(side, FractureSign::prior_residual, "bone " + fixed(*own, 1) + " mm off the expected shape");
    }
  }

  void look_at_angles() {
    for (std::size_t side = 0; side < 2; ++side) {
      if (implausible_angle(evidence_.side[side], options_)) {
        add(side,
            FractureSign::neck_shaft_angle,
            "neck-shaft angle " + fixed(*evidence_.side[side].neck_shaft_angle_deg, 0) + " degrees");
      }
    }
    const auto& right = evidence_.side[0].neck_shaft_angle_deg;
    const auto& left = evidence_.side[1].neck_shaft_angle_deg;
    if (!right || !left || std::abs(*right - *left) <= options_.largest_angle_difference_deg) return;
    if (implausible_angle(evidence_.side[0], options_) || implausible_angle(evidence_.side[1], options_))
      return;
    add_difference(
        FractureSign::neck_shaft_angle,
        "neck-shaft angle " + fixed(std::abs(*right - *left), 0) + " degrees from the other side's");
  }

  // A femur turned further about its shaft has its head elsewhere and is whole.
  [[nodiscard]] double unexplained_shift_mm() const {
    const Eigen::Vector3d& shift = *evidence_.head_shift_mm;
    const double lever_mm = evidence_.head_distance_mm.value_or(0.0);
    const double turned_mm = lever_mm * std::sin(options_.version_difference_deg / degrees_per_rad);
    const double anterior_mm = std::max(0.0, std::abs(shift.y()) - turned_mm);
    return Eigen::Vector3d(shift.x(), anterior_mm, shift.z()).norm();
  }

  void look_at_head() {
    if (!evidence_.head_shift_mm || unexplained_shift_mm() <= options_.largest_head_shift_mm) return;
    if (unexplained_shift_mm() > options_.certain_factor * options_.largest_head_shift_mm) {
      certain_[0] = certain_[0] || worse_ > 0;
      certain_[1] = certain_[1] || worse_ < 0;
    }
    add_difference(
        FractureSign::head_displaced,
        "head " + fixed(evidence_.head_shift_mm->norm(), 0) + " mm from where the other femur has it");
  }

  void look_at_outlines() {
    for (std::size_t side = 0; side < 2; ++side) {
      if (outline_failed(evidence_.side[side]) || landmarks_failed(evidence_.side[side], options_))
        add(side, FractureSign::outline_failed, "outline or landmarks failed");
    }
  }

  void compare(FractureSign sign, std::optional<double> SideEvidence::*length_mm) {
    const std::optional<double>& right = evidence_.side[0].*length_mm;
    const std::optional<double>& left = evidence_.side[1].*length_mm;
    if (!right || !left || std::abs(*right - *left) <= options_.largest_length_difference_mm) return;
    add_difference(sign,
                   std::string(sign == FractureSign::neck_length ? "neck" : "head to lesser trochanter") +
                       " " + fixed(std::abs(*right - *left), 0) + " mm from the other side's");
  }

  void compare_volumes() {
    const auto& right = evidence_.side[0].volume_above_trochanter_mm3;
    const auto& left = evidence_.side[1].volume_above_trochanter_mm3;
    if (!right || !left) return;
    const double difference = std::abs(*right - *left) / (0.5 * (*right + *left));
    if (difference <= options_.largest_volume_difference) return;
    add_difference(FractureSign::volume,
                   "bone volume " + fixed(100.0 * difference, 0) + " % from the other side's");
  }

  static bool is_strong(FractureSign sign) {
    return sign == FractureSign::prior_residual || sign == FractureSign::neck_shaft_angle ||
           sign == FractureSign::head_displaced || sign == FractureSign::head_disconnected ||
           sign == FractureSign::fracture_faces;
  }

  void conclude(std::size_t side) {
    const SideEvidence& evidence = evidence_.side[side];
    JudgedSide& judged = judged_[side];
    judged.finding.outlined = evidence.outlined;
    const bool strong = std::ranges::any_of(judged.signs, is_strong);
    if (evidence.failure == RefusalCode::metal) {
      judged.finding.state = SideState::metal;
    } else if (certain_[side] || (strong && judged.signs.size() >= 2)) {
      judged.finding.state = SideState::fractured;
    } else if (!evidence.outlined) {
      judged.finding.state = SideState::not_measurable;
    } else {
      judged.finding.state = strong ? SideState::suspicious : SideState::ok;
    }
  }

  const HipEvidence& evidence_;
  const SideOptions& options_;
  int worse_ = 0;  // +1 right, -1 left, 0 not known
  std::array<bool, 2> certain_{false, false};
  std::array<JudgedSide, 2> judged_;
};

}  // namespace

std::array<JudgedSide, 2> judge_sides(const HipEvidence& evidence, const SideOptions& options) {
  return Judge(evidence, options).judge();
}

std::string_view name(FractureSign sign) {
  switch (sign) {
    case FractureSign::prior_residual:
      return "prior_residual";
    case FractureSign::neck_shaft_angle:
      return "neck_shaft_angle";
    case FractureSign::head_displaced:
      return "head_displaced";
    case FractureSign::head_disconnected:
      return "head_disconnected";
    case FractureSign::fracture_faces:
      return "fracture_faces";
    case FractureSign::outline_failed:
      return "outline_failed";
    case FractureSign::trochanter_distance:
      return "trochanter_distance";
    case FractureSign::neck_length:
      return "neck_length";
    case FractureSign::volume:
      return "volume";
  }
  expects(false, "every sign has a name");
  return {};
}

}  // namespace focalhip
