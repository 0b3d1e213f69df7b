#include "analysis/scan_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace focalhip {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Water from z 0 to 200, femoral heads 24 mm wide at z 150, lesser trochanters at z 90.
struct Scan {
  CtVolume ct;
  std::array<FemurOutcome, 2> femora;
  Calibration calibration;
};

Scan scan() {
  Scan scan;
  scan.ct.grid.size = {20, 20, 101};
  scan.ct.grid.spacing_mm = {10.0, 10.0, 2.0};
  scan.ct.grid.origin_patient_mm = {-95.0, -95.0, 0.0};
  scan.ct.hu.assign(scan.ct.grid.voxel_count(), -1000);
  scan.ct.acquisition.kernel = "FC13";
  scan.ct.acquisition.patient_position = "HFS";
  for (FemurOutcome& outcome : scan.femora) {
    SegmentedFemur femur;
    femur.frame.head_centre_patient_mm = {0.0, 0.0, 150.0};
    femur.frame.head_radius_mm = 24.0;
    femur.frame.lesser_trochanter_patient_mm = {0.0, 0.0, 90.0};
    outcome = femur;
  }
  scan.calibration.in_plane_psf_sigma_mm = 0.55;
  for (int i = 0; i < 5; ++i) {
    RodMeasurement rod;
    rod.centre_patient_mm = {30.0 * (i - 2), 120.0, 100.0};
    scan.calibration.rods.push_back(rod);
  }
  return scan;
}
ScanFindings findings(const Scan& scan) { return scan_findings(scan.ct, scan.femora, scan.calibration); }

TEST(ScanFindings, AnOrdinaryScanIsGradeAWithoutNotes) {
  const ScanFindings found = findings(scan());
  EXPECT_EQ(found.grade, Grade::a);
  EXPECT_THAT(found.notes, IsEmpty());
}

// [science: qct 1.2] Inside from 10 mm above the top of the head (z 184) to 20 mm below the trochanter (z
// 70).
TEST(ScanFindings, AnInterpolatedSliceIsGradedByItsPlace) {
  for (const auto& [slice, expected] :
       {std::pair(34, Grade::b), {36, Grade::c}, {70, Grade::c}, {91, Grade::c}, {93, Grade::b}}) {
    Scan with_gap = scan();
    with_gap.ct.interpolated_slices = {slice};
    const ScanFindings found = findings(with_gap);
    EXPECT_EQ(found.grade, expected) << slice;
    ASSERT_EQ(found.notes.size(), 1U);
    EXPECT_EQ(found.notes[0].code, NoteCode::slice_interpolated);
  }
}

TEST(ScanFindings, TellsARemovedTilt) {
  Scan tilted = scan();
  tilted.ct.removed_tilt_deg = 5.0;
  const ScanFindings found = findings(tilted);
  EXPECT_EQ(found.grade, Grade::b);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_EQ(found.notes[0].code, NoteCode::tilt_removed);
  EXPECT_THAT(found.notes[0].detail, HasSubstr("5.0 degrees"));
}

TEST(ScanFindings, TheMeasuredBlurOverrulesTheKernelsName) {
  Scan sharp = scan();
  sharp.calibration.in_plane_psf_sigma_mm = 0.3;  // 0.7 mm
  EXPECT_EQ(findings(sharp).grade, Grade::c);
  Scan named_sharp = scan();
  named_sharp.ct.acquisition.kernel = "BONE";
  EXPECT_EQ(findings(named_sharp).grade, Grade::b);
  EXPECT_EQ(scan_findings(named_sharp.ct, named_sharp.femora, std::nullopt).grade, Grade::c);
}

TEST(ScanFindings, TellsAPatientPositionAgainstThePhantom) {
  for (const auto& [position, told] :
       {std::pair("HFS", false), {"FFS", false}, {"HFP", true}, {"FFP", true}, {"", false}}) {
    Scan positioned = scan();
    positioned.ct.acquisition.patient_position = position;
    const ScanFindings found = findings(positioned);
    EXPECT_EQ(found.notes.size(), told ? 1U : 0U) << position;
    if (told) {
      EXPECT_EQ(found.notes.at(0).code, NoteCode::patient_position);
    }
    EXPECT_EQ(found.grade, Grade::a);
  }
}

TEST(ScanFindings, TellsMetalAndClippedVoxels) {
  Scan metal = scan();
  for (int row = 5; row < 8; ++row) metal.ct.hu[metal.ct.grid.index(3, row, 10)] = 3000;
  metal.ct.clipped_voxels = 3;
  const ScanFindings found = findings(metal);
  ASSERT_EQ(found.notes.size(), 2U);
  EXPECT_EQ(found.notes[0].code, NoteCode::metal_present);
  EXPECT_EQ(found.notes[1].code, NoteCode::hu_clipped);
  EXPECT_THAT(found.notes[1].detail, HasSubstr("3 voxels"));
}

}  // namespace
}  // namespace focalhip
