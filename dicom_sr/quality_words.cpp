#include "dicom_sr/quality_words.h"

#include <algorithm>

namespace focalhip {

namespace {

std::string line(std::string_view code, const std::optional<Side>& side, const std::string& detail) {
  std::string text(code);
  if (side) text += " (" + std::string(name(*side)) + ")";
  return detail.empty() ? text : text + ": " + detail;
}

const std::vector<QualityNote>& notes_of(const FemurResult& femur) {
  const FemurMeasurement* measured = femur.measurement();
  return measured != nullptr ? measured->notes : femur.unmeasured()->notes;
}

// The report's list repeats the notes of its femora; they are shown where they belong.
bool repeats_a_femur(const QualityNote& note, const HipReport& report) {
  return std::ranges::any_of(report.femurs, [&](const FemurResult& femur) {
    return std::ranges::any_of(notes_of(femur), [&](const QualityNote& own) {
      return own.code == note.code && of_femur(femur.side, own).detail == note.detail;
    });
  });
}

}  // namespace

std::vector<SidedNote> all_notes(const HipReport& report) {
  std::vector<SidedNote> result;
  const auto add = [&](const std::vector<QualityNote>& notes, std::optional<Side> side) {
    for (const QualityNote& note : notes) {
      if (!side && repeats_a_femur(note, report)) continue;
      // A stage may already have copied its notes into the report's.
      const bool known = std::any_of(result.begin(), result.end(), [&](const SidedNote& other) {
        return other.note.code == note.code && other.note.detail == note.detail &&
               (!other.side || other.side == side);
      });
      if (!known) result.push_back({note, side});
    }
  };
  add(report.notes, std::nullopt);
  if (report.calibration) add(report.calibration->notes, std::nullopt);
  for (const FemurResult& femur : report.femurs) add(notes_of(femur), femur.side);
  return result;
}

std::string detail_line(const SidedNote& note) {
  return line(code_string(note.note.code), note.side, note.note.detail);
}

std::string detail_line(const NotMeasured& reason) {
  return line(code_string(reason.code), std::nullopt, reason.detail);
}

Grade shown_grade(const HipReport& report) { return report.refusal ? Grade::r : report.grade; }

bool has_atlas(const HipReport& report) {
  const std::vector<SidedNote> notes = all_notes(report);
  return std::none_of(
      notes.begin(), notes.end(), [](const SidedNote& n) { return n.note.code == NoteCode::atlas_none; });
}

}  // namespace focalhip
