#include "tests/support/fake_femur.h"

#include <algorithm>
#include <cmath>

namespace focalhip::test {

namespace {

using Eigen::Vector3d;

double sign_of(Side side) { return side == Side::right ? -1.0 : 1.0; }

double to_sphere(const Vector3d& p, const Vector3d& centre, double radius_mm) {
  return (p - centre).norm() - radius_mm;
}

double to_capsule(const Vector3d& p, const Vector3d& a, const Vector3d& b, double radius_mm) {
  const double t = std::clamp((p - a).dot(b - a) / (b - a).squaredNorm(), 0.0, 1.0);
  return (p - a - t * (b - a)).norm() - radius_mm;
}

// Union of two distances with a rounded seam.
double smooth_union(double a, double b, double width_mm) {
  const double h = std::max(width_mm - std::abs(a - b), 0.0) / width_mm;
  return std::min(a, b) - h * h * width_mm / 4.0;
}

// Signed distance to the periosteal surface, negative inside; p with the lateral axis turned to +x.
double to_femur(Vector3d p) {
  double d = to_sphere(p, {88, -4, 125}, head_radius_mm);
  d = smooth_union(d, to_capsule(p, {88, -4, 125}, {122, 2, 88}, 14.0), 8.0);
  d = smooth_union(d, to_capsule(p, {133, 6, 100}, {126, 2, 78}, 17.0), 10.0);
  d = smooth_union(d, to_sphere(p, {113, 12, 62}, 11.0), 10.0);
  return smooth_union(d, to_capsule(p, {124, 0, 78}, {116, 0, -40}, 15.0), 10.0);
}

double to_acetabulum(const Vector3d& p) {
  const double shell = std::abs(to_sphere(p, {88, -4, 125}, head_radius_mm + 6.5)) - 3.0;
  const double opening = (p - Vector3d(88, -4, 125)).dot(Vector3d(0.6, 0.0, -0.8));
  return std::max(shell, opening);
}

double to_ilium(const Vector3d& p) {
  return smooth_union(to_capsule(p, {70, 8, 150}, {55, 30, 200}, 13.0),
                      to_capsule(p, {62, -6, 118}, {12, -38, 95}, 8.0),
                      6.0);
}

double bone_hu(double depth_mm, double cortex_mm, const Vector3d& p) {
  if (depth_mm < cortex_mm) return 1050.0;
  return 180.0 + 40.0 * std::sin(p.x() * 0.9) * std::sin(p.z() * 0.8 + p.y() * 0.5);
}

double hu_at(const Vector3d& point) {
  const Vector3d p(std::abs(point.x()), point.y(), point.z());
  const double femur = to_femur(p);
  if (femur < 0.0) return bone_hu(-femur, p.z() < 60.0 ? 4.5 : 2.0, p);
  if (to_acetabulum(p) < 0.0) return 650.0;
  const double ilium = to_ilium(p);
  if (ilium < 0.0) return bone_hu(-ilium, 1.8, p);
  const double body = std::hypot(point.x() / 185.0, (point.y() - 5.0) / 105.0);
  if (body > 1.0) return -1000.0;
  if (body > 0.9) return -95.0;
  return 52.0 + 8.0 * std::sin(p.x() * 0.35) * std::sin(p.y() * 0.3);
}

std::uint8_t mask_at(const Vector3d& point) {
  const Vector3d p(std::abs(point.x()), point.y(), point.z());
  if (to_femur(p) >= 0.0) return 0;
  return point.x() < 0.0 ? 1 : 2;
}

// 1 FN, 2 TR, 3 IT by position alone; 0 head and below.
std::uint8_t voi_at(const Vector3d& lateral_point) {
  const double along_neck = (lateral_point - Vector3d(88, -4, 125)).dot(Vector3d(34, 6, -37).normalized());
  if (along_neck < 21.0 || lateral_point.z() < 45.0) return 0;
  if (along_neck < 34.0 && lateral_point.z() > 84.0) return 1;
  return lateral_point.z() - 0.9 * (lateral_point.x() - 115.0) > 82.0 - 24.0 ? 2 : 3;
}

void fill(SlicePicture& picture, const Vector3d& origin, const Vector3d& column_mm, const Vector3d& row_mm) {
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      const Vector3d point = origin + column * column_mm + row * row_mm;
      picture.hu.push_back(static_cast<std::int16_t>(std::lround(hu_at(point))));
      picture.mask.push_back(mask_at(point));
    }
  }
}

}  // namespace

Vector3d head_centre_patient_mm(Side side) { return {sign_of(side) * 88.0, -4.0, 125.0}; }

VoxelGrid scan_grid() {
  VoxelGrid grid;
  grid.size = {512, 512, 180};
  grid.spacing_mm = {0.9, 0.9, 1.0};
  grid.origin_patient_mm = {-230.0, -230.0, -10.0};
  return grid;
}

LabelVolume draw_vois(Side side) {
  LabelVolume result;
  result.grid.size = {60, 40, 80};
  result.grid.spacing_mm = {2.0, 2.0, 2.0};
  result.grid.origin_patient_mm = {side == Side::right ? -170.0 : 52.0, -40.0, 0.0};
  result.label.resize(result.grid.voxel_count());
  for (int slice = 0; slice < result.grid.size[2]; ++slice) {
    for (int row = 0; row < result.grid.size[1]; ++row) {
      for (int column = 0; column < result.grid.size[0]; ++column) {
        Vector3d point = result.grid.patient_from_voxel(Vector3d(column, row, slice));
        point.x() = std::abs(point.x());
        if (to_femur(point) < 0.0) result.label[result.grid.index(column, row, slice)] = voi_at(point);
      }
    }
  }
  return result;
}

FemurProjection draw_projection(Side side) {
  FemurProjection result;
  result.columns = 180;
  result.rows = 280;
  constexpr double ray_step_mm = 2.0;
  const double denser = side == Side::right ? 1.0 : 0.9;
  for (int row = 0; row < result.rows; ++row) {
    for (int column = 0; column < result.columns; ++column) {
      double sum_mg_cm2 = 0.0;
      Vector3d point(62.0 + 0.5 * column, 0.0, 155.0 - 0.5 * row);
      for (double y = -30.0; y <= 30.0; y += ray_step_mm) {
        point.y() = y;
        const double depth_mm = -to_femur(point);
        if (depth_mm > 0.0) sum_mg_cm2 += 0.1 * ray_step_mm * denser * (depth_mm < 2.5 ? 700.0 : 110.0);
      }
      point.y() = 0.0;
      result.bmd_mg_cm2.push_back(static_cast<float>(sum_mg_cm2));
      result.voi.push_back(sum_mg_cm2 > 0.0 ? voi_at(point) : std::uint8_t{0});
    }
  }
  return result;
}

SlicePicture draw_coronal() {
  SlicePicture picture;
  picture.plane = SlicePicture::Plane::coronal;
  picture.position_mm = -2.0;
  picture.columns = 400;
  picture.rows = 180;
  picture.left_edge_x_mm = -199.5;
  picture.top_edge_mm = 169.5;
  fill(picture, {-199.5, -2.0, 169.5}, {1, 0, 0}, {0, 0, -1});
  return picture;
}

SlicePicture draw_axial() {
  SlicePicture picture;
  picture.plane = SlicePicture::Plane::axial;
  picture.position_mm = 122.0;
  picture.columns = 400;
  picture.rows = 240;
  picture.left_edge_x_mm = -199.5;
  picture.top_edge_mm = -119.5;
  fill(picture, {-199.5, -119.5, 122.0}, {1, 0, 0}, {0, 1, 0});
  return picture;
}

}  // namespace focalhip::test
