#pragma once

#include "analysis/hip_report.h"
#include "analysis/volume/ct_volume.h"
#include "dicom_sr/study_context.h"
#include "listener/series/frame_header.h"

namespace focalhip {

// Sex, age, height and weight as far as the header tells; a value outside what people have is no value.
// Age: Patient's Age, else completed years between birth and study date. A fracture named by the texts, and
// the laterality of images, series or anatomic region when all that say one agree.
[[nodiscard]] Subject read_subject(DcmItem& header);

// Patient, General Study and Patient Study attributes, verbatim; `sources` and `other_series` stay empty.
[[nodiscard]] StudyContext read_study_context(DcmItem& header);

// How the image or frame was made; texts as printable ASCII.
[[nodiscard]] Acquisition read_acquisition(const FrameHeader& frame);

}  // namespace focalhip
