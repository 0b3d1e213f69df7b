#include "dicom_sr/quality_words.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

std::vector<std::string> lines_of(const HipReport& report) {
  std::vector<std::string> lines;
  for (const SidedNote& note : all_notes(report)) lines.push_back(detail_line(note));
  return lines;
}

// The report repeats the notes of its femora, so that report.json has all of them in one list.
TEST(AllNotes, HoldANoteOfAFemurOnceWithItsSide) {
  HipReport report = test::both_sides_report();
  report.notes.clear();
  report.calibration->notes.clear();
  for (FemurResult& femur : report.femurs) {
    const QualityNote note{NoteCode::joint_narrow, "1.4 mm"};
    auto& measured = std::get<FemurMeasurement>(femur.outcome);
    measured.notes = {note};
    report.notes.push_back(of_femur(femur.side, note));
  }
  report.notes.push_back({NoteCode::joint_narrow, "of the scan"});
  EXPECT_EQ(lines_of(report),
            (std::vector<std::string>{
                "JOINT_NARROW: of the scan", "JOINT_NARROW (right): 1.4 mm", "JOINT_NARROW (left): 1.4 mm"}));
}

}  // namespace
}  // namespace focalhip
