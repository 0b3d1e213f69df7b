#include "tests/support/fake_femur.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/femur/contour_lines.h"

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

namespace {

FemurPicture draw_picture(FemurPicture::Plane plane,
                          const Vector3d& middle,
                          const Vector3d& right,
                          const Vector3d& down) {
  FemurPicture picture;
  picture.plane = plane;
  picture.columns = 160;
  picture.rows = 132;
  picture.pixel_mm = 1.0;
  picture.right_patient = right;
  picture.down_patient = down;
  picture.first_pixel_patient_mm = middle - 79.5 * right - 65.5 * down;
  std::vector<float> distance_mm;
  std::array<Eigen::Vector2d, 3> sum{Eigen::Vector2d(0, 0), Eigen::Vector2d(0, 0), Eigen::Vector2d(0, 0)};
  std::array<int, 3> count{};
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      const Vector3d point = picture.first_pixel_patient_mm + column * right + row * down;
      picture.hu.push_back(static_cast<std::int16_t>(std::lround(hu_at(point))));
      const Vector3d lateral(std::abs(point.x()), point.y(), point.z());
      distance_mm.push_back(static_cast<float>(to_femur(lateral)));
      const std::uint8_t voi = to_femur(lateral) < 0.0 ? voi_at(lateral) : std::uint8_t{0};
      if (voi == 0) continue;
      sum[voi - 1U] += Eigen::Vector2d(column + 0.5, row + 0.5);
      ++count[voi - 1U];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    if (count[i] > 30) picture.voi_at[i] = sum[i] / count[i];
  }
  for (const ContourLine& line : contour_lines(distance_mm, picture.columns, picture.rows, 0.0F)) {
    const Eigen::Vector2d inside = line.from + line.inward - Eigen::Vector2d(0.5, 0.5);
    Vector3d point = picture.first_pixel_patient_mm + inside.x() * right + inside.y() * down;
    point.x() = std::abs(point.x());
    picture.outline.push_back(
        {.from = line.from, .to = line.to, .voi = voi_at(point), .prior_only = point.z() > 130.0});
  }
  picture.voi_borders = {{.from = {70, 60}, .to = {90, 80}, .voi = 1, .prior_only = false}};
  return picture;
}

}  // namespace

std::vector<FemurPicture> draw_femur_pictures(Side side) {
  using Plane = FemurPicture::Plane;
  const double sign = sign_of(side);
  const Vector3d x = Vector3d::UnitX();
  const Vector3d y = Vector3d::UnitY();
  const Vector3d z = Vector3d::UnitZ();
  return {draw_picture(Plane::axial_head, {sign * 105.0, 0.0, 124.0}, x, y),
          draw_picture(Plane::axial_lesser_trochanter, {sign * 118.0, 3.0, 62.0}, x, y),
          draw_picture(Plane::neck_shaft, {sign * 108.0, 0.0, 90.0}, x, -z),
          draw_picture(Plane::sagittal, {sign * 110.0, 0.0, 90.0}, y, -z)};
}

CortexMeasurement draw_cortex(Side side) {
  constexpr int rings = 40;
  constexpr int around = 24;
  constexpr int lowest_measured = 3;
  CortexMeasurement cortex;
  FemurSurface& surface = cortex.surface;
  CorticalMap& map = cortex.map;
  for (int ring = 0; ring < rings; ++ring) {
    const double along = static_cast<double>(ring) / (rings - 1);
    const double in_neck = std::max(0.0, along - 0.6) / 0.4;
    const Vector3d centre(120.0 - 32.0 * in_neck, 0.0, 10.0 + 110.0 * along);
    const double radius_mm = ring == rings - 1 ? 1.0 : 16.0 + 8.0 * in_neck;
    for (int i = 0; i < around; ++i) {
      const double angle = 2.0 * std::numbers::pi * i / around;
      const Vector3d outward(std::cos(angle), std::sin(angle), 0.0);
      const Vector3d mirrored(sign_of(side), 1.0, 1.0);
      surface.mesh.vertices_mm.emplace_back((centre + radius_mm * outward).cwiseProduct(mirrored));
      surface.outward.emplace_back(outward.cwiseProduct(mirrored));
      surface.region.push_back(in_neck > 0.7   ? SurfaceRegion::head
                               : in_neck > 0.3 ? SurfaceRegion::fn
                               : along > 0.5   ? SurfaceRegion::tr
                                               : SurfaceRegion::it);
      map.cth_mm.push_back(static_cast<float>(6.0 - 5.5 * along));
      map.state.push_back(ring < lowest_measured ? VertexState::left_out : VertexState::measured);
      cortex.unmeasured.push_back(ring < lowest_measured ? Unmeasured::rim : Unmeasured::measured);
    }
  }
  for (int ring = 0; ring + 1 < rings; ++ring) {
    for (int i = 0; i < around; ++i) {
      const int a = ring * around + i;
      const int b = ring * around + (i + 1) % around;
      surface.mesh.triangles.push_back({a, b, a + around});
      surface.mesh.triangles.push_back({b, b + around, a + around});
    }
  }
  // Levels of a woman of 70 years, thinnest at the neck.
  cortex.regions = {CortexMeans{.vertices = 500,
                                .area_mm2 = 1600.0,
                                .cth_mm = 0.842,
                                .cm_mg_cm2 = 94.1,
                                .cbmd_mg_cm3 = 1117.0,
                                .ectd_mg_cm3 = 96.3,
                                .density_from_prior_share = 0.97,
                                .told_cbmd_mg_cm3 = {}},
                    CortexMeans{.vertices = 1900,
                                .area_mm2 = 5900.0,
                                .cth_mm = 0.921,
                                .cm_mg_cm2 = 103.0,
                                .cbmd_mg_cm3 = 1118.0,
                                .ectd_mg_cm3 = 71.8,
                                .density_from_prior_share = 0.93,
                                .told_cbmd_mg_cm3 = 1116.0},
                    CortexMeans{.vertices = 1700,
                                .area_mm2 = 5200.0,
                                .cth_mm = 2.616,
                                .cm_mg_cm2 = 293.5,
                                .cbmd_mg_cm3 = 1122.0,
                                .ectd_mg_cm3 = 24.4,
                                .density_from_prior_share = 0.18,
                                .told_cbmd_mg_cm3 = 1123.0},
                    CortexMeans{.vertices = 4100,
                                .area_mm2 = 12700.0,
                                .cth_mm = 1.604,
                                .cm_mg_cm2 = 179.7,
                                .cbmd_mg_cm3 = 1119.0,
                                .ectd_mg_cm3 = 55.5,
                                .density_from_prior_share = 0.62,
                                .told_cbmd_mg_cm3 = 1121.0}};
  return cortex;
}

}  // namespace focalhip::test
