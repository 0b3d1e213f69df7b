#include "testdata/simulator/write_series.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "testdata/simulator/image_modules.h"

namespace focalhip::simulator {
namespace {

void put_image(DcmDataset& d,
               const Protocol& protocol,
               const SeriesHeader& series,
               const ScanGrid& grid,
               const SeriesFrame& frame) {
  put(d, DCM_InstanceNumber, std::to_string(frame.instance_number));
  put_point(d, DCM_ImagePositionPatient, frame.position_mm);
  put_orientation(d, frame);
  put(d, DCM_SliceLocation, (series.traps.wrong_slice_location ? -1.0 : 1.0) * frame.position_mm.z);
  const bool reordered = frame.columns > 0;
  const bool across = reordered && frame.image_step_mm != grid.slice_spacing_mm;  // not axial
  put(d, DCM_SliceThickness, across ? frame.image_step_mm : grid.slice_thickness_mm);
  put(d, DCM_SpacingBetweenSlices, across ? frame.image_step_mm : grid.slice_spacing_mm);
  put(d,
      DCM_PixelSpacing,
      decimal_string(reordered ? frame.row_step_mm : grid.pixel_mm) + '\\' +
          decimal_string(reordered ? frame.column_step_mm : grid.pixel_mm));
  put(d, DCM_RescaleIntercept, std::to_string(frame.intercept));
  put(d, DCM_RescaleSlope, frame.slope);
  put(d, DCM_RescaleType, rescale_type(series.traps.content));
  put_pixels(d, reordered ? frame.columns : grid.columns, reordered ? frame.rows : grid.rows, frame.stored);
  if (!protocol.padding) return;
  if (series.traps.padding_tag)
    check(d.putAndInsertSint16(DCM_PixelPaddingValue, stored_value(frame, protocol.padding_hu)),
          "cannot set the padding value");
  if (series.traps.padding_limit_hu)
    check(
        d.putAndInsertSint16(DCM_PixelPaddingRangeLimit, stored_value(frame, *series.traps.padding_limit_hu)),
        "cannot set the padding limit");
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
                                                   std::span<const AcquiredVolume> volumes) {
  const std::vector<SeriesFrame> frames = series_frames(series, volumes);
  const ScanGrid& grid = volumes.front().grid;
  if (series.object_kind != ObjectKind::ct_image)
    return {write_multiframe_ct(folder, hip, protocol, study, series, grid, frames)};
  std::vector<std::filesystem::path> files;
  for (const SeriesFrame& frame : frames) {
    DcmFileFormat file;
    DcmDataset& d = *file.getDataset();
    put(d, DCM_SOPClassUID, UID_CTImageStorage);
    put(d, DCM_SOPInstanceUID, frame.sop_instance_uid);
    put(d, DCM_ImageType, image_type(series.traps.content));
    put_patient_and_study(d, hip, study);
    put_series_and_equipment(d, study, series);
    put_acquisition(d, protocol, study, series, frame.acquisition);
    put_image(d, protocol, series, grid, frame);
    if (series.traps.private_tags) put_private_tags(d);
    std::filesystem::path path =
        folder / (series.file_prefix + '_' + padded(frame.instance_number, 4) + ".dcm");
    if (!files.empty() && files.back() == path) path.replace_filename(path.stem().string() + "_twin.dcm");
    files.push_back(path);
    save(file, path, series.transfer_syntax);
  }
  return files;
}

std::vector<std::filesystem::path> write_ct_series(const std::filesystem::path& folder,
                                                   const HipParameters& hip,
                                                   const Protocol& protocol,
                                                   const StudyHeader& study,
                                                   const SeriesHeader& series,
                                                   const ScanGrid& grid,
                                                   const std::vector<std::int16_t>& hu) {
  const std::array<AcquiredVolume, 1> volumes{{{grid, hu}}};
  return write_ct_series(folder, hip, protocol, study, series, volumes);
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
  put_acquisition(d, protocol, study, series, series.acquisition);
  put(d, DCM_InstanceNumber, "1");
  Vec3 corner = grid.patient_from_voxel(0, 0, grid.slices - 1);
  corner.y = 0.0;
  put_point(d, DCM_ImagePositionPatient, corner);
  put(d, DCM_ImageOrientationPatient, "1\\0\\0\\0\\0\\-1");
  put(d, DCM_SliceThickness, protocol.field_of_view_mm);
  put(d, DCM_PixelSpacing, decimal_string(grid.slice_spacing_mm) + '\\' + decimal_string(grid.pixel_mm));
  put(d, DCM_RescaleIntercept, "0");
  put(d, DCM_RescaleSlope, "1");
  put(d, DCM_RescaleType, "HU");
  put_pixels(d, grid.columns, grid.slices, stored);
  const std::filesystem::path path = folder / (series.file_prefix + "_0001.dcm");
  save(file, path, series.transfer_syntax);
  return path;
}

}  // namespace focalhip::simulator
