#include "analysis/femur/neck_axis.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <string>

#include <Eigen/Eigenvalues>
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

// The sections around the narrowest that are hardly larger: the neck between head and trochanters.
std::span<const Section> neck_proper(const std::vector<Section>& sections, const Section& least) {
  constexpr double hardly_larger = 1.15;
  const auto at = static_cast<std::size_t>(&least - sections.data());
  const auto belongs = [&](std::size_t i) { return sections[i].area_mm2 < hardly_larger * least.area_mm2; };
  std::size_t first = at;
  std::size_t last = at;
  while (first > 0 && belongs(first - 1)) --first;
  while (last + 1 < sections.size() && belongs(last + 1)) ++last;
  return std::span(sections).subspan(first, last - first + 1);
}

// Line of the centroids, held near the head's centre as if that were one more of them: where the neck is
// long the centroids decide, where it is short the head steadies the direction.
AxisLine centroid_line(std::span<const Section> neck,
                       const Eigen::Vector3d& head_mm,
                       const Eigen::Vector3d& along) {
  Eigen::Vector3d mean_mm = head_mm;
  for (const Section& section : neck) mean_mm += section.centre_mm;
  mean_mm /= static_cast<double>(neck.size() + 1);
  Eigen::Matrix3d scatter = (head_mm - mean_mm) * (head_mm - mean_mm).transpose();
  for (const Section& section : neck) {
    const Eigen::Vector3d offset = section.centre_mm - mean_mm;
    scatter += offset * offset.transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(scatter);
  const Eigen::Vector3d direction = solver.eigenvectors().col(2);
  return {.point_mm = mean_mm,
          .direction = direction.dot(along) < 0.0 ? Eigen::Vector3d(-direction) : direction};
}

}  // namespace

NeckAxis find_neck_axis(const BoneSolid& bone,
                        const HeadSphere& head,
                        const Eigen::Vector3d& neck_direction) {
  constexpr int passes = 6;
  NeckAxis neck{.line = {.point_mm = head.centre_mm, .direction = -neck_direction}};
  const double scale = head.radius_mm / 23.0;
  for (int pass = 0; pass < passes; ++pass) {
    const std::vector<Section> sections = sections_along(bone, neck.line, head, 12.0 * scale, 48.0 * scale);
    const Section* least = narrowest(sections);
    if (least == nullptr || !like_a_neck(*least, scale)) {
      throw Refusal(RefusalCode::segmentation,
                    "no neck of 20 to 40 mm across found between the femoral head and the trochanters");
    }
    const AxisLine line = centroid_line(neck_proper(sections, *least), head.centre_mm, neck.line.direction);
    // Half a step: a section cut askew has its centroid elsewhere, and the axis must not swing.
    neck.line.direction = (neck.line.direction + line.direction).normalized();
    neck.line.point_mm = line.point_mm;
    neck.narrowest_area_mm2 = least->area_mm2;
    neck.narrowest_mm = least->centre_mm;
  }
  return neck;
}

}  // namespace focalhip
