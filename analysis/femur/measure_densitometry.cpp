#include "analysis/femur/measure_densitometry.h"

#include <string>

#include "analysis/femur/bone_density.h"
#include "analysis/femur/bone_projection.h"
#include "analysis/femur/voi_lines.h"
#include "analysis/support/format_number.h"
#include "analysis/volume/distance_map.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

constexpr std::size_t regions = 4;  // index = Region

struct Amount {
  double volume_mm3 = 0.0;
  double mineral_mg = 0.0;

  void add(double volume, double mg_cm3) {
    volume_mm3 += volume;
    mineral_mg += 1e-3 * volume * mg_cm3;  // 1 mm3 of 1 mg/cm3 = 1e-3 mg
  }
  void add(const Amount& other) {
    volume_mm3 += other.volume_mm3;
    mineral_mg += other.mineral_mg;
  }
  [[nodiscard]] std::optional<double> mg_cm3() const {
    if (volume_mm3 <= 0.0) return std::nullopt;
    return 1e3 * mineral_mg / volume_mm3;
  }
};

struct RegionSums {
  Amount all;
  Amount trabecular;
  Amount cortical;
  double area_mm2 = 0.0;

  void add(const RegionSums& other) {
    all.add(other.all);
    trabecular.add(other.trabecular);
    cortical.add(other.cortical);
    area_mm2 += other.area_mm2;
  }
};
using Sums = std::array<RegionSums, regions>;

// Prisms: every point of the femur belongs to the region its projection falls into.
Sums sum_prisms(const BoneDensity& bone,
                const SegmentedFemur& femur,
                const VoiLines& lines,
                double trabecular_peel_mm) {
  const std::vector<float> distance_mm = signed_distance_mm(bone.grid, femur.mask.mask.label);
  const VoxelPoints points(bone.grid, femur.frame, 0.5);
  Sums sums;
  for_each_voxel(bone.grid, [&](std::size_t i, const Eigen::Vector3d& point_patient_mm) {
    if (femur.mask.mask.label[i] == 0) return;
    const double mg_cm3 = bone.k2hpo4_mg_cm3[i];
    const bool deep = -distance_mm[i] > trabecular_peel_mm;
    points.visit(frame_from_patient(femur.frame, point_patient_mm),
                 [&](const Eigen::Vector3d& p, double volume_mm3) {
                   RegionSums& region = sums[static_cast<std::size_t>(lines.region_of(p.x(), p.z()))];
                   region.all.add(volume_mm3, mg_cm3);
                   (deep ? region.trabecular : region.cortical).add(volume_mm3, mg_cm3);
                 });
  });
  return sums;
}

void sum_areas(const BoneProjection& projection, const VoiLines& lines, Sums& sums) {
  for (int row = 0; row < projection.rows; ++row) {
    for (int column = 0; column < projection.columns; ++column) {
      if (!projection.is_bone(column, row)) continue;
      const Eigen::Vector2d centre_mm = projection.pixel_centre_mm(column, row);
      sums[static_cast<std::size_t>(lines.region_of(centre_mm.x(), centre_mm.y()))].area_mm2 +=
          projection.pixel_mm * projection.pixel_mm;
    }
  }
}

VoiMeasurement to_measurement(const RegionSums& sums) {
  VoiMeasurement voi;
  if (sums.area_mm2 <= 0.0 || sums.all.volume_mm3 <= 0.0) return voi;
  voi.area_mm2 = sums.area_mm2;
  voi.bmc_mg = sums.all.mineral_mg;
  voi.abmd_mg_cm2 = 100.0 * sums.all.mineral_mg / sums.area_mm2;  // 1 mg/mm2 = 100 mg/cm2
  voi.vbmd_mg_cm3 = sums.all.mg_cm3();
  voi.trabecular_vbmd_mg_cm3 = sums.trabecular.mg_cm3();
  voi.cortical_vbmd_mg_cm3 = sums.cortical.mg_cm3();
  voi.volume_mm3 = sums.all.volume_mm3;
  return voi;
}

// For the page: rows grow caudal there, cranial here.
FemurProjection page_projection(const BoneProjection& projection, const VoiLines& lines) {
  FemurProjection page;
  page.columns = projection.columns;
  page.rows = projection.rows;
  page.pixel_mm = projection.pixel_mm;
  for (int row = projection.rows - 1; row >= 0; --row) {
    for (int column = 0; column < projection.columns; ++column) {
      const bool bone = projection.is_bone(column, row);
      const Eigen::Vector2d centre_mm = projection.pixel_centre_mm(column, row);
      page.bmd_mg_cm2.push_back(bone ? projection.mg_cm2[projection.index(column, row)] : 0.0F);
      page.voi.push_back(bone ? static_cast<std::uint8_t>(lines.region_of(centre_mm.x(), centre_mm.y()))
                              : std::uint8_t{0});
    }
  }
  return page;
}

LabelVolume label_prisms(const SegmentedFemur& femur, const VoiLines& lines) {
  LabelVolume voi{.grid = femur.mask.mask.grid,
                  .label = std::vector<std::uint8_t>(femur.mask.mask.label.size(), 0)};
  for_each_voxel(voi.grid, [&](std::size_t i, const Eigen::Vector3d& point_patient_mm) {
    if (femur.mask.mask.label[i] == 0) return;
    const Eigen::Vector3d p = frame_from_patient(femur.frame, point_patient_mm);
    voi.label[i] = static_cast<std::uint8_t>(lines.region_of(p.x(), p.z()));
  });
  return voi;
}

// Mean thickness (volume / area) of each region in adults, mm. [qct 4.2, from the paper's Table 1]
struct ThicknessBand {
  VoiName voi;
  double least_mm;
  double most_mm;
};
constexpr std::array<ThicknessBand, 4> plausible_thickness{{{VoiName::fn, 17.0, 32.0},
                                                            {VoiName::tr, 22.0, 41.0},
                                                            {VoiName::it, 22.0, 36.0},
                                                            {VoiName::th, 22.0, 37.0}}};

void note_implausible_regions(const VoiLines& lines, FemurMeasurement& measured) {
  for (const ThicknessBand& band : plausible_thickness) {
    const VoiMeasurement& voi = measured[band.voi];
    const std::string label(name(band.voi));
    if (!voi.volume_mm3 || !voi.area_mm2) {
      measured.notes.push_back({NoteCode::voi_implausible, label + " is empty"});
      continue;
    }
    const double thickness_mm = *voi.volume_mm3 / *voi.area_mm2;
    if (thickness_mm >= band.least_mm && thickness_mm <= band.most_mm) continue;
    measured.notes.push_back({NoteCode::voi_implausible,
                              label + " is " + fixed(thickness_mm, 1) + " mm thick on average, " +
                                  fixed(band.least_mm, 0) + " to " + fixed(band.most_mm, 0) +
                                  " mm expected"});
  }
  if (lines.fn_band_short) {
    measured.notes.push_back(
        {NoteCode::voi_implausible, "FN reaches into the femoral head: the neck leaves less than 10 mm"});
  }
}

}  // namespace

FemurMeasurement measure_densitometry(const CtVolume& ct,
                                      const Calibration& calibration,
                                      const SegmentedFemur& femur,
                                      const DensitometryOptions& options) {
  const BoneDensity bone = bone_density(ct, calibration, femur.mask, femur.frame, {});
  const BoneProjection projection = project_bone(bone, femur.mask, femur.frame, options.projection_pixel_mm);
  const VoiLines lines =
      place_voi_lines(projection,
                      femur.frame,
                      {.neck_band_mm = options.neck_band_mm, .distal_margin_mm = options.distal_margin_mm});
  Sums sums = sum_prisms(bone, femur, lines, options.trabecular_peel_mm);
  sum_areas(projection, lines, sums);

  FemurMeasurement measured;
  measured.side = femur.mask.side;
  measured.frame = femur.frame;
  measured.mask = femur.mask;
  measured.grade = femur.grade;
  measured.notes = femur.notes;
  RegionSums total_hip;
  for (const VoiName voi : {VoiName::fn, VoiName::tr, VoiName::it}) {
    const RegionSums& region =
        sums[static_cast<std::size_t>(voi) + 1];  // Region counts from 1 in the same order
    measured.vois[static_cast<std::size_t>(voi)] = to_measurement(region);
    total_hip.add(region);
  }
  measured.vois[static_cast<std::size_t>(VoiName::th)] = to_measurement(total_hip);
  measured.voi = label_prisms(femur, lines);
  measured.projection = page_projection(projection, lines);
  note_implausible_regions(lines, measured);
  return measured;
}

}  // namespace focalhip
