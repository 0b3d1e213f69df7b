#include "analysis/femur/voi_lines.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/support/reason_codes.h"

namespace focalhip {

namespace {

constexpr double least_band_mm = 10.0;
constexpr double head_margin_mm = 2.0;
constexpr double trochanter_in_band_mm2 = 1.0;
constexpr double contour_smoothing_mm = 2.0;
constexpr double contour_step_mm = 0.5;
constexpr double widening = 1.10;  // lateral half-width where the greater trochanter begins

using Points = std::vector<Eigen::Vector2d>;

// First way out of the bone along a direction, in steps of a quarter millimetre.
double exit_mm(const BoneProjection& projection,
               const Eigen::Vector2d& from,
               const Eigen::Vector2d& direction) {
  constexpr double step_mm = 0.25;
  double r = 0.0;
  while (r < 120.0 && projection.is_bone_at(from + r * direction)) r += step_mm;
  return r;
}

// The same for the outline itself, finer than a pixel: where the thickness along the rays falls below what a
// rounded edge shows when its rim crosses a pixel (1.5 mm for a radius of 8 mm).
double outline_mm(const BoneProjection& projection,
                  const Eigen::Vector2d& from,
                  const Eigen::Vector2d& direction) {
  constexpr double step_mm = 0.25;
  constexpr double rim_mm = 1.5;
  double before = rim_mm;
  for (double r = 0.0; r < 120.0; r += step_mm) {
    const double here = projection.thickness_at(from + r * direction);
    if (here < rim_mm) return r == 0.0 ? 0.0 : r - step_mm * (rim_mm - here) / (before - here);
    before = here;
  }
  return 120.0;
}

// The upper contour from beside the head to the lateral face, as seen from the frame's origin.
Points superior_contour(const BoneProjection& projection, const Eigen::Vector2d& neck_axis) {
  Points rays;
  const double start = std::atan2(neck_axis.y(), neck_axis.x());
  for (double turn = 4.0; turn <= 110.0; turn += 0.5) {
    const double angle = start - turn * std::numbers::pi / 180.0;
    const Eigen::Vector2d direction{std::cos(angle), std::sin(angle)};
    rays.emplace_back(outline_mm(projection, Eigen::Vector2d::Zero(), direction) * direction);
  }
  return rays;
}

// The same polyline with points at equal distances along it.
Points evenly_spaced(const Points& line) {
  Points result{line.front()};
  double left_over = 0.0;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const Eigen::Vector2d leg = line[i] - line[i - 1];
    const double length = leg.norm();
    double at = contour_step_mm - left_over;
    for (; at <= length; at += contour_step_mm) result.emplace_back(line[i - 1] + (at / length) * leg);
    left_over = length - (at - contour_step_mm);
  }
  return result;
}

Points smoothed(const Points& line) {
  const int reach = static_cast<int>(3.0 * contour_smoothing_mm / contour_step_mm);
  Points result;
  for (int i = 0; i < static_cast<int>(line.size()); ++i) {
    Eigen::Vector2d sum = Eigen::Vector2d::Zero();
    double total = 0.0;
    for (int j = std::max(0, i - reach); j <= std::min(static_cast<int>(line.size()) - 1, i + reach); ++j) {
      const double z = (j - i) * contour_step_mm / contour_smoothing_mm;
      const double weight = std::exp(-0.5 * z * z);
      sum += weight * line[static_cast<std::size_t>(j)];
      total += weight;
    }
    result.emplace_back(sum / total);
  }
  return result;
}

// Turn to the left (rad) over 2 mm to either side of every point, weighted over half a millimetre of contour:
// a broad hollow has one deepest place, and pixels do not choose it.
std::vector<double> hollowness(const Points& contour) {
  constexpr std::size_t arm = 4;
  std::vector<double> turn(contour.size(), 0.0);
  for (std::size_t i = arm; i + arm < contour.size(); ++i) {
    const Eigen::Vector2d before = contour[i] - contour[i - arm];
    const Eigen::Vector2d after = contour[i + arm] - contour[i];
    // Walking from the head to the trochanter the bone lies to the right; a hollow turns left.
    turn[i] = std::atan2(before.x() * after.y() - before.y() * after.x(), before.dot(after));
  }
  constexpr int reach = 3;
  constexpr double sigma_steps = 1.0;
  std::vector<double> smooth(contour.size(), 0.0);
  for (int i = 0; i < static_cast<int>(turn.size()); ++i) {
    double total = 0.0;
    for (int j = std::max(0, i - reach); j <= std::min(static_cast<int>(turn.size()) - 1, i + reach); ++j) {
      const double weight = std::exp(-0.5 * (j - i) * (j - i) / (sigma_steps * sigma_steps));
      smooth[static_cast<std::size_t>(i)] += weight * turn[static_cast<std::size_t>(j)];
      total += weight;
    }
    smooth[static_cast<std::size_t>(i)] /= total;
  }
  return smooth;
}

// The hollow of the superior contour nearest to the greater trochanter, lateral of the middle of the neck.
// Some necks have two, one below the head and one at the trochanter's base, about as deep: the second is the
// notch.
Eigen::Vector2d find_notch(const Points& contour, const Eigen::Vector2d& neck_axis, double head_along_mm) {
  constexpr double least_turn_rad = 0.02;  // a straight contour has no notch
  constexpr double about_as_deep = 0.6;
  const std::vector<double> turn = hollowness(contour);
  std::vector<std::size_t> hollows;
  double deepest = least_turn_rad;
  for (std::size_t i = 1; i + 1 < contour.size(); ++i) {
    if (contour[i].dot(neck_axis) > 0.6 * head_along_mm || turn[i] <= least_turn_rad) continue;
    if (turn[i] < turn[i - 1] || turn[i] <= turn[i + 1]) continue;
    hollows.push_back(i);
    deepest = std::max(deepest, turn[i]);
  }
  std::optional<Eigen::Vector2d> notch;
  for (const std::size_t i : hollows) {  // from the head to the trochanter
    if (turn[i] >= about_as_deep * deepest) notch = contour[i];
  }
  if (!notch) {
    throw Refusal(
        RefusalCode::segmentation,
        "no notch between femoral neck and greater trochanter in the projection; the neck region needs it");
  }
  return *notch;
}

// Bone in one column of the band that lies beyond the neck's own contour: trochanter.
double trochanter_mm2(const BoneProjection& projection,
                      const Eigen::Vector2d& on_axis,
                      const Eigen::Vector2d& across) {
  double area_mm2 = 0.0;
  for (const double sign : {-1.0, 1.0}) {
    const Eigen::Vector2d direction = sign * across;
    for (double r = exit_mm(projection, on_axis, direction); r < 60.0; r += contour_step_mm) {
      if (projection.is_bone_at(on_axis + r * direction)) area_mm2 += contour_step_mm * contour_step_mm;
    }
  }
  return area_mm2;
}

// Across the neck axis, away from the greater trochanter.
Eigen::Vector2d inferior_of(const Eigen::Vector2d& neck_axis) {
  const Eigen::Vector2d across{-neck_axis.y(), neck_axis.x()};
  return across.y() > 0.0 ? Eigen::Vector2d(-across) : across;
}

void place_neck_band(const BoneProjection& projection,
                     const FemurFrame& frame,
                     const VoiLineOptions& options,
                     VoiLines& lines) {
  const Eigen::Vector3d head = frame_from_patient(frame, frame.head_centre_patient_mm);
  const double head_along_mm = Eigen::Vector2d(head.x(), head.z()).dot(lines.neck_axis);
  const Points contour = smoothed(evenly_spaced(superior_contour(projection, lines.neck_axis)));
  const double notch_mm = find_notch(contour, lines.neck_axis, head_along_mm).dot(lines.neck_axis);
  const Eigen::Vector2d inferior = inferior_of(lines.neck_axis);
  const double limit_mm = head_along_mm - frame.head_radius_mm - head_margin_mm;
  // Away from the trochanters towards the head, as far as 10 mm of band still fit beside it.
  lines.fn_lateral_mm = notch_mm;
  double inside_mm2 = 0.0;
  for (double along = notch_mm + options.neck_band_mm; along >= notch_mm; along -= contour_step_mm) {
    inside_mm2 += trochanter_mm2(projection, along * lines.neck_axis, inferior);
    if (inside_mm2 <= trochanter_in_band_mm2) continue;
    const double clear_mm = along + contour_step_mm;
    lines.fn_lateral_mm = std::clamp(limit_mm - least_band_mm, notch_mm, clear_mm);
    break;
  }
  lines.fn_medial_mm = std::min(lines.fn_lateral_mm + options.neck_band_mm, limit_mm);
  lines.fn_band_short = lines.fn_medial_mm < lines.fn_lateral_mm + least_band_mm;
  lines.fn_medial_mm = std::max(lines.fn_medial_mm, lines.fn_lateral_mm + least_band_mm);
  for (double along = lines.fn_lateral_mm; along <= lines.fn_medial_mm + contour_step_mm;
       along += contour_step_mm) {
    lines.neck_top_mm.push_back(exit_mm(projection, along * lines.neck_axis, -inferior));
  }
}

void place_trochanter_line(const BoneProjection& projection, const FemurFrame& frame, VoiLines& lines) {
  const Eigen::Vector2d on_axis = lines.fn_lateral_mm * lines.neck_axis;
  const Eigen::Vector2d inferior = inferior_of(lines.neck_axis);
  lines.inferior_neck_mm = on_axis + exit_mm(projection, on_axis, inferior) * inferior;

  const auto half_width_mm = [&](double v) { return outline_mm(projection, {0.0, v}, {1.0, 0.0}); };
  const double lesser_v_mm = frame.lesser_trochanter_distal_mm;
  double shaft_mm = 0.0;
  int levels = 0;
  for (double v = lesser_v_mm; v > lesser_v_mm - 30.0 && half_width_mm(v) > 0.0; v -= 1.0, ++levels) {
    shaft_mm += half_width_mm(v);
  }
  if (levels == 0)
    throw Refusal(RefusalCode::segmentation, "no shaft below the lesser trochanter in the projection");
  shaft_mm /= levels;
  double v = lesser_v_mm;
  while (v < 60.0 && half_width_mm(v) <= widening * shaft_mm) v += 0.5;
  lines.trochanter_base_mm = {half_width_mm(v), v};
}

}  // namespace

Region VoiLines::region_of(double u_mm, double v_mm) const {
  const double along_mm = u_mm * neck_axis.x() + v_mm * neck_axis.y();
  if (v_mm < distal_v_mm || along_mm > fn_medial_mm) return Region::none;
  if (along_mm >= fn_lateral_mm) {
    const auto step = static_cast<std::size_t>((along_mm - fn_lateral_mm) / contour_step_mm);
    const double above_mm = -Eigen::Vector2d(u_mm, v_mm).dot(inferior_of(neck_axis));
    const bool overhang = step < neck_top_mm.size() && above_mm > neck_top_mm[step] + contour_step_mm;
    return overhang ? Region::tr : Region::fn;
  }
  const Eigen::Vector2d line = trochanter_base_mm - inferior_neck_mm;  // runs laterally
  const Eigen::Vector2d to = Eigen::Vector2d(u_mm, v_mm) - inferior_neck_mm;
  return line.x() * to.y() - line.y() * to.x() > 0.0 ? Region::tr : Region::it;
}

VoiLines place_voi_lines(const BoneProjection& projection,
                         const FemurFrame& frame,
                         const VoiLineOptions& options) {
  VoiLines lines;
  const Eigen::Vector3d neck = frame.patient_axes.transpose() * frame.neck_axis_patient;
  lines.neck_axis = Eigen::Vector2d(neck.x(), neck.z()).normalized();
  lines.distal_v_mm = frame.lesser_trochanter_distal_mm - options.distal_margin_mm;
  place_neck_band(projection, frame, options, lines);
  place_trochanter_line(projection, frame, lines);
  return lines;
}

}  // namespace focalhip
