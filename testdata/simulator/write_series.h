#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scan_grid.h"
#include "testdata/simulator/series_frames.h"
#include "testdata/simulator/series_header.h"

// Simulated images as DICOM files, with the traps of SeriesTraps.
namespace focalhip::simulator {

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

// Writes the series: FOLDER/<prefix>_<number>.dcm for every slice, or one multi-frame object; returns the
// files in the order of the slices, most caudal first. Several volumes are acquisitions of one series, and
// stacks of a multi-frame object. Throws std::runtime_error.
std::vector<std::filesystem::path> write_ct_series(const std::filesystem::path& folder,
                                                   const HipParameters& hip,
                                                   const Protocol& protocol,
                                                   const StudyHeader& study,
                                                   const SeriesHeader& series,
                                                   std::span<const AcquiredVolume> volumes);
std::vector<std::filesystem::path> write_ct_series(const std::filesystem::path& folder,
                                                   const HipParameters& hip,
                                                   const Protocol& protocol,
                                                   const StudyHeader& study,
                                                   const SeriesHeader& series,
                                                   const ScanGrid& grid,
                                                   const std::vector<std::int16_t>& hu);

// The multi-frame form of a series, Enhanced CT or Legacy Converted Enhanced CT: FOLDER/<prefix>_0001.dcm.
std::filesystem::path write_multiframe_ct(const std::filesystem::path& folder,
                                          const HipParameters& hip,
                                          const Protocol& protocol,
                                          const StudyHeader& study,
                                          const SeriesHeader& series,
                                          const ScanGrid& grid,
                                          const std::vector<SeriesFrame>& frames);

// Coronal slices cut from the volume every few rows, a derived series of its own.
std::vector<std::filesystem::path> write_coronal_reformat(const std::filesystem::path& folder,
                                                          const HipParameters& hip,
                                                          const Protocol& protocol,
                                                          const StudyHeader& study,
                                                          const SeriesHeader& series,
                                                          const ScanGrid& grid,
                                                          const std::vector<std::int16_t>& hu);

// An X-Ray Radiation Dose SR and a picture of the dose page (Secondary Capture), each a series of its own.
std::filesystem::path write_dose_report(const std::filesystem::path& folder,
                                        const HipParameters& hip,
                                        const StudyHeader& study,
                                        const SeriesHeader& series);
std::filesystem::path write_dose_page(const std::filesystem::path& folder,
                                      const HipParameters& hip,
                                      const StudyHeader& study,
                                      const SeriesHeader& series);

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
