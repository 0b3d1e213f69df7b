#include "listener/series/read_subject.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include <dcmtk/dcmdata/dcdeftag.h>

#include "analysis/volume/kernel_class.h"
#include "listener/series/fracture_label.h"

namespace focalhip {

namespace {

// Attributes that file a result beside its source. Sequences are left out: their meaning does not carry over.
// [PS3.3 C.7.1.1 Patient, C.7.2.1 General Study, C.7.2.2 Patient Study]
const std::array copied_tags{
    DCM_PatientName,
    DCM_PatientID,
    DCM_IssuerOfPatientID,
    DCM_TypeOfPatientID,
    DCM_PatientBirthDate,
    DCM_PatientBirthTime,
    DCM_PatientSex,
    DCM_QualityControlSubject,
    DCM_RETIRED_OtherPatientIDs,
    DCM_OtherPatientNames,
    DCM_EthnicGroup,
    DCM_PatientComments,
    DCM_PatientSpeciesDescription,
    DCM_PatientIdentityRemoved,
    DCM_DeidentificationMethod,
    DCM_StudyDate,
    DCM_StudyTime,
    DCM_AccessionNumber,
    DCM_ReferringPhysicianName,
    DCM_ConsultingPhysicianName,
    DCM_StudyDescription,
    DCM_PhysiciansOfRecord,
    DCM_NameOfPhysiciansReadingStudy,
    DCM_StudyID,
    DCM_AdmittingDiagnosesDescription,
    DCM_PatientAge,
    DCM_PatientSize,
    DCM_PatientWeight,
    DCM_PatientBodyMassIndex,
    DCM_MedicalAlerts,
    DCM_Allergies,
    DCM_Occupation,
    DCM_SmokingStatus,
    DCM_AdditionalPatientHistory,
    DCM_PatientSexNeutered,
    DCM_AdmissionID,
    DCM_ServiceEpisodeID,
    DCM_ServiceEpisodeDescription,
    DCM_PatientState,
};

struct Range {
  double least = 0.0;
  double most = 0.0;
};
// Beyond these a value is a typing error or a placeholder such as 0 or 999.
constexpr Range age_years_range{0.0, 130.0};
constexpr Range height_m_range{0.3, 2.6};
constexpr Range weight_kg_range{2.0, 500.0};

std::optional<double> within(std::optional<double> value, const Range& range) {
  return value && *value >= range.least && *value <= range.most ? value : std::nullopt;
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && value >= 0;
  return whole ? std::optional(value) : std::nullopt;
}

// "072Y", "018M" ... [PS3.5 table 6.2-1, AS]
std::optional<double> age_of(std::string_view text) {
  if (text.size() < 2 || text.size() > 4) return std::nullopt;
  const std::optional<int> number = digits(text.substr(0, text.size() - 1));
  if (!number) return std::nullopt;
  switch (text.back()) {
    case 'Y':
      return *number;
    case 'M':
      return *number / 12.0;
    case 'W':
      return *number / 52.18;
    case 'D':
      return *number / 365.25;
    default:
      return std::nullopt;
  }
}

std::optional<std::chrono::year_month_day> date_of(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(4, 2));
  const auto day = digits(text.substr(6, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<double> completed_years(const std::string& birth_text, const std::string& study_text) {
  const auto birth = date_of(birth_text);
  const auto study = date_of(study_text);
  if (!birth || !study || *study < *birth) return std::nullopt;
  const int years = static_cast<int>(study->year()) - static_cast<int>(birth->year());
  const bool had_birthday =
      std::pair(study->month(), study->day()) >= std::pair(birth->month(), birth->day());
  return had_birthday ? years : years - 1;
}

std::string study_date(DcmItem& header) {
  for (const DcmTagKey& tag : {DCM_StudyDate, DCM_AcquisitionDate, DCM_SeriesDate, DCM_ContentDate}) {
    if (std::string date = plain_text(header, tag); date_of(date)) return date;
  }
  return {};
}

bool names_contrast(const FrameHeader& frame) {
  DcmItem& header = frame.dataset();
  // The object lists agents; a frame may say that none was given when it was made.
  const DcmTagKey& administered = DCM_ContrastBolusAgentAdministered;
  if (ascii_text(frame.item_with(DCM_ContrastBolusUsageSequence, administered), administered) == "NO")
    return false;
  DcmSequenceOfItems* agents = nullptr;
  if (header.findAndGetSequence(DCM_ContrastBolusAgentSequence, agents).good() && agents->card() > 0)
    return true;
  std::string agent = plain_text(header, DCM_ContrastBolusAgent);
  std::ranges::transform(
      agent, agent.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return !agent.empty() && agent != "NONE" && agent != "NO";
}

std::optional<double> positive(std::optional<double> value) {
  return value && *value > 0.0 ? value : std::nullopt;
}

// Single-frame images have a date and a time, multi-frame ones both in one value.
void read_acquisition_time(DcmItem& header, Acquisition& acquisition) {
  constexpr std::size_t date_digits = 8;
  constexpr std::size_t time_digits = 6;
  const std::string both = plain_text(header, DCM_AcquisitionDateTime);
  std::string date = plain_text(header, DCM_AcquisitionDate);
  std::string time = plain_text(header, DCM_AcquisitionTime);
  if (date.empty() && both.size() >= date_digits) {
    date = both.substr(0, date_digits);
    time = both.substr(date_digits);
  }
  if (!date_of(date)) return;
  acquisition.acquisition_date = std::move(date);
  acquisition.acquisition_time = time.substr(0, time_digits);
}

// The first item of a sequence, or nothing.
DcmItem* first_item(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* first = nullptr;
  return item.findAndGetSequenceItem(sequence, first, 0).good() ? first : nullptr;
}

FractureLabel read_fracture_label(DcmItem& header) {
  std::vector<std::string> texts;
  const auto add = [&texts](DcmItem* item, std::initializer_list<DcmTagKey> tags) {
    if (item == nullptr) return;
    for (const DcmTagKey& tag : tags) {
      if (std::optional<std::string> text = raw_text(*item, tag)) texts.push_back(std::move(*text));
    }
  };
  add(&header,
      {DCM_StudyDescription,
       DCM_SeriesDescription,
       DCM_ProtocolName,
       DCM_AdmittingDiagnosesDescription,
       DCM_RETIRED_ReasonForStudy,
       DCM_RequestedProcedureDescription,
       DCM_ReasonForTheRequestedProcedure,
       DCM_PerformedProcedureStepDescription});
  add(first_item(header, DCM_RequestAttributesSequence),
      {DCM_RequestedProcedureDescription,
       DCM_ScheduledProcedureStepDescription,
       DCM_ReasonForTheRequestedProcedure});
  add(first_item(header, DCM_RequestedProcedureCodeSequence), {DCM_CodeMeaning});
  return fracture_label(texts);
}

// SNOMED CT and the older SNOMED RT values of "Right" and "Left". [PS3.16 CID 244]
std::optional<Side> side_of_code(DcmItem& code) {
  const std::string value = plain_text(code, DCM_CodeValue);
  if (value == "24028007" || value == "G-A100") return Side::right;
  if (value == "7771000" || value == "G-A101") return Side::left;
  return std::nullopt;
}

std::optional<Side> side_of_letter(const std::string& letter) {
  if (letter == "R") return Side::right;
  if (letter == "L") return Side::left;
  return std::nullopt;
}

// What the header says of the side it is about; nothing when it says none, both, or contradicts itself.
std::optional<Side> read_laterality(DcmItem& header) {
  std::vector<std::optional<Side>> told{side_of_letter(plain_text(header, DCM_ImageLaterality)),
                                        side_of_letter(plain_text(header, DCM_Laterality))};
  if (DcmItem* shared = first_item(header, DCM_SharedFunctionalGroupsSequence)) {
    if (DcmItem* anatomy = first_item(*shared, DCM_FrameAnatomySequence))
      told.push_back(side_of_letter(plain_text(*anatomy, DCM_FrameLaterality)));
  }
  if (DcmItem* region = first_item(header, DCM_AnatomicRegionSequence)) {
    if (DcmItem* modifier = first_item(*region, DCM_AnatomicRegionModifierSequence))
      told.push_back(side_of_code(*modifier));
  }
  std::optional<Side> side;
  for (const std::optional<Side>& one : told) {
    if (!one) continue;
    if (side && side != one) return std::nullopt;
    side = one;
  }
  return side;
}

}  // namespace

Subject read_subject(DcmItem& header) {
  Subject subject;
  const std::string sex = plain_text(header, DCM_PatientSex);
  if (sex == "F") subject.sex = Sex::female;
  if (sex == "M") subject.sex = Sex::male;
  subject.age_years = within(age_of(plain_text(header, DCM_PatientAge)), age_years_range);
  if (!subject.age_years) {
    subject.age_years = within(completed_years(plain_text(header, DCM_PatientBirthDate), study_date(header)),
                               age_years_range);
  }
  if (const auto height_m = within(decimal(header, DCM_PatientSize), height_m_range)) {
    subject.height_cm = *height_m * 100.0;
  }
  subject.weight_kg = within(decimal(header, DCM_PatientWeight), weight_kg_range);
  subject.fracture_label = read_fracture_label(header);
  subject.laterality = read_laterality(header);
  return subject;
}

StudyContext read_study_context(DcmItem& header) {
  StudyContext study;
  study.specific_character_set = plain_text(header, DCM_SpecificCharacterSet);
  for (const DcmTagKey& tag : copied_tags) {
    if (std::optional<std::string> value = raw_text(header, tag)) {
      study.patient_and_study.push_back({tag.getGroup(), tag.getElement(), std::move(*value)});
    }
  }
  study.study_instance_uid = plain_text(header, DCM_StudyInstanceUID);
  study.series_instance_uid = plain_text(header, DCM_SeriesInstanceUID);
  study.frame_of_reference_uid = plain_text(header, DCM_FrameOfReferenceUID);
  study.study_date = study_date(header);
  return study;
}

Acquisition read_acquisition(const FrameHeader& frame) {
  DcmItem& header = frame.dataset();
  const auto length = [&](const DcmTagKey& macro, const DcmTagKey& tag) {
    return positive(decimal(frame.item_with(macro, tag), tag));
  };
  DcmItem& reconstruction = frame.item_with(DCM_CTReconstructionSequence, DCM_ConvolutionKernel);
  Acquisition acquisition;
  acquisition.kvp = length(DCM_CTXRayDetailsSequence, DCM_KVP);
  acquisition.slice_thickness_mm = length(DCM_PixelMeasuresSequence, DCM_SliceThickness);
  acquisition.reconstruction_diameter_mm = length(DCM_CTReconstructionSequence, DCM_ReconstructionDiameter);
  acquisition.table_height_mm =
      decimal(frame.item_with(DCM_CTAcquisitionDetailsSequence, DCM_TableHeight), DCM_TableHeight);
  acquisition.kernel = plain_kernel(plain_text(reconstruction, DCM_ConvolutionKernel));
  read_acquisition_time(header, acquisition);
  acquisition.manufacturer = ascii_text(header, DCM_Manufacturer);
  acquisition.model = ascii_text(header, DCM_ManufacturerModelName);
  acquisition.station_name = ascii_text(header, DCM_StationName);
  acquisition.device_serial_number = ascii_text(header, DCM_DeviceSerialNumber);
  acquisition.patient_position = ascii_text(header, DCM_PatientPosition);
  acquisition.contrast_agent = names_contrast(frame);
  return acquisition;
}

}  // namespace focalhip
