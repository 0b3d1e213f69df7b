#include "testdata/simulator/write_series.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace focalhip::simulator {
namespace {

void check(const OFCondition& condition, const std::string& action) {
  if (condition.bad()) throw std::runtime_error(action + ": " + condition.text());
}

void put(DcmDataset& dataset, const DcmTagKey& tag, const std::string& value) {
  check(dataset.putAndInsertString(tag, value.c_str()),
        "cannot set " + std::string(DcmTag(tag).getTagName()));
}
void put(DcmDataset& dataset, const DcmTagKey& tag, Uint16 value) {
  check(dataset.putAndInsertUint16(tag, value), "cannot set " + std::string(DcmTag(tag).getTagName()));
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

void put(DcmDataset& dataset, const DcmTagKey& tag, double value) {
  put(dataset, tag, decimal_string(value));
}

void put_point(DcmDataset& dataset, const DcmTagKey& tag, Vec3 p) {
  put(dataset, tag, decimal_string(p.x) + '\\' + decimal_string(p.y) + '\\' + decimal_string(p.z));
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

void put_series_and_equipment(DcmDataset& d, const StudyHeader& study, const SeriesHeader& series) {
  put(d, DCM_Modality, "CT");
  put(d, DCM_SeriesInstanceUID, series.series_instance_uid);
  put(d, DCM_SeriesNumber, std::to_string(series.number));
  put(d, DCM_SeriesDate, study.study_date);
  put(d, DCM_SeriesTime, study.study_time);
  put(d, DCM_SeriesDescription, series.description);
  put(d, DCM_BodyPartExamined, series.body_part);
  put(d, DCM_PatientPosition, series.feet_first ? "FFS" : "HFS");
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
                     const SeriesHeader& series) {
  put(d, DCM_AcquisitionNumber, std::to_string(series.acquisition));
  put(d, DCM_AcquisitionDate, study.study_date);
  put(d, DCM_AcquisitionTime, study.study_time);
  put(d, DCM_ContentDate, study.study_date);
  put(d, DCM_ContentTime, study.study_time);
  put(d, DCM_KVP, protocol.tube_kvp);
  put(d, DCM_ScanOptions, "HELICAL_CT");
  put(d, DCM_DataCollectionDiameter, protocol.field_of_view_mm);
  put(d, DCM_ReconstructionDiameter, protocol.field_of_view_mm);
  put(d, DCM_GantryDetectorTilt, 0.0);
  put(d, DCM_TableHeight, 120.0);
  put(d, DCM_RotationDirection, "CW");
  put(d, DCM_ExposureTime, "500");
  put(d, DCM_XRayTubeCurrent, "250");
  put(d, DCM_Exposure, "125");
  put(d, DCM_FilterType, "LARGE");
  put(d, DCM_ConvolutionKernel, series.kernel);
  if (protocol.contrast) {
    put(d, DCM_ContrastBolusAgent, "SIMULATED IODINE");
    put(d, DCM_ContrastBolusRoute, "IV");
  }
}

void put_pixels(DcmDataset& d, int columns, int rows, int intercept, std::vector<Sint16>& stored) {
  put(d, DCM_SamplesPerPixel, Uint16{1});
  put(d, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(d, DCM_Rows, static_cast<Uint16>(rows));
  put(d, DCM_Columns, static_cast<Uint16>(columns));
  put(d, DCM_BitsAllocated, Uint16{16});
  put(d, DCM_BitsStored, Uint16{16});
  put(d, DCM_HighBit, Uint16{15});
  put(d, DCM_PixelRepresentation, Uint16{1});
  put(d, DCM_RescaleIntercept, std::to_string(intercept));
  put(d, DCM_RescaleSlope, "1");
  put(d, DCM_RescaleType, "HU");
  put(d, DCM_WindowCenter, "300");
  put(d, DCM_WindowWidth, "1500");
  const auto* words = reinterpret_cast<const Uint16*>(stored.data());
  check(d.putAndInsertUint16Array(DCM_PixelData, words, static_cast<unsigned long>(stored.size())),
        "cannot set pixels");
}

void save(DcmFileFormat& file, const std::filesystem::path& path, TransferSyntax syntax) {
  const E_TransferSyntax xfer =
      syntax == TransferSyntax::implicit_little_endian ? EXS_LittleEndianImplicit : EXS_LittleEndianExplicit;
  check(file.saveFile(path.c_str(), xfer), "cannot write " + path.string());
}

}  // namespace

StudyHeader study_header(const HipParameters& hip, std::uint64_t study_seed, std::string patient_id) {
  const std::string key = std::to_string(hip.seed) + '/' + std::to_string(study_seed) + '/' + patient_id;
  StudyHeader study;
  study.patient_id = std::move(patient_id);
  study.study_instance_uid = derived_uid("study/" + key);
  study.frame_of_reference_uid = derived_uid("frame/" + key);
  study.accession_number = "SIM";
  study.accession_number += padded(static_cast<long long>((hip.seed * 100U + study_seed) % 10000000U), 7);
  study.study_id = std::to_string(1 + study_seed % 1000U);
  study.study_date = "2025";
  study.study_date += padded(static_cast<long long>(1 + (hip.seed / 28U + study_seed) % 12U), 2);
  study.study_date += padded(static_cast<long long>(1 + hip.seed % 28U), 2);
  return study;
}

std::vector<std::filesystem::path> write_ct_series(const std::filesystem::path& folder,
                                                   const HipParameters& hip,
                                                   const Protocol& protocol,
                                                   const StudyHeader& study,
                                                   const SeriesHeader& series,
                                                   const ScanGrid& grid,
                                                   const std::vector<std::int16_t>& hu) {
  std::vector<std::filesystem::path> files;
  std::vector<Sint16> stored(grid.slice_size());
  for (int slice = 0; slice < grid.slices; ++slice) {
    const int number = series.reversed_instance_numbers ? slice + 1 : grid.slices - slice;
    DcmFileFormat file;
    DcmDataset& d = *file.getDataset();
    put(d, DCM_SOPClassUID, UID_CTImageStorage);
    put(d, DCM_SOPInstanceUID, derived_uid(series.series_instance_uid + "/image/" + std::to_string(slice)));
    put(d, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
    put_patient_and_study(d, hip, study);
    put_series_and_equipment(d, study, series);
    put_acquisition(d, protocol, study, series);
    const Vec3 corner = grid.patient_from_voxel(0, 0, slice);
    put(d, DCM_InstanceNumber, std::to_string(number));
    put_point(d, DCM_ImagePositionPatient, corner);
    put(d, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    put(d, DCM_SliceLocation, corner.z);
    put(d, DCM_SliceThickness, grid.slice_thickness_mm);
    put(d, DCM_SpacingBetweenSlices, grid.slice_spacing_mm);
    put(d, DCM_PixelSpacing, decimal_string(grid.pixel_mm) + '\\' + decimal_string(grid.pixel_mm));
    const auto first = hu.begin() + static_cast<std::ptrdiff_t>(grid.index(0, 0, slice));
    std::transform(
        first, first + static_cast<std::ptrdiff_t>(stored.size()), stored.begin(), [&](std::int16_t value) {
          return static_cast<Sint16>(value - series.rescale_intercept);
        });
    put_pixels(d, grid.columns, grid.rows, series.rescale_intercept, stored);
    if (protocol.padding) {
      const auto padding = static_cast<Sint16>(protocol.padding_hu - series.rescale_intercept);
      check(d.putAndInsertSint16(DCM_PixelPaddingValue, padding), "cannot set the padding value");
    }
    files.push_back(folder / (series.file_prefix + '_' + padded(number, 4) + ".dcm"));
    save(file, files.back(), series.transfer_syntax);
  }
  return files;
}

std::filesystem::path write_localizer(const std::filesystem::path& folder,
                                      const HipParameters& hip,
                                      const Protocol& protocol,
                                      const StudyHeader& study,
                                      const SeriesHeader& series,
                                      const ScanGrid& grid,
                                      const std::vector<std::int16_t>& hu) {
  // Water-equivalent path length (mm) from front to back; one row per slice, cranial first.
  std::vector<Sint16> stored(static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.slices));
  for (int slice = 0; slice < grid.slices; ++slice) {
    for (int column = 0; column < grid.columns; ++column) {
      double path_mm = 0.0;
      for (int row = 0; row < grid.rows; ++row) {
        path_mm += grid.pixel_mm * 0.001 * std::max(0.0, hu[grid.index(column, row, slice)] + 1000.0);
      }
      const std::size_t out =
          static_cast<std::size_t>(grid.slices - 1 - slice) * static_cast<std::size_t>(grid.columns) +
          static_cast<std::size_t>(column);
      stored[out] = static_cast<Sint16>(std::lround(std::min(4.0 * path_mm - 1024.0, 3071.0)));
    }
  }
  DcmFileFormat file;
  DcmDataset& d = *file.getDataset();
  put(d, DCM_SOPClassUID, UID_CTImageStorage);
  put(d, DCM_SOPInstanceUID, derived_uid(series.series_instance_uid + "/localizer"));
  put(d, DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER");
  put_patient_and_study(d, hip, study);
  put_series_and_equipment(d, study, series);
  put_acquisition(d, protocol, study, series);
  put(d, DCM_InstanceNumber, "1");
  Vec3 corner = grid.patient_from_voxel(0, 0, grid.slices - 1);
  corner.y = 0.0;
  put_point(d, DCM_ImagePositionPatient, corner);
  put(d, DCM_ImageOrientationPatient, "1\\0\\0\\0\\0\\-1");
  put(d, DCM_SliceThickness, protocol.field_of_view_mm);
  put(d, DCM_PixelSpacing, decimal_string(grid.slice_spacing_mm) + '\\' + decimal_string(grid.pixel_mm));
  put_pixels(d, grid.columns, grid.slices, 0, stored);
  const std::filesystem::path path = folder / (series.file_prefix + "_0001.dcm");
  save(file, path, series.transfer_syntax);
  return path;
}

}  // namespace focalhip::simulator
