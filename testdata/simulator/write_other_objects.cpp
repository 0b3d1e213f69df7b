#include <algorithm>
#include <cmath>

#include "testdata/simulator/image_modules.h"

// What lies in a study beside the series to be measured.
namespace focalhip::simulator {
namespace {

constexpr int coronal_step_rows = 4;

std::vector<Sint16> coronal_slice(const ScanGrid& grid, const std::vector<std::int16_t>& hu, int row) {
  std::vector<Sint16> stored;
  for (int slice = grid.slices - 1; slice >= 0; --slice) {
    const auto first = hu.begin() + static_cast<std::ptrdiff_t>(grid.index(0, row, slice));
    stored.insert(stored.end(), first, first + grid.columns);
  }
  return stored;
}

}  // namespace

std::vector<std::filesystem::path> write_coronal_reformat(const std::filesystem::path& folder,
                                                          const HipParameters& hip,
                                                          const Protocol& protocol,
                                                          const StudyHeader& study,
                                                          const SeriesHeader& series,
                                                          const ScanGrid& grid,
                                                          const std::vector<std::int16_t>& hu) {
  std::vector<std::filesystem::path> files;
  for (int row = grid.rows / 4; row < 3 * grid.rows / 4; row += coronal_step_rows) {
    const std::string number = std::to_string(files.size() + 1);
    DcmFileFormat file;
    DcmDataset& d = *file.getDataset();
    put(d, DCM_SOPClassUID, UID_CTImageStorage);
    put(d, DCM_SOPInstanceUID, derived_uid(series.series_instance_uid + "/coronal/" + std::to_string(row)));
    put(d, DCM_ImageType, "DERIVED\\SECONDARY\\REFORMATTED");
    put_patient_and_study(d, hip, study);
    put_series_and_equipment(d, study, series);
    put_acquisition(d, protocol, study, series, series.acquisition);
    put(d, DCM_InstanceNumber, number);
    put_point(d, DCM_ImagePositionPatient, grid.patient_from_voxel(0, row, grid.slices - 1));
    put(d, DCM_ImageOrientationPatient, "1\\0\\0\\0\\0\\-1");
    put(d, DCM_SliceThickness, coronal_step_rows * grid.pixel_mm);
    put(d, DCM_SpacingBetweenSlices, coronal_step_rows * grid.pixel_mm);
    put(d, DCM_PixelSpacing, decimal_string(grid.slice_spacing_mm) + '\\' + decimal_string(grid.pixel_mm));
    put(d, DCM_RescaleIntercept, "0");
    put(d, DCM_RescaleSlope, "1");
    put(d, DCM_RescaleType, "HU");
    put_pixels(d, grid.columns, grid.slices, coronal_slice(grid, hu, row));
    files.push_back(folder / (series.file_prefix + '_' + padded(std::stoi(number), 4) + ".dcm"));
    save(file, files.back(), series.transfer_syntax);
  }
  return files;
}

std::filesystem::path write_dose_report(const std::filesystem::path& folder,
                                        const HipParameters& hip,
                                        const StudyHeader& study,
                                        const SeriesHeader& series) {
  DcmFileFormat file;
  DcmDataset& d = *file.getDataset();
  put(d, DCM_SOPClassUID, UID_XRayRadiationDoseSRStorage);
  put(d, DCM_SOPInstanceUID, derived_uid(series.series_instance_uid + "/dose"));
  put_patient_and_study(d, hip, study);
  put_series_and_equipment(d, study, series, "SR");
  put(d, DCM_InstanceNumber, "1");
  put(d, DCM_ContentDate, study.study_date);
  put(d, DCM_ContentTime, study.study_time);
  for (const DcmTagKey& tag :
       {DCM_ReferencedPerformedProcedureStepSequence, DCM_PerformedProcedureCodeSequence})
    check(d.insertEmptyElement(tag), "cannot set an empty sequence");
  put(d, DCM_CompletionFlag, "COMPLETE");
  put(d, DCM_VerificationFlag, "UNVERIFIED");
  put(d, DCM_ValueType, "CONTAINER");
  put(d, DCM_ContinuityOfContent, "SEPARATE");
  put_code(d, DCM_ConceptNameCodeSequence, "113701", "DCM", "X-Ray Radiation Dose Report");
  DcmItem& length = add_item(d, DCM_ContentSequence);
  put(length, DCM_RelationshipType, "CONTAINS");
  put(length, DCM_ValueType, "NUM");
  put_code(length, DCM_ConceptNameCodeSequence, "113813", "DCM", "CT Dose Length Product Total");
  DcmItem& measured = add_item(length, DCM_MeasuredValueSequence);
  put(measured, DCM_NumericValue, "312.5");
  put_code(measured, DCM_MeasurementUnitsCodeSequence, "mGy.cm", "UCUM", "mGy.cm");
  const std::filesystem::path path = folder / (series.file_prefix + "_0001.dcm");
  save(file, path, TransferSyntax::explicit_little_endian);
  return path;
}

std::filesystem::path write_dose_page(const std::filesystem::path& folder,
                                      const HipParameters& hip,
                                      const StudyHeader& study,
                                      const SeriesHeader& series) {
  constexpr int size = 128;
  DcmFileFormat file;
  DcmDataset& d = *file.getDataset();
  put(d, DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
  put(d, DCM_SOPInstanceUID, derived_uid(series.series_instance_uid + "/page"));
  put(d, DCM_ImageType, "DERIVED\\SECONDARY\\SCREEN SAVE");
  put_patient_and_study(d, hip, study);
  put_series_and_equipment(d, study, series);
  put(d, DCM_InstanceNumber, "1");
  put(d, DCM_ConversionType, "WSD");
  put(d, DCM_PatientOrientation, "");
  put(d, DCM_SamplesPerPixel, Uint16{3});
  put(d, DCM_PhotometricInterpretation, "RGB");
  put(d, DCM_PlanarConfiguration, Uint16{0});
  put(d, DCM_Rows, Uint16{size});
  put(d, DCM_Columns, Uint16{size});
  put(d, DCM_BitsAllocated, Uint16{8});
  put(d, DCM_BitsStored, Uint16{8});
  put(d, DCM_HighBit, Uint16{7});
  put(d, DCM_PixelRepresentation, Uint16{0});
  std::vector<Uint8> pixels(3U * size * size);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<Uint8>((i / 3 / 8) % 2 * 200);
  check(d.putAndInsertUint8Array(DCM_PixelData, pixels.data(), pixels.size()), "cannot set pixels");
  const std::filesystem::path path = folder / (series.file_prefix + "_0001.dcm");
  save(file, path, TransferSyntax::explicit_little_endian);
  return path;
}

}  // namespace focalhip::simulator
