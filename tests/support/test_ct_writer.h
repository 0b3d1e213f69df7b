#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>

#include "tests/support/temporary_folder.h"

namespace focalhip::test {

inline void must(const OFCondition& condition, const char* what) {
  if (condition.bad()) throw std::runtime_error(std::string(what) + ": " + condition.text());
}

using testing_support::TemporaryFolder;

// A small CT series written with DCMTK: known stored words, so that HU are known exactly.
struct TestSeries {
  int rows = 24;
  int columns = 32;
  int slices = 60;
  double spacing_mm = 2.0;
  double row_spacing_mm = 0.75;
  double column_spacing_mm = 0.5;
  std::string orientation = "1\\0\\0\\0\\1\\0";
  double first_x_mm = -8.0;
  double first_y_mm = -9.0;
  double first_z_mm = 100.0;
  E_TransferSyntax syntax = EXS_LittleEndianExplicit;
  int bits_stored = 16;
  bool is_signed = true;
  std::string series_uid = "1.2.826.0.1.3680043.9999.2";
  // Stored word of a voxel; the slice counts from the most caudal one.
  std::function<std::uint16_t(int column, int row, int slice)> word = [](int column, int row, int slice) {
    return static_cast<std::uint16_t>(column + 40 * row + 3 * slice);
  };
  // Last changes before writing; the slice counts from the most caudal one.
  std::function<void(DcmDataset&, int slice)> adjust = [](DcmDataset&, int) {};
};

inline void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  must(item.putAndInsertString(tag, value.c_str()), "insert");
}
inline void put_short(DcmItem& item, const DcmTagKey& tag, int value) {
  must(item.putAndInsertUint16(tag, static_cast<Uint16>(value)), "insert");
}

inline void fill_header(DcmDataset& dataset, const TestSeries& series, int slice) {
  put(dataset, DCM_SOPClassUID, UID_CTImageStorage);
  put(dataset, DCM_SOPInstanceUID, series.series_uid + "." + std::to_string(slice + 1));
  put(dataset, DCM_StudyInstanceUID, "1.2.826.0.1.3680043.9999.1");
  put(dataset, DCM_SeriesInstanceUID, series.series_uid);
  put(dataset, DCM_FrameOfReferenceUID, "1.2.826.0.1.3680043.9999.3");
  put(dataset, DCM_SpecificCharacterSet, "ISO_IR 100");
  put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
  put(dataset, DCM_Modality, "CT");
  put(dataset, DCM_PatientName, "M\xfcller^Test");
  put(dataset, DCM_PatientID, "T1");
  put(dataset, DCM_PatientSex, "F");
  put(dataset, DCM_PatientAge, "072Y");
  put(dataset, DCM_PatientSize, "1.60");
  put(dataset, DCM_PatientWeight, "61.5");
  put(dataset, DCM_StudyDate, "20260102");
  put(dataset, DCM_AccessionNumber, "A1");
  put(dataset, DCM_ConvolutionKernel, "FC13");
  put(dataset, DCM_KVP, "120");
  put(dataset, DCM_SliceThickness, "2");
  put(dataset, DCM_PatientPosition, "HFS");
  put(dataset, DCM_SeriesNumber, "2");
  put(dataset,
      DCM_InstanceNumber,
      std::to_string(series.slices - slice));  // cranial to caudal: must not matter
  put(dataset, DCM_ImageOrientationPatient, series.orientation);
  put(dataset,
      DCM_ImagePositionPatient,
      std::to_string(series.first_x_mm) + "\\" + std::to_string(series.first_y_mm) + "\\" +
          std::to_string(series.first_z_mm + slice * series.spacing_mm));
  put(dataset,
      DCM_PixelSpacing,
      std::to_string(series.row_spacing_mm) + "\\" + std::to_string(series.column_spacing_mm));
  put(dataset, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(dataset, DCM_RescaleIntercept, "-1024");
  put(dataset, DCM_RescaleSlope, "1");
  put_short(dataset, DCM_SamplesPerPixel, 1);
  put_short(dataset, DCM_Rows, series.rows);
  put_short(dataset, DCM_Columns, series.columns);
  put_short(dataset, DCM_BitsAllocated, 16);
  put_short(dataset, DCM_BitsStored, series.bits_stored);
  put_short(dataset, DCM_HighBit, series.bits_stored - 1);
  put_short(dataset, DCM_PixelRepresentation, series.is_signed ? 1 : 0);
}

// Writes the series in an order of file names that is not the order of the slices. Returns the files.
inline std::vector<std::filesystem::path> write_series(const TestSeries& series,
                                                       const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::filesystem::create_directories(folder);
  for (int slice = 0; slice < series.slices; ++slice) {
    DcmFileFormat file;
    DcmDataset& dataset = *file.getDataset();
    fill_header(dataset, series, slice);
    std::vector<Uint16> words;
    for (int row = 0; row < series.rows; ++row) {
      for (int column = 0; column < series.columns; ++column)
        words.push_back(series.word(column, row, slice));
    }
    must(dataset.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()), "insert pixels");
    series.adjust(dataset, slice);
    files.push_back(folder / ("i" + std::to_string((slice * 37) % 1009) + ".dcm"));
    must(file.saveFile(files.back().c_str(), series.syntax), "save");
  }
  return files;
}

}  // namespace focalhip::test
