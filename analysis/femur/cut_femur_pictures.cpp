#include "analysis/femur/cut_femur_pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/femur/contour_lines.h"

namespace focalhip {

namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using Plane = FemurPicture::Plane;

// Every picture shows the same field, so that one scale holds for all.
constexpr int picture_columns = 320;
constexpr int picture_rows = 264;
constexpr double picture_pixel_mm = 0.56;
constexpr double above_head_mm = 6.0;
constexpr int smoothing_pixels =
    3;  // half width of the window that takes the steps of voxels from the borders
constexpr double border_depth_mm = 0.4;  // lines between VOIs end this deep below the surface
constexpr double look_inside_mm = 1.0;   // where the outline asks which VOI lies below it

FemurPicture empty_picture(Plane plane,
                           const Vector3d& centre_mm,
                           const Vector3d& right,
                           const Vector3d& down) {
  FemurPicture picture;
  picture.plane = plane;
  picture.columns = picture_columns;
  picture.rows = picture_rows;
  picture.pixel_mm = picture_pixel_mm;
  picture.right_patient = right;
  picture.down_patient = down;
  picture.first_pixel_patient_mm = centre_mm - 0.5 * picture_pixel_mm * (picture_columns - 1) * right -
                                   0.5 * picture_pixel_mm * (picture_rows - 1) * down;
  return picture;
}

Vector3d patient_from_pixel(const FemurPicture& picture, const Vector2d& pixel) {
  return picture.first_pixel_patient_mm + picture.pixel_mm * ((pixel.x() - 0.5) * picture.right_patient +
                                                              (pixel.y() - 0.5) * picture.down_patient);
}

std::size_t index_of(const FemurPicture& picture, int column, int row) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.columns) +
         static_cast<std::size_t>(column);
}

Vector3d pixel_centre_mm(const FemurPicture& picture, int column, int row) {
  return patient_from_pixel(picture, {column + 0.5, row + 0.5});
}

// Weighted corners of the voxel box around a point: calls use(index, weight) up to eight times; false when
// the point lies outside the voxel centres.
template <typename Use>
bool for_corners(const VoxelGrid& grid, const Vector3d& point_mm, const Use& use) {
  const Vector3d voxel = grid.voxel_from_patient(point_mm);
  std::array<int, 3> low{};
  std::array<double, 3> share{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double at = voxel[static_cast<Eigen::Index>(axis)];
    if (!(at >= 0.0 && at <= grid.size[axis] - 1.0)) return false;
    low[axis] = static_cast<int>(at);
    share[axis] = at - low[axis];
  }
  for (int corner = 0; corner < 8; ++corner) {
    double weight = 1.0;
    std::array<int, 3> at = low;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const bool is_high = (corner >> axis & 1) != 0;
      weight *= is_high ? share[axis] : 1.0 - share[axis];
      at[axis] += is_high ? 1 : 0;
    }
    if (weight > 0.0) use(grid.index(at[0], at[1], at[2]), weight);
  }
  return true;
}

void fill_grey(FemurPicture& picture, const CtVolume& ct) {
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      double hu = 0.0;
      const bool seen = for_corners(ct.grid,
                                    pixel_centre_mm(picture, column, row),
                                    [&](auto index, double weight) { hu += weight * ct.hu[index]; });
      picture.hu.push_back(static_cast<std::int16_t>(seen ? std::lround(hu) : -1000));
    }
  }
}

// The surface's signed distance on the picture's pixels; NaN outside the mask's grid.
std::vector<float> distances_mm(const FemurPicture& picture, const FemurMask& mask) {
  std::vector<float> result;
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      double distance_mm = 0.0;
      const bool seen =
          for_corners(mask.mask.grid, pixel_centre_mm(picture, column, row), [&](auto index, double weight) {
            distance_mm += weight * static_cast<double>(mask.surface_distance_mm[index]);
          });
      result.push_back(seen ? static_cast<float>(distance_mm) : std::numeric_limits<float>::quiet_NaN());
    }
  }
  return result;
}

// How much of each pixel of the bone is one VOI: 0 .. 1.
std::vector<float> filled_by(const FemurPicture& picture,
                             const LabelVolume& voi,
                             std::uint8_t label,
                             const std::vector<float>& distance_mm) {
  std::vector<float> result(distance_mm.size(), 0.0F);
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      const std::size_t at = index_of(picture, column, row);
      if (!(distance_mm[at] < 0.0F)) continue;
      double filled = 0.0;
      for_corners(voi.grid, pixel_centre_mm(picture, column, row), [&](auto index, double weight) {
        if (voi.label[index] == label) filled += weight;
      });
      result[at] = static_cast<float>(filled);
    }
  }
  return result;
}

// Mean over the bone of the window about a pixel, so that a straight border stays straight up to the surface.
double mean_in_bone(const FemurPicture& picture,
                    const std::vector<float>& values,
                    const std::vector<float>& distance_mm,
                    int column,
                    int row) {
  double sum = 0.0;
  int count = 0;
  for (int y = std::max(0, row - smoothing_pixels); y <= std::min(picture.rows - 1, row + smoothing_pixels);
       ++y) {
    for (int x = std::max(0, column - smoothing_pixels);
         x <= std::min(picture.columns - 1, column + smoothing_pixels);
         ++x) {
      const std::size_t at = index_of(picture, x, y);
      if (!(distance_mm[at] < 0.0F)) continue;
      sum += static_cast<double>(values[at]);
      ++count;
    }
  }
  return count > 0 ? sum / count : 0.0;
}

// Negative inside one VOI; its zero inside the bone is the border.
std::vector<float> outside_voi(const FemurPicture& picture,
                               const LabelVolume& voi,
                               std::uint8_t label,
                               const std::vector<float>& distance_mm) {
  const std::vector<float> filled = filled_by(picture, voi, label, distance_mm);
  std::vector<float> result(filled.size(), 0.5F);
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      const std::size_t at = index_of(picture, column, row);
      if (!(distance_mm[at] < static_cast<float>(picture.pixel_mm))) continue;
      result[at] = static_cast<float>(0.5 - mean_in_bone(picture, filled, distance_mm, column, row));
    }
  }
  return result;
}

std::uint8_t nearest(const VoxelGrid& grid,
                     const std::vector<std::uint8_t>& values,
                     const Vector3d& point_mm) {
  const Vector3d voxel = grid.voxel_from_patient(point_mm);
  const int column = static_cast<int>(std::lround(voxel.x()));
  const int row = static_cast<int>(std::lround(voxel.y()));
  const int slice = static_cast<int>(std::lround(voxel.z()));
  if (!grid.contains(column, row, slice)) return 0;
  const std::size_t index = grid.index(column, row, slice);
  return index < values.size() ? values[index] : std::uint8_t{0};
}

void draw_outline(FemurPicture& picture,
                  const std::vector<float>& distance_mm,
                  const FemurMeasurement& femur) {
  const VoxelGrid& grid = femur.mask.mask.grid;
  for (const ContourLine& line : contour_lines(distance_mm, picture.columns, picture.rows, 0.0F)) {
    const Vector2d middle = 0.5 * (line.from + line.to);
    const Vector2d inside = middle + look_inside_mm / picture.pixel_mm * line.inward;
    picture.outline.push_back(
        {.from = line.from,
         .to = line.to,
         .voi = nearest(femur.voi.grid, femur.voi.label, patient_from_pixel(picture, inside)),
         .prior_only = nearest(grid, femur.mask.prior_only, patient_from_pixel(picture, middle)) != 0});
  }
}

float value_at(const FemurPicture& picture, const std::vector<float>& values, const Vector2d& pixel) {
  return values[index_of(picture,
                         std::clamp(static_cast<int>(pixel.x()), 0, picture.columns - 1),
                         std::clamp(static_cast<int>(pixel.y()), 0, picture.rows - 1))];
}

// A pixel of the region near the middle of all of them; none when there are too few for letters.
std::optional<Vector2d> place_for_letters(const FemurPicture& picture, const std::vector<float>& outside) {
  constexpr int fewest_pixels = 600;
  Vector2d sum(0, 0);
  int count = 0;
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      const Vector2d pixel(column + 0.5, row + 0.5);
      if (!(value_at(picture, outside, pixel) < 0.0F)) continue;
      sum += pixel;
      ++count;
    }
  }
  if (count < fewest_pixels) return std::nullopt;
  return Vector2d(sum / count);
}

void draw_vois(FemurPicture& picture, const std::vector<float>& distance_mm, const LabelVolume& voi) {
  if (voi.label.size() != voi.grid.voxel_count()) return;
  for (const std::uint8_t label : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    const std::vector<float> outside = outside_voi(picture, voi, label, distance_mm);
    picture.voi_at[label - 1U] = place_for_letters(picture, outside);
    if (label == 2) continue;  // every border of TR inside the bone is one of FN or IT
    for (const ContourLine& line : contour_lines(outside, picture.columns, picture.rows, 0.0F)) {
      const float depth_mm = -value_at(picture, distance_mm, 0.5 * (line.from + line.to));
      if (!(depth_mm > border_depth_mm)) continue;
      picture.voi_borders.push_back({.from = line.from, .to = line.to, .voi = label, .prior_only = false});
    }
  }
}

// Of the picture's middle above the frame's origin: the head's top stands near the upper border.
double middle_height_mm(const FemurFrame& frame) {
  const double head_mm =
      (frame.head_centre_patient_mm - frame.origin_patient_mm).dot(frame.shaft_axis_patient);
  const double top_mm = head_mm + frame.head_radius_mm + above_head_mm;
  return top_mm - 0.5 * picture_rows * picture_pixel_mm;
}

Vector3d on_shaft_mm(const FemurFrame& frame, const Vector3d& beside_mm) {
  const Vector3d& axis = frame.shaft_axis_patient;
  return frame.shaft_point_patient_mm + (beside_mm - frame.shaft_point_patient_mm).dot(axis) * axis;
}

std::vector<FemurPicture> planes_of(const FemurFrame& frame) {
  const Vector3d& head = frame.head_centre_patient_mm;
  const Vector3d& axis = frame.shaft_axis_patient;
  // The plane of head and shaft axis, its rows towards the patient's left.
  const Vector3d across = (head - on_shaft_mm(frame, head)).normalized();
  const Vector3d to_left = across.x() < 0.0 ? Vector3d(-across) : across;
  const Vector3d halfway = 0.5 * (head + on_shaft_mm(frame, head));
  const Vector3d middle_of_plane =
      halfway + (middle_height_mm(frame) - (halfway - frame.origin_patient_mm).dot(axis)) * axis;
  Vector3d lesser = on_shaft_mm(frame, frame.lesser_trochanter_patient_mm);
  lesser += (frame.lesser_trochanter_patient_mm.z() - lesser.z()) * Vector3d::UnitZ();
  Vector3d neck = frame.neck_point_patient_mm;
  neck.z() = head.z() + frame.head_radius_mm + above_head_mm - 0.5 * picture_rows * picture_pixel_mm;
  return {empty_picture(
              Plane::axial_head, {halfway.x(), halfway.y(), head.z()}, Vector3d::UnitX(), Vector3d::UnitY()),
          empty_picture(Plane::axial_lesser_trochanter, lesser, Vector3d::UnitX(), Vector3d::UnitY()),
          empty_picture(Plane::neck_shaft, middle_of_plane, to_left, -axis),
          empty_picture(Plane::sagittal, neck, Vector3d::UnitY(), -Vector3d::UnitZ())};
}

}  // namespace

std::vector<FemurPicture> cut_femur_pictures(const CtVolume& ct, const FemurMeasurement& femur) {
  std::vector<FemurPicture> pictures = planes_of(femur.frame);
  const bool has_surface = femur.mask.surface_distance_mm.size() == femur.mask.mask.grid.voxel_count();
  for (FemurPicture& picture : pictures) {
    fill_grey(picture, ct);
    if (!has_surface) continue;
    const std::vector<float> distance_mm = distances_mm(picture, femur.mask);
    draw_outline(picture, distance_mm, femur);
    draw_vois(picture, distance_mm, femur.voi);
  }
  return pictures;
}

std::vector<FemurPicture> cut_femur_pictures(const CtVolume& ct, const UnmeasuredFemur& femur) {
  if (!femur.head_centre_patient_mm || !femur.head_centre_patient_mm->allFinite()) return {};
  const Vector3d& head = *femur.head_centre_patient_mm;
  const Vector3d below = head - 30.0 * Vector3d::UnitZ();
  std::vector<FemurPicture> pictures{
      empty_picture(Plane::axial_head, head, Vector3d::UnitX(), Vector3d::UnitY()),
      empty_picture(Plane::coronal, below, Vector3d::UnitX(), -Vector3d::UnitZ()),
      empty_picture(Plane::sagittal, below, Vector3d::UnitY(), -Vector3d::UnitZ())};
  for (FemurPicture& picture : pictures) fill_grey(picture, ct);
  return pictures;
}

}  // namespace focalhip
