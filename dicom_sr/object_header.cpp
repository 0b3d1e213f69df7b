#include "dicom_sr/object_header.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace focalhip {

namespace {

// Type 2 attributes of the Patient and General Study modules: present even when the source lacks them.
const std::array type_2_tags{DCM_PatientName,
                             DCM_PatientID,
                             DCM_PatientBirthDate,
                             DCM_PatientSex,
                             DCM_StudyDate,
                             DCM_StudyTime,
                             DCM_ReferringPhysicianName,
                             DCM_StudyID,
                             DCM_AccessionNumber};

// Attributes outside the patient and visit groups that belong to the study.
const std::array study_tags{DCM_StudyDate,
                            DCM_StudyTime,
                            DCM_AccessionNumber,
                            DCM_ReferringPhysicianName,
                            DCM_ConsultingPhysicianName,
                            DCM_StudyDescription,
                            DCM_PhysiciansOfRecord,
                            DCM_NameOfPhysiciansReadingStudy,
                            DCM_AdmittingDiagnosesDescription,
                            DCM_StudyInstanceUID,
                            DCM_StudyID};

bool may_be_copied(const DcmTagKey& tag) {
  constexpr Uint16 patient_group = 0x0010;
  constexpr Uint16 trial_group = 0x0012;
  constexpr Uint16 visit_group = 0x0038;
  const Uint16 group = tag.getGroup();
  return group == patient_group || group == trial_group || group == visit_group ||
         std::find(study_tags.begin(), study_tags.end(), tag) != study_tags.end();
}

void copy_patient_and_study(DcmItem& dataset, const StudyContext& study) {
  for (const DcmTagKey& tag : type_2_tags) put(dataset, tag, "");
  for (const CopiedAttribute& attribute : study.patient_and_study) {
    const DcmTagKey tag(attribute.group, attribute.element);
    if (!may_be_copied(tag)) {
      throw std::runtime_error("attribute " + std::string(tag.toString().c_str()) +
                               " does not belong to patient or study");
    }
    put(dataset, tag, attribute.value);
  }
  put(dataset, DCM_StudyInstanceUID, study.study_instance_uid);
  // De-identified sources may name their method in a sequence only, which is not copied; one of the two is
  // required (PS3.3 C.7.1.1).
  if (dataset.tagExistsWithValue(DCM_PatientIdentityRemoved) &&
      !dataset.tagExistsWithValue(DCM_DeidentificationMethod)) {
    put(dataset, DCM_DeidentificationMethod, "As in the source images");
  }
}

}  // namespace

void write_object_header(DcmItem& dataset,
                         const ObjectHeader& header,
                         const StudyContext& study,
                         const ResultStamp& stamp,
                         const std::string& software_version) {
  if (study.specific_character_set.empty()) {
    dataset.findAndDeleteElement(DCM_SpecificCharacterSet);
  } else {
    put(dataset, DCM_SpecificCharacterSet, study.specific_character_set);
  }
  copy_patient_and_study(dataset, study);

  put(dataset, DCM_SOPClassUID, header.sop_class_uid);
  put(dataset, DCM_SOPInstanceUID, header.sop_instance_uid);
  put(dataset, DCM_InstanceCreationDate, stamp.date);
  put(dataset, DCM_InstanceCreationTime, stamp.time);
  put(dataset, DCM_InstanceCreatorUID, stamp.node_uid);
  if (!stamp.timezone.empty()) put(dataset, DCM_TimezoneOffsetFromUTC, stamp.timezone);

  put(dataset, DCM_Modality, header.modality);
  put(dataset, DCM_SeriesInstanceUID, header.series_instance_uid);
  put(dataset, DCM_SeriesNumber, std::to_string(header.series_number));
  put(dataset, DCM_SeriesDescription, header.series_description);
  put(dataset, DCM_SeriesDate, stamp.date);
  put(dataset, DCM_SeriesTime, stamp.time);
  put(dataset, DCM_InstanceNumber, std::to_string(header.instance_number));
  put(dataset, DCM_ContentDate, stamp.date);
  put(dataset, DCM_ContentTime, stamp.time);

  put(dataset, DCM_Manufacturer, manufacturer);
  put(dataset, DCM_ManufacturerModelName, model_name);
  put(dataset, DCM_DeviceSerialNumber, short_ascii(stamp.node_name, 64));
  put(dataset, DCM_StationName, short_ascii(stamp.node_name, 16));
  put(dataset, DCM_SoftwareVersions, short_ascii(software_version, 64));
}

}  // namespace focalhip
