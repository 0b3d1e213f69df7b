#include "analysis/femur/measure_densitometry.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include <numeric>

#include "analysis/femur/bone_density.h"
#include "analysis/femur/bone_projection.h"
#include "analysis/femur/voi_lines.h"
#include "analysis/volume/smooth_gaussian.h"
#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

using test::draw;
using test::DrawnHips;

// 1 HU = 1 mg/cm3.
Calibration one_to_one() {
  Calibration calibration;
  calibration.sigma_ct_hu_per_mg_cm3 = 1.0;
  calibration.beta_ct_hu = 0.0;
  return calibration;
}

// Frame of a right femur whose axes are those of the patient.
FemurFrame upright_frame() {
  FemurFrame frame;
  frame.patient_axes.col(0) = Eigen::Vector3d{-1.0, 0.0, 0.0};
  frame.patient_axes.col(1) = Eigen::Vector3d{0.0, -1.0, 0.0};
  frame.patient_axes.col(2) = Eigen::Vector3d{0.0, 0.0, 1.0};
  frame.head_centre_patient_mm = {1000.0, 0.0, 0.0};
  return frame;
}

// A block of the given size (mm) around the origin, on a grid of 1 x 1 x 1 mm.
FemurMask block(const Eigen::Vector3d& half_mm) {
  FemurMask mask;
  mask.mask.grid.size = {61, 61, 61};
  mask.mask.grid.origin_patient_mm = Eigen::Vector3d::Constant(-30.0);
  for (int k = -30; k <= 30; ++k) {
    for (int j = -30; j <= 30; ++j) {
      for (int i = -30; i <= 30; ++i) {
        const Eigen::Vector3d p(i, j, k);
        mask.mask.label.push_back((p.cwiseAbs().array() < half_mm.array()).all() ? 1 : 0);
      }
    }
  }
  return mask;
}

TEST(ProjectBone, GivesDensityTimesThicknessOfABlock) {
  const FemurMask mask = block({10.0, 15.0, 20.0});  // 19 x 29 x 39 voxels
  BoneDensity bone{.grid = mask.mask.grid,
                   .k2hpo4_mg_cm3 = std::vector<float>(mask.mask.label.size(), 250.0F)};
  FemurFrame frame = upright_frame();
  const BoneProjection projection = project_bone(bone, mask, frame, 0.5);
  double mineral_mg = 0.0;
  for (int row = 0; row < projection.rows; ++row) {
    for (int column = 0; column < projection.columns; ++column) {
      const Eigen::Vector2d uv = projection.pixel_centre_mm(column, row);
      mineral_mg += projection.mg_cm2[projection.index(column, row)] * 0.0025;  // 0.25 mm2 in cm2
      if (std::abs(uv.x()) > 9.0 || std::abs(uv.y()) > 19.0) continue;          // away from the edges
      // 29 mm of 250 mg/cm3: 725 mg/cm2.
      EXPECT_NEAR(projection.mg_cm2[projection.index(column, row)], 725.0, 0.5);
      EXPECT_NEAR(projection.thickness_mm[projection.index(column, row)], 29.0, 0.02);
    }
  }
  EXPECT_NEAR(mineral_mg, 19.0 * 29.0 * 39.0 * 1e-3 * 250.0, 0.5);
}

TEST(ProjectBone, ConservesMineralUnderAnyRotation) {
  const FemurMask mask = block({8.0, 12.0, 16.0});
  BoneDensity bone{.grid = mask.mask.grid,
                   .k2hpo4_mg_cm3 = std::vector<float>(mask.mask.label.size(), -30.0F)};
  FemurFrame frame = upright_frame();
  frame.patient_axes =
      Eigen::AngleAxisd(0.4, Eigen::Vector3d(1.0, 2.0, 3.0).normalized()) * frame.patient_axes;
  const BoneProjection projection = project_bone(bone, mask, frame, 0.5);
  const double sum = std::accumulate(projection.mg_cm2.begin(), projection.mg_cm2.end(), 0.0) * 0.0025;
  EXPECT_NEAR(sum, 15.0 * 23.0 * 31.0 * 1e-3 * -30.0, 0.5);  // negative values are kept
}

TEST(BoneDensity, GivesBackWhatTheBlurCarriedAcrossTheSurface) {
  const FemurMask mask = block({10.0, 15.0, 20.0});
  CtVolume ct;
  ct.grid = mask.mask.grid;
  std::vector<float> hu;
  for (const std::uint8_t inside : mask.mask.label) hu.push_back(inside != 0 ? 900.0F : 40.0F);
  smooth_gaussian(ct.grid, hu, 0.55);  // a standard kernel
  for (const float value : hu) ct.hu.push_back(static_cast<std::int16_t>(std::lround(value)));
  const BoneDensity bone = bone_density(ct, one_to_one(), mask, upright_frame(), {});
  const double total = std::accumulate(bone.k2hpo4_mg_cm3.begin(), bone.k2hpo4_mg_cm3.end(), 0.0);
  double masked = 0.0;
  for (std::size_t i = 0; i < ct.hu.size(); ++i) masked += mask.mask.label[i] != 0 ? ct.hu[i] : 0;
  const double truth = 900.0 * 19.0 * 29.0 * 39.0;
  EXPECT_LT(masked, 0.975 * truth);  // what the mask alone would report
  EXPECT_NEAR(total / truth, 1.0, 0.004);
}

TEST(VoiLines, DivideThePlaneAsDrawn) {
  VoiLines lines;
  lines.neck_axis = Eigen::Vector2d(-1.0, 1.0).normalized();
  lines.fn_lateral_mm = 15.0;
  lines.fn_medial_mm = 30.0;
  lines.distal_v_mm = -45.0;
  lines.inferior_neck_mm = {-20.0, 0.0};
  lines.trochanter_base_mm = {15.0, -10.0};
  EXPECT_EQ(lines.region_of(-15.0, 15.0), Region::fn);    // 21 mm along the neck
  EXPECT_EQ(lines.region_of(-30.0, 30.0), Region::none);  // head
  EXPECT_EQ(lines.region_of(10.0, 10.0), Region::tr);
  EXPECT_EQ(lines.region_of(0.0, -30.0), Region::it);
  EXPECT_EQ(lines.region_of(0.0, -46.0), Region::none);  // below the distal limit
  // The neck's own section ends 14 mm above its axis; bone above it is the trochanter's tip.
  lines.neck_top_mm.assign(40, 14.0);
  const Eigen::Vector2d across = Eigen::Vector2d(1.0, 1.0).normalized();
  const Eigen::Vector2d within = 20.0 * lines.neck_axis + 13.0 * across;
  const Eigen::Vector2d above = 20.0 * lines.neck_axis + 16.0 * across;
  EXPECT_EQ(lines.region_of(within.x(), within.y()), Region::fn);
  EXPECT_EQ(lines.region_of(above.x(), above.y()), Region::tr);
}

// A flat femur seen from the front, made of strips: head, a neck with a step on its upper side, the rise of
// the greater trochanter, shaft. Along and across (upwards) the neck axis; frame origin where the axes meet.
struct FlatFemur {
  static constexpr double head_along_mm = 65.0;
  static constexpr double head_radius_mm = 23.0;
  static constexpr double step_along_mm = 31.0;  // a steep step of 5 mm: the deeper hollow
  static constexpr double rise_along_mm = 15.0;  // a gentler rise: the trochanter's base
  Eigen::Vector2d along = Eigen::Vector2d(-0.74, 0.67).normalized();
  Eigen::Vector2d across = Eigen::Vector2d(along.y(), -along.x());

  [[nodiscard]] double distance_mm(const Eigen::Vector2d& uv) const {
    const double x = uv.dot(along);
    const double y = uv.dot(across);
    const double head = std::hypot(x - head_along_mm, y) - head_radius_mm;
    const double below = std::max({-14.0 - y, x - head_along_mm, -20.0 - x});
    const double slim = std::max(below, y - 9.0);
    const double thick = std::max({below, y - 14.0, x - step_along_mm + 0.2 * (y - 9.0)});
    const double top = std::max({below, y - 14.0 - 1.1 * (rise_along_mm - x), y - 30.0, x - rise_along_mm});
    const double shaft = std::max(std::abs(uv.x()) - 15.0, uv.y());
    return std::min({head, slim, thick, top, shaft});
  }
  [[nodiscard]] BoneProjection projection() const {
    BoneProjection seen;
    seen.columns = 280;
    seen.rows = 320;
    seen.first_u_mm = -90.0;
    seen.first_v_mm = -90.0;
    for (int row = 0; row < seen.rows; ++row) {
      for (int column = 0; column < seen.columns; ++column) {
        const double inside_mm = -distance_mm(seen.pixel_centre_mm(column, row));
        seen.thickness_mm.push_back(static_cast<float>(std::clamp(4.0 * inside_mm + 1.5, 0.0, 20.0)));
        seen.mg_cm2.push_back(0.0F);
      }
    }
    return seen;
  }
};

TEST(VoiLines, TakeTheHollowAtTheTrochanterWhereTheNeckHasTwo) {
  const FlatFemur flat;
  FemurFrame frame;
  frame.origin_patient_mm.setZero();
  frame.patient_axes.setIdentity();
  frame.neck_axis_patient = {flat.along.x(), 0.0, flat.along.y()};
  frame.head_centre_patient_mm = FlatFemur::head_along_mm * frame.neck_axis_patient;
  frame.head_radius_mm = FlatFemur::head_radius_mm;
  frame.lesser_trochanter_distal_mm = -50.0;
  const VoiLines lines = place_voi_lines(flat.projection(), frame, {});
  EXPECT_NEAR(lines.fn_lateral_mm, FlatFemur::rise_along_mm, 1.5);  // the contour is smoothed by 2 mm
  EXPECT_FALSE(lines.fn_band_short);
}

const SegmentedFemur& segmented(const std::array<FemurOutcome, 2>& femora, Side side) {
  return std::get<SegmentedFemur>(femora[static_cast<std::size_t>(side)]);
}

TEST(MeasureDensitometry, ReportsTheDensityOfUniformBoneInEveryRegion) {
  const CtVolume ct = draw({.cortex_mm = 0.0, .cortex_hu = 1400.0, .muscle_hu = 0.0});
  const FemurMeasurement measured =
      measure_densitometry(ct, one_to_one(), segmented(segment_femora(ct, {}), Side::right), {});
  for (const VoiName voi : all_vois) {
    const VoiMeasurement& values = measured[voi];
    ASSERT_TRUE(values.vbmd_mg_cm3.has_value()) << name(voi);
    // A surface misplaced by a fifth of a millimetre is 2 % of these regions' volume.
    EXPECT_NEAR(*values.vbmd_mg_cm3, 1400.0, 28.0) << name(voi);
    EXPECT_NEAR(*values.trabecular_vbmd_mg_cm3, 1400.0, 3.0) << name(voi);
    EXPECT_NEAR(*values.abmd_mg_cm2, *values.vbmd_mg_cm3 * *values.volume_mm3 / *values.area_mm2 * 0.1, 1e-6);
    EXPECT_NEAR(*values.bmc_mg, *values.vbmd_mg_cm3 * *values.volume_mm3 * 1e-3, 1e-6);
  }
}

TEST(MeasureDensitometry, TotalHipIsTheSumOfItsRegions) {
  const CtVolume ct = draw({});
  const FemurMeasurement measured =
      measure_densitometry(ct, one_to_one(), segmented(segment_femora(ct, {}), Side::right), {});
  double volume = 0.0;
  double mineral = 0.0;
  double area = 0.0;
  for (const VoiName voi : {VoiName::fn, VoiName::tr, VoiName::it}) {
    EXPECT_GT(*measured[voi].volume_mm3, 4000.0) << name(voi);  // none is missing
    volume += *measured[voi].volume_mm3;
    mineral += *measured[voi].bmc_mg;
    area += *measured[voi].area_mm2;
  }
  EXPECT_NEAR(*measured[VoiName::th].volume_mm3, volume, 1e-6 * volume);
  EXPECT_NEAR(*measured[VoiName::th].bmc_mg, mineral, 1e-6 * mineral);
  EXPECT_NEAR(*measured[VoiName::th].area_mm2, area, 1e-6 * area);
  // The label volume and the picture show the same regions.
  for (std::uint8_t label = 1; label <= 3; ++label) {
    const double voxels =
        static_cast<double>(std::count(measured.voi.label.begin(), measured.voi.label.end(), label));
    const double expected = *measured.vois[static_cast<std::size_t>(label - 1)].volume_mm3;
    EXPECT_NEAR(voxels * measured.voi.grid.voxel_volume_mm3() / expected, 1.0, 0.02);
    EXPECT_GT(std::count(measured.projection.voi.begin(), measured.projection.voi.end(), label), 500);
  }
}

TEST(MeasureDensitometry, MeasuresMirroredFemoraAlike) {
  const CtVolume ct = draw({});
  const std::array<FemurOutcome, 2> femora = segment_femora(ct, {});
  const FemurMeasurement right = measure_densitometry(ct, one_to_one(), segmented(femora, Side::right), {});
  const FemurMeasurement left = measure_densitometry(ct, one_to_one(), segmented(femora, Side::left), {});
  for (const VoiName voi : all_vois) {
    EXPECT_NEAR(*right[voi].vbmd_mg_cm3 / *left[voi].vbmd_mg_cm3, 1.0, 0.003) << name(voi);  // qct 8.2
    EXPECT_NEAR(*right[voi].abmd_mg_cm2 / *left[voi].abmd_mg_cm2, 1.0, 0.003) << name(voi);
  }
  EXPECT_EQ(right.projection.columns, left.projection.columns);  // both grow lateral: no mirror image
}

}  // namespace
}  // namespace focalhip
