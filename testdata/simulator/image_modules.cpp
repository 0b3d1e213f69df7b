#include "testdata/simulator/image_modules.h"

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djencode.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <stdexcept>

namespace focalhip::simulator {
namespace {

const char* position_name(PatientPosition position) {
  constexpr std::array<const char*, 4> names{"HFS", "FFS", "HFP", "FFP"};
  return names[static_cast<std::size_t>(position)];
}

E_TransferSyntax dcmtk_syntax(TransferSyntax syntax) {
  constexpr std::array<E_TransferSyntax, 7> syntaxes{EXS_LittleEndianImplicit,
                                                     EXS_LittleEndianExplicit,
                                                     EXS_BigEndianExplicit,
                                                     EXS_DeflatedLittleEndianExplicit,
                                                     EXS_JPEGProcess14SV1,
                                                     EXS_JPEGLSLossless,
                                                     EXS_RLELossless};
  return syntaxes[static_cast<std::size_t>(syntax)];
}

void register_encoders() {
  static std::once_flag once;
  std::call_once(once, [] {
    DJEncoderRegistration::registerCodecs();
    DJLSEncoderRegistration::registerCodecs();
    DcmRLEEncoderRegistration::registerCodecs();
  });
}

}  // namespace

void check(const OFCondition& condition, const std::string& action) {
  if (condition.bad()) throw std::runtime_error(action + ": " + condition.text());
}

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  check(item.putAndInsertString(tag, value.c_str()), "cannot set " + std::string(DcmTag(tag).getTagName()));
}
void put(DcmItem& item, const DcmTagKey& tag, Uint16 value) {
  check(item.putAndInsertUint16(tag, value), "cannot set " + std::string(DcmTag(tag).getTagName()));
}

// Decimal string of at most 16 characters.
std::string decimal_string(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6f", value);
  std::string result(text.data());
  while (result.back() == '0') result.pop_back();
  if (result.back() == '.') result.pop_back();
  return result == "-0" ? "0" : result;
}

void put(DcmItem& item, const DcmTagKey& tag, double value) { put(item, tag, decimal_string(value)); }

void put_point(DcmItem& item, const DcmTagKey& tag, Vec3 p) {
  put(item, tag, decimal_string(p.x) + '\\' + decimal_string(p.y) + '\\' + decimal_string(p.z));
}

void put_orientation(DcmItem& item, const SeriesFrame& frame) {
  std::string text;
  for (const double v : {frame.row_direction.x,
                         frame.row_direction.y,
                         frame.row_direction.z,
                         frame.column_direction.x,
                         frame.column_direction.y,
                         frame.column_direction.z}) {
    text += (text.empty() ? "" : "\\") + decimal_string(v);
  }
  put(item, DCM_ImageOrientationPatient, text);
}

DcmItem& add_item(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* added = nullptr;
  check(item.findOrCreateSequenceItem(sequence, added, -2), "cannot add a sequence item");
  return *added;
}

void put_code(
    DcmItem& item, const DcmTagKey& sequence, const char* value, const char* scheme, const char* meaning) {
  DcmItem& code = add_item(item, sequence);
  put(code, DCM_CodeValue, value);
  put(code, DCM_CodingSchemeDesignator, scheme);
  put(code, DCM_CodeMeaning, meaning);
}

std::string padded(long long number, int width) {
  std::string digits = std::to_string(number);
  digits.insert(0, static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
  return digits;
}

void put_patient_and_study(DcmDataset& d, const HipParameters& hip, const StudyHeader& study) {
  const int birth_year = std::stoi(study.study_date.substr(0, 4)) - static_cast<int>(hip.age_years);
  put(d, DCM_SpecificCharacterSet, "ISO_IR 100");
  put(d, DCM_PatientName, study.patient_name);
  put(d, DCM_PatientID, study.patient_id);
  put(d, DCM_PatientBirthDate, std::to_string(birth_year) + "0101");
  put(d, DCM_PatientSex, hip.sex == Sex::female ? "F" : "M");
  put(d, DCM_PatientAge, padded(std::lround(hip.age_years), 3) + "Y");
  put(d, DCM_PatientSize, 0.01 * hip.height_cm);
  put(d, DCM_PatientWeight, hip.weight_kg);
  put(d, DCM_StudyInstanceUID, study.study_instance_uid);
  put(d, DCM_StudyDate, study.study_date);
  put(d, DCM_StudyTime, study.study_time);
  put(d, DCM_AccessionNumber, study.accession_number);
  put(d, DCM_StudyID, study.study_id);
  put(d, DCM_ReferringPhysicianName, "");
  put(d, DCM_StudyDescription, "SIMULATED HIP QCT");
}

void put_series_and_equipment(DcmDataset& d,
                              const StudyHeader& study,
                              const SeriesHeader& series,
                              const char* modality) {
  put(d, DCM_Modality, modality);
  put(d, DCM_SeriesInstanceUID, series.series_instance_uid);
  put(d, DCM_SeriesNumber, std::to_string(series.number));
  put(d, DCM_SeriesDate, study.study_date);
  put(d, DCM_SeriesTime, study.study_time);
  put(d, DCM_SeriesDescription, series.description);
  put(d, DCM_BodyPartExamined, series.body_part);
  put(d, DCM_PatientPosition, position_name(series.position));
  put(d, DCM_FrameOfReferenceUID, study.frame_of_reference_uid);
  put(d, DCM_PositionReferenceIndicator, "");
  put(d, DCM_Manufacturer, "SIMULATED TOSHIBA-LIKE");
  put(d, DCM_ManufacturerModelName, "FocalHip CT simulator");
  put(d, DCM_InstitutionName, "SIMULATED DATA - NOT A PATIENT");
  put(d, DCM_StationName, "SIMCT1");
  put(d, DCM_DeviceSerialNumber, "SIM0001");
  put(d, DCM_SoftwareVersions, FOCALHIP_VERSION);
}

void put_acquisition(DcmDataset& d,
                     const Protocol& protocol,
                     const StudyHeader& study,
                     const SeriesHeader& series,
                     int acquisition) {
  // A second acquisition follows a minute later.
  const std::string time = study.study_time.substr(0, 2) +
                           padded(std::stoi(study.study_time.substr(2, 2)) + acquisition - 1, 2) +
                           study.study_time.substr(4);
  put(d, DCM_AcquisitionNumber, std::to_string(acquisition));
  put(d, DCM_AcquisitionDate, study.study_date);
  put(d, DCM_AcquisitionTime, time);
  put(d, DCM_ContentDate, study.study_date);
  put(d, DCM_ContentTime, time);
  put(d, DCM_KVP, protocol.tube_kvp);
  put(d, DCM_ScanOptions, "HELICAL_CT");
  put(d, DCM_DataCollectionDiameter, protocol.field_of_view_mm);
  put(d, DCM_ReconstructionDiameter, protocol.field_of_view_mm);
  put(d, DCM_GantryDetectorTilt, protocol.gantry_tilt_deg);
  put(d, DCM_TableHeight, 120.0);
  put(d, DCM_RotationDirection, "CW");
  put(d, DCM_ExposureTime, "500");
  put(d, DCM_XRayTubeCurrent, "250");
  put(d, DCM_Exposure, "125");
  put(d, DCM_FilterType, "LARGE");
  put(d, DCM_ConvolutionKernel, series.kernel);
  if (protocol.contrast || series.traps.contrast_tag) {
    put(d, DCM_ContrastBolusAgent, "SIMULATED IODINE");
    put(d, DCM_ContrastBolusRoute, "IV");
  }
}

std::string image_type(ImageContent content) {
  switch (content) {
    case ImageContent::ct_number:
      return "ORIGINAL\\PRIMARY\\AXIAL";
    case ImageContent::monoenergetic:
      return "DERIVED\\PRIMARY\\AXIAL\\MONOENERGETIC";
    case ImageContent::iodine_map:
      return "DERIVED\\PRIMARY\\AXIAL\\IODINE_MAP";
    case ImageContent::effective_z:
      break;
  }
  return "DERIVED\\PRIMARY\\AXIAL\\EFFECTIVE_Z";
}

std::string rescale_type(ImageContent content) {
  if (content == ImageContent::iodine_map) return "MGML";
  return content == ImageContent::effective_z ? "Z_EFF" : "HU";
}

void put_pixels(DcmDataset& d, int columns, int rows, const std::vector<Sint16>& stored) {
  put(d, DCM_SamplesPerPixel, Uint16{1});
  put(d, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(d, DCM_Rows, static_cast<Uint16>(rows));
  put(d, DCM_Columns, static_cast<Uint16>(columns));
  put(d, DCM_BitsAllocated, Uint16{16});
  put(d, DCM_BitsStored, Uint16{16});
  put(d, DCM_HighBit, Uint16{15});
  put(d, DCM_PixelRepresentation, Uint16{1});
  put(d, DCM_WindowCenter, "300");
  put(d, DCM_WindowWidth, "1500");
  const auto* words = reinterpret_cast<const Uint16*>(stored.data());
  check(d.putAndInsertUint16Array(DCM_PixelData, words, static_cast<unsigned long>(stored.size())),
        "cannot set pixels");
}

void put_private_tags(DcmDataset& d) {
  const char* creator = "FOCALHIP SIMULATOR";
  const auto tag = [&](Uint16 element, DcmEVR vr) {
    DcmTag made(DcmTagKey(0x0029, element), DcmVR(vr));
    made.setPrivateCreator(creator);
    return made;
  };
  check(d.putAndInsertString(DcmTag(DcmTagKey(0x0029, 0x0010), DcmVR(EVR_LO)), creator),
        "cannot set the private creator");
  check(d.putAndInsertString(tag(0x1001, EVR_LO), "PRIVATE TEXT"), "cannot set private text");
  const std::array<Uint8, 6> bytes{0xFF, 0xFE, 0xE0, 0x00, 0x7F, 0x00};  // looks like an item tag
  check(d.putAndInsertUint8Array(tag(0x1002, EVR_OB), bytes.data(), bytes.size()),
        "cannot set private bytes");
  DcmItem* item = nullptr;
  check(d.findOrCreateSequenceItem(tag(0x1003, EVR_SQ), item, -2), "cannot add a private sequence");
  check(item->putAndInsertString(DcmTag(DcmTagKey(0x0029, 0x0010), DcmVR(EVR_LO)), creator),
        "cannot set the private creator");
  check(item->putAndInsertFloat64(tag(0x1004, EVR_FD), 1.0 / 3.0), "cannot set a private number");
}

void save(DcmFileFormat& file, const std::filesystem::path& path, TransferSyntax syntax) {
  const E_TransferSyntax xfer = dcmtk_syntax(syntax);
  if (DcmXfer(xfer).isEncapsulated()) {
    register_encoders();
    const DJ_RPLossless lossless;
    check(file.getDataset()->chooseRepresentation(
              xfer, syntax == TransferSyntax::jpeg_lossless ? &lossless : nullptr),
          "cannot compress " + path.string());
  }
  check(file.saveFile(path.c_str(), xfer), "cannot write " + path.string());
}

}  // namespace focalhip::simulator
