#include <array>

#include "testdata/simulator/image_modules.h"

// Enhanced CT and Legacy Converted Enhanced CT, PS3.3 A.38 and A.70: what all frames share stands in one
// item, position, stack and rescale in an item for each frame.
namespace focalhip::simulator {
namespace {

void put_double(DcmItem& item, const DcmTagKey& tag, double value) {
  check(item.putAndInsertFloat64(tag, value), "cannot set a number");
}
void put_long(DcmItem& item, const DcmTagKey& tag, Uint32 value) {
  check(item.putAndInsertUint32(tag, value), "cannot set a number");
}

// Image Type and Frame Type; the fourth value of multi-energy images as in PS3.3 C.8.2.1.1.1.4.
std::string volume_type(ImageContent content) {
  constexpr std::array<const char*, 4> contrasts{"NONE", "VMI", "MAT_SPECIFIC", "EFF_ATOMIC_NUM"};
  const std::string origin = content == ImageContent::ct_number ? "ORIGINAL" : "DERIVED";
  return origin + "\\PRIMARY\\VOLUME\\" + contrasts[static_cast<std::size_t>(content)];
}

void put_frame_type(DcmItem& item, const SeriesHeader& series) {
  put(item, DCM_FrameType, volume_type(series.traps.content));
  put(item, DCM_PixelPresentation, "MONOCHROME");
  put(item, DCM_VolumetricProperties, "VOLUME");
  put(item, DCM_VolumeBasedCalculationTechnique, "NONE");
}

void put_rescale(DcmItem& functional_groups, const SeriesHeader& series, const SeriesFrame& frame) {
  DcmItem& item = add_item(functional_groups, DCM_PixelValueTransformationSequence);
  put(item, DCM_RescaleIntercept, std::to_string(frame.intercept));
  put(item, DCM_RescaleSlope, frame.slope);
  put(item, DCM_RescaleType, rescale_type(series.traps.content));
}

// The functional groups of an original Enhanced CT that say how it was acquired.
void put_acquisition_groups(DcmItem& shared,
                            const Protocol& protocol,
                            const SeriesHeader& series,
                            const ScanGrid& grid) {
  DcmItem& type = add_item(shared, DCM_CTAcquisitionTypeSequence);
  put(type, DCM_AcquisitionType, "SPIRAL");
  put(type, DCM_ConstantVolumeFlag, "NO");
  put(type, DCM_FluoroscopyFlag, "NO");
  DcmItem& details = add_item(shared, DCM_CTAcquisitionDetailsSequence);
  put(details, DCM_RotationDirection, "CW");
  put_double(details, DCM_RevolutionTime, 0.5);
  put_double(details, DCM_SingleCollimationWidth, 0.5);
  put_double(details, DCM_TotalCollimationWidth, 32.0);
  put(details, DCM_TableHeight, 120.0);
  put(details, DCM_GantryDetectorTilt, protocol.gantry_tilt_deg);
  put(details, DCM_DataCollectionDiameter, protocol.field_of_view_mm);
  DcmItem& table = add_item(shared, DCM_CTTableDynamicsSequence);
  put_double(table, DCM_TableSpeed, 53.0);
  put_double(table, DCM_TableFeedPerRotation, 26.5);
  put_double(table, DCM_SpiralPitchFactor, 0.828);
  DcmItem& position = add_item(shared, DCM_CTPositionSequence);
  put_double(position, DCM_TablePosition, 0.0);
  const std::array<Float64, 3> centre{grid.isocentre_mm.x, grid.isocentre_mm.y, grid.isocentre_mm.z};
  for (const DcmTagKey& tag : {DCM_DataCollectionCenterPatient, DCM_ReconstructionTargetCenterPatient})
    check(position.putAndInsertFloat64Array(tag, centre.data(), centre.size()), "cannot set a centre");
  DcmItem& geometry = add_item(shared, DCM_CTGeometrySequence);
  put_double(geometry, DCM_DistanceSourceToDetector, 1072.0);
  put_double(geometry, DCM_DistanceSourceToDataCollectionCenter, 600.0);
  DcmItem& reconstruction = add_item(shared, DCM_CTReconstructionSequence);
  put(reconstruction, DCM_ReconstructionAlgorithm, "FILTER_BACK_PROJ");
  put(reconstruction, DCM_ConvolutionKernel, series.kernel);
  put(reconstruction, DCM_ConvolutionKernelGroup, "BODY");
  put(reconstruction, DCM_ReconstructionDiameter, protocol.field_of_view_mm);
  put(reconstruction,
      DCM_ReconstructionPixelSpacing,
      decimal_string(grid.pixel_mm) + '\\' + decimal_string(grid.pixel_mm));
  put_double(reconstruction, DCM_ReconstructionAngle, 360.0);
  put(reconstruction, DCM_ImageFilter, "NONE");
  DcmItem& exposure = add_item(shared, DCM_CTExposureSequence);
  put_double(exposure, DCM_ExposureTimeInms, 500.0);
  put_double(exposure, DCM_XRayTubeCurrentInmA, 250.0);
  put_double(exposure, DCM_ExposureInmAs, 125.0);
  put(exposure, DCM_ExposureModulationType, "NONE");
  DcmItem& tube = add_item(shared, DCM_CTXRayDetailsSequence);
  put(tube, DCM_KVP, protocol.tube_kvp);
  put_double(tube, DCM_FocalSpots, 1.2);
  put(tube, DCM_FilterType, "LARGE");
  put(tube, DCM_FilterMaterial, "ALUMINUM");
  put(add_item(shared, DCM_IrradiationEventIdentificationSequence),
      DCM_IrradiationEventUID,
      derived_uid(series.series_instance_uid + "/irradiation"));
}

void put_shared(DcmDataset& d,
                const Protocol& protocol,
                const SeriesHeader& series,
                const ScanGrid& grid,
                const SeriesFrame& first) {
  DcmItem& shared = add_item(d, DCM_SharedFunctionalGroupsSequence);
  DcmItem& measures = add_item(shared, DCM_PixelMeasuresSequence);
  put(measures, DCM_PixelSpacing, decimal_string(grid.pixel_mm) + '\\' + decimal_string(grid.pixel_mm));
  put(measures, DCM_SliceThickness, grid.slice_thickness_mm);
  put_orientation(add_item(shared, DCM_PlaneOrientationSequence), first);
  put_frame_type(add_item(shared, DCM_CTImageFrameTypeSequence), series);
  DcmItem& anatomy = add_item(shared, DCM_FrameAnatomySequence);
  put(anatomy, DCM_FrameLaterality, "B");
  put_code(anatomy, DCM_AnatomicRegionSequence, "12921003", "SCT", "Pelvis");
  if (!series.traps.changing_rescale) put_rescale(shared, series, first);
  DcmItem& window = add_item(shared, DCM_FrameVOILUTSequence);
  put(window, DCM_WindowCenter, "300");
  put(window, DCM_WindowWidth, "1500");
  if (series.object_kind == ObjectKind::legacy_converted_enhanced_ct) {
    DcmItem& converted = add_item(shared, DCM_UnassignedSharedConvertedAttributesSequence);
    put(converted, DCM_KVP, protocol.tube_kvp);
    put(converted, DCM_ConvolutionKernel, series.kernel);
    put(converted, DCM_ReconstructionDiameter, protocol.field_of_view_mm);
    return;
  }
  put_acquisition_groups(shared, protocol, series, grid);
}

void put_frame(DcmDataset& d,
               const StudyHeader& study,
               const SeriesHeader& series,
               const SeriesFrame& frame,
               Uint32 in_stack) {
  DcmItem& groups = add_item(d, DCM_PerFrameFunctionalGroupsSequence);
  DcmItem& content = add_item(groups, DCM_FrameContentSequence);
  const auto stack = static_cast<Uint32>(frame.acquisition - series.acquisition + 1);
  put(content, DCM_StackID, std::to_string(stack));
  put_long(content, DCM_InStackPositionNumber, in_stack);
  const std::array<Uint32, 2> index{stack, in_stack};
  check(content.putAndInsertUint32Array(DCM_DimensionIndexValues, index.data(), index.size()),
        "cannot set the dimension index");
  put(content, DCM_FrameAcquisitionNumber, static_cast<Uint16>(frame.acquisition));
  for (const DcmTagKey& tag : {DCM_FrameAcquisitionDateTime, DCM_FrameReferenceDateTime})
    put(content, tag, study.study_date + study.study_time);
  put_double(content, DCM_FrameAcquisitionDuration, 500.0);
  put_point(add_item(groups, DCM_PlanePositionSequence), DCM_ImagePositionPatient, frame.position_mm);
  if (series.traps.changing_rescale) put_rescale(groups, series, frame);
  if (series.object_kind == ObjectKind::legacy_converted_enhanced_ct) {
    DcmItem& source = add_item(groups, DCM_ConversionSourceAttributesSequence);
    put(source, DCM_ReferencedSOPClassUID, UID_CTImageStorage);
    put(source, DCM_ReferencedSOPInstanceUID, frame.sop_instance_uid);
    put(add_item(groups, DCM_UnassignedPerFrameConvertedAttributesSequence),
        DCM_InstanceNumber,
        std::to_string(frame.instance_number));
  }
}

void put_dimensions(DcmDataset& d, const SeriesHeader& series) {
  const std::string organization = derived_uid(series.series_instance_uid + "/dimensions");
  put(add_item(d, DCM_DimensionOrganizationSequence), DCM_DimensionOrganizationUID, organization);
  for (const DcmTagKey& pointer : {DCM_StackID, DCM_InStackPositionNumber}) {
    DcmItem& index = add_item(d, DCM_DimensionIndexSequence);
    put(index, DCM_DimensionOrganizationUID, organization);
    check(index.putAndInsertTagKey(DCM_DimensionIndexPointer, pointer), "cannot set a dimension");
    check(index.putAndInsertTagKey(DCM_FunctionalGroupPointer, DCM_FrameContentSequence),
          "cannot set a dimension");
  }
}

}  // namespace

std::filesystem::path write_multiframe_ct(const std::filesystem::path& folder,
                                          const HipParameters& hip,
                                          const Protocol& protocol,
                                          const StudyHeader& study,
                                          const SeriesHeader& series,
                                          const ScanGrid& grid,
                                          const std::vector<SeriesFrame>& frames) {
  const bool legacy = series.object_kind == ObjectKind::legacy_converted_enhanced_ct;
  DcmFileFormat file;
  DcmDataset& d = *file.getDataset();
  put(d, DCM_SOPClassUID, legacy ? UID_LegacyConvertedEnhancedCTImageStorage : UID_EnhancedCTImageStorage);
  put(d, DCM_SOPInstanceUID, derived_uid(series.series_instance_uid + "/multiframe"));
  put(d, DCM_ImageType, volume_type(series.traps.content));
  put_patient_and_study(d, hip, study);
  put_series_and_equipment(d, study, series);
  put(d, DCM_InstanceNumber, "1");
  put(d, DCM_AcquisitionNumber, std::to_string(series.acquisition));
  put(d, DCM_AcquisitionDateTime, study.study_date + study.study_time);
  put_double(d, DCM_AcquisitionDuration, 5000.0);
  put(d, DCM_ContentDate, study.study_date);
  put(d, DCM_ContentTime, study.study_time);
  put(d, DCM_ContentQualification, "PRODUCT");
  check(d.insertEmptyElement(DCM_AcquisitionContextSequence), "cannot set an empty sequence");
  put(d, DCM_PixelPresentation, "MONOCHROME");
  put(d, DCM_VolumetricProperties, "VOLUME");
  put(d, DCM_VolumeBasedCalculationTechnique, "NONE");
  put(d, DCM_PresentationLUTShape, "IDENTITY");
  put(d, DCM_BurnedInAnnotation, "NO");
  put(d, DCM_LossyImageCompression, "00");
  if (protocol.contrast || series.traps.contrast_tag) {
    put_code(d, DCM_ContrastBolusAgentSequence, "C-B0300", "SRT", "Iodine");
  }
  put_dimensions(d, series);
  put_shared(d, protocol, series, grid, frames.front());
  std::vector<Sint16> stored;
  stored.reserve(grid.slice_size() * frames.size());
  Uint32 in_stack = 0;
  int stack = frames.front().acquisition;
  for (const SeriesFrame& frame : frames) {
    in_stack = frame.acquisition == stack ? in_stack + 1 : 1;
    stack = frame.acquisition;
    put_frame(d, study, series, frame, in_stack);
    stored.insert(stored.end(), frame.stored.begin(), frame.stored.end());
  }
  put(d, DCM_NumberOfFrames, std::to_string(frames.size()));
  put_pixels(d, grid.columns, grid.rows, stored);
  if (protocol.padding && series.traps.padding_tag)
    check(d.putAndInsertSint16(DCM_PixelPaddingValue, stored_value(frames.front(), protocol.padding_hu)),
          "cannot set the padding value");
  if (series.traps.private_tags) put_private_tags(d);
  const std::filesystem::path path = folder / (series.file_prefix + "_0001.dcm");
  save(file, path, series.transfer_syntax);
  return path;
}

}  // namespace focalhip::simulator
