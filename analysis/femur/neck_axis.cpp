#include "analysis/femur/neck_axis.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include <Eigen/Geometry>

#include "analysis/support/reason_codes.h"

namespace focalhip {

namespace {

constexpr int rays = 72;
constexpr double step_mm = 0.5;
constexpr double farthest_mm = 45.0;  // nothing of a neck is farther from its axis

struct Section {
  double offset_mm = 0.0;  // from the head's centre into the neck
  Eigen::Vector3d centre_mm{0, 0, 0};
  double area_mm2 = 0.0;
};

// The star-shaped section around a point, across a direction.
Section section_at(const BoneSolid& bone, const Eigen::Vector3d& point_mm, const Eigen::Vector3d& direction) {
  const Eigen::Vector3d u = direction.unitOrthogonal();
  const Eigen::Vector3d v = direction.cross(u);
  Section section{.centre_mm = point_mm};
  Eigen::Vector3d moment = Eigen::Vector3d::Zero();
  for (int ray = 0; ray < rays; ++ray) {
    const double angle = 2.0 * std::numbers::pi * ray / rays;
    const Eigen::Vector3d out = std::cos(angle) * u + std::sin(angle) * v;
    const double r = exit_distance_mm(bone, point_mm, out, farthest_mm);
    // Circle sector of angle 2 pi / rays: area r^2 pi / rays, centroid about 2 r / 3 away.
    const double area = r * r * std::numbers::pi / rays;
    section.area_mm2 += area;
    moment += area * (2.0 / 3.0) * r * out;
  }
  if (section.area_mm2 > 0.0) section.centre_mm += moment / section.area_mm2;
  return section;
}

std::vector<Section> sections_along(
    const BoneSolid& bone, const AxisLine& axis, const HeadSphere& head, double from_mm, double to_mm) {
  // The axis need not pass through the head's centre: offsets count from the nearest point on it.
  const Eigen::Vector3d inward = -axis.direction;
  const Eigen::Vector3d start_mm = axis.point_mm + inward * inward.dot(head.centre_mm - axis.point_mm);
  std::vector<Section> sections;
  for (double offset = from_mm; offset <= to_mm; offset += step_mm) {
    Section section = section_at(bone, start_mm + offset * inward, axis.direction);
    section.offset_mm = offset;
    sections.push_back(section);
  }
  return sections;
}

// qct 4.1 accepts 24 to 40 mm across; scaled to a head of 23 mm radius, with room for slender necks.
bool like_a_neck(const Section& section, double scale) {
  const double across_mm = 2.0 * std::sqrt(section.area_mm2 / std::numbers::pi) / scale;
  return across_mm >= 20.0 && across_mm <= 40.0;
}

// First minimum of the area that stays the smallest for 6 mm beyond it: where the neck begins to widen.
const Section* narrowest(const std::vector<Section>& sections) {
  const auto beyond = static_cast<std::size_t>(6.0 / step_mm);
  for (std::size_t i = 1; i + beyond < sections.size(); ++i) {
    const auto from = sections.begin() + static_cast<std::ptrdiff_t>(i);
    const auto least = std::min_element(
        from, from + static_cast<std::ptrdiff_t>(beyond) + 1, [](const Section& a, const Section& b) {
          return a.area_mm2 < b.area_mm2;
        });
    if (least == from) return &sections[i];
  }
  return nullptr;
}

}  // namespace

NeckAxis find_neck_axis(const BoneSolid& bone,
                        const HeadSphere& head,
                        const Eigen::Vector3d& neck_direction) {
  NeckAxis neck{.line = {.point_mm = head.centre_mm, .direction = -neck_direction}};
  const double scale = head.radius_mm / 23.0;
  for (int pass = 0; pass < 4; ++pass) {
    const std::vector<Section> sections = sections_along(bone, neck.line, head, 12.0 * scale, 48.0 * scale);
    const Section* least = narrowest(sections);
    if (least == nullptr || !like_a_neck(*least, scale)) {
      throw Refusal(RefusalCode::segmentation,
                    "no neck of 20 to 40 mm across found between the femoral head and the trochanters");
    }
    std::vector<Eigen::Vector3d> centres_mm{head.centre_mm};
    for (const Section& section : sections) {
      if (std::abs(section.offset_mm - least->offset_mm) <= 4.0 * scale)
        centres_mm.push_back(section.centre_mm);
    }
    // The head's centre counts as much as the sections together: it lies far out and is known best.
    centres_mm.insert(centres_mm.end(), centres_mm.size() - 2, head.centre_mm);
    neck.line = fit_axis(centres_mm, -neck_direction);
    neck.line.point_mm = least->centre_mm;
    neck.narrowest_area_mm2 = least->area_mm2;
  }
  return neck;
}

}  // namespace focalhip
