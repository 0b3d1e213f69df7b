#include "dicom_sr/write_qualitative_evaluations.h"

#include "analysis/femur/precision.h"
#include "dicom_sr/object_header.h"
#include "dicom_sr/quality_words.h"

namespace focalhip {

namespace {

constexpr SrTree::Relation contains = DSRTypes::RT_contains;

Code assessment(Grade grade) {
  if (grade == Grade::r) return codes::unusable;
  return grade == Grade::a ? codes::usable : codes::usable_below_standard;
}

// The code is for machines, the line for people; the line begins with the reason's own code string.
void write_reason(SrTree& tree, const Code& what, const NotMeasured& reason) {
  tree.code(contains, what, code_of(reason.code));
  tree.text(contains, codes::reason_detail, detail_line(reason));
}

}  // namespace

void write_qualitative_evaluations(SrTree& tree, const HipReport& report, const StudyContext& study) {
  tree.container(codes::qualitative_evaluations, [&] {
    tree.code(contains, codes::quality_assessment, assessment(shown_grade(report)));
    tree.code(contains, codes::quality_grade, code_of(shown_grade(report)));
    if (report.refusal) write_reason(tree, codes::series_not_analysed, *report.refusal);
    for (const FemurResult& femur : report.femurs) {
      const bool is_right = femur.side == Side::right;
      const UnmeasuredFemur* unmeasured = femur.unmeasured();
      if (unmeasured == nullptr) {
        const Code& what = is_right ? codes::right_grade : codes::left_grade;
        tree.code(contains, what, code_of(femur.measurement()->grade));
        continue;
      }
      write_reason(tree, is_right ? codes::right_not_measured : codes::left_not_measured, unmeasured->reason);
    }
    for (const SidedNote& note : all_notes(report)) {
      tree.code(contains, codes::quality_note, code_of(note.note.code));
      tree.text(contains, codes::quality_note_detail, detail_line(note));
    }
    tree.text(contains, codes::intended_use, std::string(research_statement));
    if (!has_atlas(report)) tree.code(contains, codes::reference_cohort, codes::no_reference_cohort);
    if (!report.refusal)
      tree.text(contains, codes::comment, least_significant_change_words(precision_holds(report)));
    for (const std::string& series : study.other_series) {
      tree.text(contains, codes::comment, "Not analysed: " + series);
    }
  });
}

}  // namespace focalhip
