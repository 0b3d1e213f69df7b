#include "analysis/cortex/grade_cortex.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// A hundred vertices of 1 mm2, half of them of the head.
CortexMeasurement plain_cortex() {
  CortexMeasurement cortex;
  cortex.surface.area_mm2.assign(100, 1.0);
  cortex.surface.region.assign(100, SurfaceRegion::it);
  std::fill_n(cortex.surface.region.begin(), 50, SurfaceRegion::head);
  cortex.unmeasured.assign(100, Unmeasured::measured);
  cortex.map.bone.prior.cortex = 1150.0;
  cortex.map.bone.from_thick_cortex = true;
  return cortex;
}

CtVolume scan(const std::string& kernel) {
  CtVolume ct;
  ct.acquisition.kernel = kernel;
  return ct;
}

bool noted(const CortexMeasurement& cortex, NoteCode code) {
  return std::ranges::any_of(cortex.notes, [code](const QualityNote& n) { return n.code == code; });
}

TEST(GradeCortex, HasNothingToSayAboutAPlainMap) {
  CortexMeasurement cortex = plain_cortex();
  grade_cortex(cortex, scan("B30s"), {}, {});
  EXPECT_TRUE(cortex.notes.empty());
  EXPECT_EQ(cortex.grade, Grade::a);
}

TEST(GradeCortex, TellsHowMuchOfTheHeadWasLeftOutForItsJoint) {
  CortexMeasurement cortex = plain_cortex();
  std::fill_n(cortex.unmeasured.begin(), 5, Unmeasured::closed_joint);
  std::fill_n(cortex.unmeasured.begin() + 5, 10, Unmeasured::hidden_joint);
  grade_cortex(cortex, scan("B30s"), {}, {});
  ASSERT_EQ(cortex.notes.size(), 1U);
  EXPECT_EQ(cortex.notes[0].code, NoteCode::cortex_joint_closed);
  EXPECT_EQ(
      cortex.notes[0].detail,
      "20 % of the head's surface has no visible joint, 10 % one below 1.0 mm: no cortex measured there");
  EXPECT_EQ(cortex.grade, Grade::a) << "the reported regions are not those of the head";
}

TEST(GradeCortex, TellsWhenTheDensityIsNotThatOfThickCortex) {
  CortexMeasurement cortex = plain_cortex();
  cortex.map.bone.from_thick_cortex = false;
  grade_cortex(cortex, scan("B30s"), {}, {});
  EXPECT_TRUE(noted(cortex, NoteCode::cortex_density_assumed));
  EXPECT_EQ(cortex.grade, Grade::b);
}

TEST(GradeCortex, TellsOfSlicesThatWereTilted) {
  for (const double tilt_deg : {4.0, 20.0, -20.0}) {
    CortexMeasurement cortex = plain_cortex();
    CtVolume ct = scan("B30s");
    ct.removed_tilt_deg = tilt_deg;
    grade_cortex(cortex, ct, {}, {});
    EXPECT_EQ(noted(cortex, NoteCode::cortex_tilt_removed), std::abs(tilt_deg) > 5.0);
    EXPECT_EQ(cortex.grade, std::abs(tilt_deg) > 5.0 ? Grade::c : Grade::a);
  }
}

TEST(GradeCortex, SaysNothingOfWhatThereIsNone) {
  CortexMeasurement closed = plain_cortex();
  std::fill_n(closed.unmeasured.begin(), 5, Unmeasured::closed_joint);
  grade_cortex(closed, scan("B30s"), {}, {});
  EXPECT_EQ(closed.notes.at(0).detail,
            "10 % of the head's surface has a joint below 1.0 mm: no cortex measured there");
  CortexMeasurement hidden = plain_cortex();
  std::fill_n(hidden.unmeasured.begin(), 10, Unmeasured::hidden_joint);
  grade_cortex(hidden, scan("B30s"), {}, {});
  EXPECT_EQ(hidden.notes.at(0).detail,
            "20 % of the head's surface has no visible joint: no cortex measured there");
}

TEST(GradeCortex, NotesASharpKernelByNameAndByItsMeasuredBlur) {
  CortexMeasurement by_name = plain_cortex();
  grade_cortex(by_name, scan("B70f"), {}, {});
  EXPECT_TRUE(noted(by_name, NoteCode::cortex_kernel_sharp));
  EXPECT_EQ(by_name.grade, Grade::c);
  CortexMeasurement by_blur = plain_cortex();
  Calibration calibration;
  calibration.in_plane_psf_sigma_mm = 0.35;  // 0.82 mm FWHM
  grade_cortex(by_blur, scan(""), calibration, {});
  EXPECT_TRUE(noted(by_blur, NoteCode::cortex_kernel_sharp));
}

TEST(GradeCortex, NotesADensityThatDiffersBetweenRegions) {
  CortexMeasurement cortex = plain_cortex();
  cortex.density_spread = 0.05;
  grade_cortex(cortex, scan("B30s"), {}, {});
  EXPECT_FALSE(noted(cortex, NoteCode::cortex_density_uneven));
  cortex.density_spread = 0.081;
  grade_cortex(cortex, scan("B30s"), {}, {});
  EXPECT_TRUE(noted(cortex, NoteCode::cortex_density_uneven));
}

TEST(GradeCortex, RefusesWhenTooMuchCouldNotBeRead) {
  CortexMeasurement cortex = plain_cortex();
  cortex.map.invalid_share = 0.08;
  grade_cortex(cortex, scan("B30s"), {}, {});
  EXPECT_TRUE(noted(cortex, NoteCode::cortex_incomplete));
  EXPECT_EQ(cortex.grade, Grade::b);
  cortex.map.invalid_share = 0.16;
  EXPECT_THROW(grade_cortex(cortex, scan("B30s"), {}, {}), Refusal);
}

}  // namespace
}  // namespace focalhip
