#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scan_grid.h"

// Simulated images as DICOM files (CT Image Storage, one file a slice).
namespace focalhip::simulator {

enum class TransferSyntax { implicit_little_endian, explicit_little_endian };

// What every object of the study shares.
struct StudyHeader {
  std::string patient_id = "SIM000001";
  std::string patient_name = "SIMULATED^HIP";
  std::string study_instance_uid;
  std::string frame_of_reference_uid;
  std::string accession_number;
  std::string study_id;
  std::string study_date = "20250115";  // YYYYMMDD
  std::string study_time = "093000";
};
// Identities derived from numbers, the same on every machine.
[[nodiscard]] StudyHeader study_header(const HipParameters& hip,
                                       std::uint64_t study_seed,
                                       std::string patient_id);

struct SeriesHeader {
  std::string series_instance_uid;
  int number = 2;
  int acquisition = 1;
  std::string description = "HIP QCT 1.0 FC13";
  std::string kernel = "FC13";
  std::string body_part = "PELVIS";
  bool feet_first = false;
  bool reversed_instance_numbers = false;  // number 1 = most caudal instead of most cranial
  int rescale_intercept = 0;               // stored value = HU - intercept
  TransferSyntax transfer_syntax = TransferSyntax::explicit_little_endian;
  std::string file_prefix = "CT";
};

// Writes FOLDER/<prefix>_<number>.dcm for every slice; returns the files. Throws std::runtime_error.
std::vector<std::filesystem::path> write_ct_series(const std::filesystem::path& folder,
                                                   const HipParameters& hip,
                                                   const Protocol& protocol,
                                                   const StudyHeader& study,
                                                   const SeriesHeader& series,
                                                   const ScanGrid& grid,
                                                   const std::vector<std::int16_t>& hu);

// A coronal localizer made of the volume's projection, a series of its own.
std::filesystem::path write_localizer(const std::filesystem::path& folder,
                                      const HipParameters& hip,
                                      const Protocol& protocol,
                                      const StudyHeader& study,
                                      const SeriesHeader& series,
                                      const ScanGrid& grid,
                                      const std::vector<std::int16_t>& hu);

// 2.25.<128 bits in decimal> from any text.
[[nodiscard]] std::string derived_uid(std::string_view text);

}  // namespace focalhip::simulator
