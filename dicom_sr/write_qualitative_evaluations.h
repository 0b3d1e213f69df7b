#pragma once

#include "analysis/hip_report.h"
#include "dicom_sr/sr_tree.h"
#include "dicom_sr/study_context.h"

namespace focalhip {

// The container Qualitative Evaluations: quality, grade, reasons, notes, intended use, reference cohort.
void write_qualitative_evaluations(SrTree& tree, const HipReport& report, const StudyContext& study);

}  // namespace focalhip
