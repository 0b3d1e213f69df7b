#pragma once

#include <string>
#include <string_view>

#include "dicom_sr/dataset.h"
#include "dicom_sr/study_context.h"

namespace focalhip {

inline constexpr std::string_view manufacturer = "FocalHip Project";
inline constexpr std::string_view model_name = "FocalHip Node";
inline constexpr std::string_view research_statement =
    "Research use only. Not for diagnosis or clinical use.";

// What differs between the headers of our objects.
struct ObjectHeader {
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::string series_instance_uid;
  std::string modality;
  std::string series_description;
  int series_number = 0;
  int instance_number = 1;
};

// Patient, General Study and Patient Study modules (copied verbatim), General Series, General Equipment and
// SOP Common. Replaces what is there, so it may follow DSRDocument::write. Throws std::runtime_error when the
// study context asks to copy an attribute that describes the object itself.
void write_object_header(DcmItem& dataset,
                         const ObjectHeader& header,
                         const StudyContext& study,
                         const ResultStamp& stamp,
                         const std::string& software_version);

}  // namespace focalhip
