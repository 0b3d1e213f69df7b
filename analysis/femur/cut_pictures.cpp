#include "analysis/femur/cut_pictures.h"

#include <algorithm>
#include <cmath>

#include "analysis/femur/right_side.h"

namespace focalhip {

namespace {

using Femora = std::optional<std::array<FemurOutcome, 2>>;

std::optional<Eigen::Vector3d> head_centre_mm(const FemurOutcome& outcome) {
  if (const auto* femur = std::get_if<SegmentedFemur>(&outcome)) return femur->frame.head_centre_patient_mm;
  return std::get<UnmeasuredFemur>(outcome).head_centre_patient_mm;
}

// Where the slices go: the middle of the known heads, otherwise the middle of the scan.
Eigen::Vector3d picture_centre_mm(const VoxelGrid& grid, const Femora& femora) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  int heads = 0;
  if (femora) {
    for (const FemurOutcome& outcome : *femora) {
      const std::optional<Eigen::Vector3d> centre_mm = head_centre_mm(outcome);
      if (!centre_mm) continue;
      sum += *centre_mm;
      ++heads;
    }
  }
  if (heads > 0) return sum / heads;
  const Eigen::Vector3d last{grid.size[0] - 1.0, grid.size[1] - 1.0, grid.size[2] - 1.0};
  return grid.patient_from_voxel(0.5 * last);
}

// The patient box of the volume.
struct Extent {
  Eigen::Vector3d low_mm;
  Eigen::Vector3d high_mm;
};
Extent extent(const VoxelGrid& grid) {
  Extent box{.low_mm = grid.origin_patient_mm, .high_mm = grid.origin_patient_mm};
  for (int corner = 0; corner < 8; ++corner) {
    const Eigen::Vector3d voxel{(corner & 1) != 0 ? grid.size[0] - 1.0 : 0.0,
                                (corner & 2) != 0 ? grid.size[1] - 1.0 : 0.0,
                                (corner & 4) != 0 ? grid.size[2] - 1.0 : 0.0};
    const Eigen::Vector3d point_mm = grid.patient_from_voxel(voxel);
    box.low_mm = box.low_mm.cwiseMin(point_mm);
    box.high_mm = box.high_mm.cwiseMax(point_mm);
  }
  return box;
}

bool nearest_voxel(const VoxelGrid& grid, const Eigen::Vector3d& point_mm, std::size_t& index) {
  const Eigen::Vector3d voxel = grid.voxel_from_patient(point_mm);
  const int column = static_cast<int>(std::lround(voxel.x()));
  const int row = static_cast<int>(std::lround(voxel.y()));
  const int slice = static_cast<int>(std::lround(voxel.z()));
  if (!grid.contains(column, row, slice)) return false;
  index = grid.index(column, row, slice);
  return true;
}

// HU between the two nearest slices, nearest pixel in the slice: pixels stay as scanned, coronal pictures of
// thick slices do not show steps.
std::int16_t hu_at(const CtVolume& ct, const Eigen::Vector3d& point_mm) {
  const Eigen::Vector3d voxel = ct.grid.voxel_from_patient(point_mm);
  const int column = static_cast<int>(std::lround(voxel.x()));
  const int row = static_cast<int>(std::lround(voxel.y()));
  const double slice = std::clamp(voxel.z(), 0.0, std::max(0.0, ct.grid.size[2] - 1.0));
  const int below = std::min(static_cast<int>(slice), std::max(0, ct.grid.size[2] - 2));
  const int above = std::min(below + 1, ct.grid.size[2] - 1);
  if (!ct.grid.contains(column, row, below)) return -1000;
  const double share = slice - below;
  const double value = (1.0 - share) * ct.hu[ct.grid.index(column, row, below)] +
                       share * ct.hu[ct.grid.index(column, row, above)];
  return static_cast<std::int16_t>(std::lround(value));
}

std::uint8_t label_at(const Femora& femora, const Eigen::Vector3d& point_mm) {
  if (!femora) return 0;
  for (const Side side : {Side::right, Side::left}) {
    const auto* femur = std::get_if<SegmentedFemur>(&(*femora)[static_cast<std::size_t>(side)]);
    std::size_t index = 0;
    if (femur == nullptr || !nearest_voxel(femur->mask.mask.grid, point_mm, index)) continue;
    if (femur->mask.mask.label[index] != 0) return static_cast<std::uint8_t>(side == Side::right ? 1 : 2);
  }
  return 0;
}

SlicePicture cut(const CtVolume& ct,
                 const Femora& femora,
                 SlicePicture::Plane plane,
                 const Eigen::Vector3d& centre_mm) {
  const Extent box = extent(ct.grid);
  const bool axial = plane == SlicePicture::Plane::axial;
  SlicePicture picture;
  picture.plane = plane;
  picture.position_mm = axial ? centre_mm.z() : centre_mm.y();
  picture.pixel_mm = std::min(ct.grid.spacing_mm.x(), ct.grid.spacing_mm.y());
  picture.left_edge_x_mm = box.low_mm.x();
  picture.top_edge_mm = axial ? box.low_mm.y() : box.high_mm.z();
  const double height_mm = axial ? box.high_mm.y() - box.low_mm.y() : box.high_mm.z() - box.low_mm.z();
  picture.columns = static_cast<int>((box.high_mm.x() - box.low_mm.x()) / picture.pixel_mm + 1.5);
  picture.rows = static_cast<int>(height_mm / picture.pixel_mm + 1.5);
  for (int row = 0; row < picture.rows; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      const double down_mm = row * picture.pixel_mm;
      const Eigen::Vector3d point_mm{picture.left_edge_x_mm + column * picture.pixel_mm,
                                     axial ? picture.top_edge_mm + down_mm : picture.position_mm,
                                     axial ? picture.position_mm : picture.top_edge_mm - down_mm};
      picture.hu.push_back(hu_at(ct, point_mm));
      picture.mask.push_back(label_at(femora, point_mm));
    }
  }
  return picture;
}

}  // namespace

std::vector<SlicePicture> cut_pictures(const CtVolume& ct, const Femora& femora) {
  if (ct.grid.voxel_count() == 0) return {};
  const Eigen::Vector3d centre_mm = picture_centre_mm(ct.grid, femora);
  return {cut(ct, femora, SlicePicture::Plane::axial, centre_mm),
          cut(ct, femora, SlicePicture::Plane::coronal, centre_mm)};
}

}  // namespace focalhip
