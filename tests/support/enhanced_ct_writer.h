#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/test_ct_writer.h"

namespace focalhip::test {

// The slices of a TestSeries as frames of one Enhanced CT object, or of a Legacy Converted one. Frames are
// not in the order of the slices. What a slice's header says stands in functional groups, shared or per
// frame.
struct EnhancedCt {
  TestSeries series;
  bool legacy_converted = false;
  int copies = 1;  // of the whole stack: energies, times
  // Stored word of a voxel; copy from 0.
  std::function<std::uint16_t(int column, int row, int slice, int copy)> word =
      [](int column, int row, int slice, int copy) {
        return static_cast<std::uint16_t>(column + 40 * row + 3 * slice + 7 * copy);
      };
  // Last changes of a frame's groups and of the object.
  std::function<void(DcmItem& groups, int slice, int copy)> adjust_frame = [](DcmItem&, int, int) {};
  std::function<void(DcmDataset&)> adjust = [](DcmDataset&) {};
};

inline DcmItem& item_in(DcmItem& parent, const DcmTagKey& sequence, long index = 0) {
  DcmItem* item = nullptr;
  must(parent.findOrCreateSequenceItem(sequence, item, index), "make an item");
  return *item;
}

// The functional groups all frames share, taken from what a single-frame header says at its top level.
inline void share_groups(DcmDataset& dataset, const EnhancedCt& ct) {
  DcmItem& shared = item_in(dataset, DCM_SharedFunctionalGroupsSequence);
  const auto move = [&](DcmItem& to, const DcmTagKey& tag) {
    OFString value;
    must(dataset.findAndGetOFStringArray(tag, value), "read");
    put(to, tag, value.c_str());
    must(dataset.findAndDeleteElement(tag), "move");
  };
  DcmItem& measures = item_in(shared, DCM_PixelMeasuresSequence);
  move(measures, DCM_PixelSpacing);
  move(measures, DCM_SliceThickness);
  move(item_in(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient);
  DcmItem& values = item_in(shared, DCM_PixelValueTransformationSequence);
  move(values, DCM_RescaleSlope);
  move(values, DCM_RescaleIntercept);
  put(values, DCM_RescaleType, "HU");
  put(item_in(shared, DCM_CTImageFrameTypeSequence), DCM_FrameType, "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
  const DcmTagKey converted = DCM_UnassignedSharedConvertedAttributesSequence;
  move(item_in(shared, ct.legacy_converted ? converted : DCM_CTReconstructionSequence),
       DCM_ConvolutionKernel);
  move(item_in(shared, ct.legacy_converted ? converted : DCM_CTXRayDetailsSequence), DCM_KVP);
  must(dataset.findAndDeleteElement(DCM_ImagePositionPatient), "move");
}

inline void name_dimensions(DcmDataset& dataset) {
  const std::vector<DcmTagKey> pointers{DCM_StackID, DCM_InStackPositionNumber, DCM_TemporalPositionIndex};
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    DcmItem& dimension = item_in(dataset, DCM_DimensionIndexSequence, static_cast<long>(i));
    must(dimension.putAndInsertTagKey(DCM_DimensionIndexPointer, pointers[i]), "name a dimension");
  }
}

inline void add_frame(DcmDataset& dataset, const EnhancedCt& ct, int frame, int slice, int copy) {
  DcmItem& groups = item_in(dataset, DCM_PerFrameFunctionalGroupsSequence, frame);
  put(item_in(groups, DCM_PlanePositionSequence),
      DCM_ImagePositionPatient,
      std::to_string(ct.series.first_x_mm) + "\\" + std::to_string(ct.series.first_y_mm) + "\\" +
          std::to_string(ct.series.first_z_mm + slice * ct.series.spacing_mm));
  DcmItem& content = item_in(groups, DCM_FrameContentSequence);
  put(content, DCM_StackID, "1");
  const std::vector<Uint32> indices{1, static_cast<Uint32>(slice + 1), static_cast<Uint32>(copy + 1)};
  must(content.putAndInsertUint32(DCM_InStackPositionNumber, indices[1]), "number a frame");
  must(content.putAndInsertUint32Array(DCM_DimensionIndexValues, indices.data(), indices.size()), "index");
  ct.adjust_frame(groups, slice, copy);
}

// Slice and copy of a frame, from 0: neighbours in the object are no neighbours in the patient.
struct FramePlan {
  int slice = 0;
  int copy = 0;
};
inline FramePlan plan_of(const EnhancedCt& ct, int frame) {
  return {.slice = ((frame / ct.copies) * 37) % ct.series.slices, .copy = frame % ct.copies};
}

// `series.slices` must not be a multiple of 37. Returns the file.
inline std::filesystem::path write_enhanced(const EnhancedCt& ct, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  DcmFileFormat file;
  DcmDataset& dataset = *file.getDataset();
  fill_header(dataset, ct.series, 0);
  put(dataset,
      DCM_SOPClassUID,
      ct.legacy_converted ? UID_LegacyConvertedEnhancedCTImageStorage : UID_EnhancedCTImageStorage);
  put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
  share_groups(dataset, ct);
  name_dimensions(dataset);
  const int frames = ct.series.slices * ct.copies;
  put(dataset, DCM_NumberOfFrames, std::to_string(frames));
  std::vector<Uint16> words;
  for (int frame = 0; frame < frames; ++frame) {
    const FramePlan plan = plan_of(ct, frame);
    add_frame(dataset, ct, frame, plan.slice, plan.copy);
    for (int row = 0; row < ct.series.rows; ++row) {
      for (int column = 0; column < ct.series.columns; ++column)
        words.push_back(ct.word(column, row, plan.slice, plan.copy));
    }
  }
  must(dataset.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()), "insert pixels");
  ct.adjust(dataset);
  if (DcmXfer(ct.series.syntax).isEncapsulated()) {
    must(dataset.chooseRepresentation(ct.series.syntax, nullptr), "compress");
  }
  const std::filesystem::path path = folder / "enhanced.dcm";
  must(file.saveFile(path.c_str(), ct.series.syntax), "save");
  return path;
}

}  // namespace focalhip::test
