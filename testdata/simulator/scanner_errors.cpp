#include "testdata/simulator/scanner_errors.h"

#include <algorithm>
#include <cmath>

namespace focalhip::simulator {
namespace {

constexpr double lost_per_doubling = 0.03;  // of the bone's HU when the path through the person doubles
constexpr double reference_width_mm = 300.0;
constexpr double cupping_depth_hu = -10.0;
constexpr double behind_heads_mm = 20.0;

}  // namespace

ScannerErrors::ScannerErrors(const Protocol& protocol,
                             const BodyParameters& body,
                             Vec3 middle_mm,
                             double water_offset_hu)
    : water_offset_hu_(water_offset_hu),
      drift_(protocol.drift),
      middle_(middle_mm),
      bone_factor_(1.0 - protocol.beam_hardening * lost_per_doubling *
                             std::log2(2.0 * body.half_width_mm / reference_width_mm)),
      cupping_hu_(protocol.beam_hardening * cupping_depth_hu),
      half_width_mm_(body.half_width_mm),
      half_depth_mm_(body.half_depth_mm) {}

double ScannerErrors::cupping_hu(Vec3 p) const {
  const double x = (p.x - middle_.x) / half_width_mm_;
  const double y = (p.y - middle_.y - behind_heads_mm) / half_depth_mm_;
  return cupping_hu_ * std::max(0.0, 1.0 - x * x - y * y);
}

double ScannerErrors::shown_hu(double hu, Vec3 p) const {
  const double offset_hu = water_offset_hu_ + drift_.offset_hu(p.z - middle_.z);
  return hu + offset_hu * std::min(1.0, (hu + 1000.0) / 800.0);
}

}  // namespace focalhip::simulator
