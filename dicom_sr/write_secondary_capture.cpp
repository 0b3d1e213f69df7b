#include "dicom_sr/write_secondary_capture.h"

#include <stdexcept>

#include "dicom_sr/object_header.h"

namespace focalhip {

namespace {

constexpr std::string_view series_description = "FocalHip summary (research)";

void write_sources(DcmItem& dataset, const StudyContext& study) {
  if (study.sources.empty()) return;
  DcmItem& series = append_item(dataset, DCM_ReferencedSeriesSequence);
  put(series, DCM_SeriesInstanceUID, study.series_instance_uid);
  for (const SourceInstance& source : distinct_objects(study)) {
    DcmItem& instance = append_item(series, DCM_ReferencedInstanceSequence);
    put(instance, DCM_ReferencedSOPClassUID, source.sop_class_uid);
    put(instance, DCM_ReferencedSOPInstanceUID, source.sop_instance_uid);

    DcmItem& image = append_item(dataset, DCM_SourceImageSequence);
    put(image, DCM_ReferencedSOPClassUID, source.sop_class_uid);
    put(image, DCM_ReferencedSOPInstanceUID, source.sop_instance_uid);
    put_code(append_item(image, DCM_PurposeOfReferenceCodeSequence), codes::source_for_processing);
  }
}

// SC Equipment and General Image. BodyPartExamined is PELVIS, not HIP: the page shows both sides and HIP
// would ask for one laterality. A rendering is not measurable, so there is no pixel spacing.
void write_capture(DcmItem& dataset, const HipReport& report, const ResultStamp& stamp) {
  put(dataset, DCM_BodyPartExamined, "PELVIS");
  put(dataset, DCM_ConversionType, "WSD");
  put(dataset, DCM_DateOfSecondaryCapture, stamp.date);
  put(dataset, DCM_TimeOfSecondaryCapture, stamp.time);
  put(dataset, DCM_SecondaryCaptureDeviceManufacturer, manufacturer);
  put(dataset, DCM_SecondaryCaptureDeviceManufacturerModelName, model_name);
  put(dataset, DCM_SecondaryCaptureDeviceSoftwareVersions, short_ascii(report.software.version, 64));

  put(dataset, DCM_ImageType, "DERIVED\\SECONDARY");
  put(dataset, DCM_PatientOrientation, "");
  put(dataset,
      DCM_DerivationDescription,
      report.refusal ? "Report page: series not analysed, with the reason. Research use only."
                     : "Report page: QCT densitometry of the proximal femora. Research use only.");
  put(dataset, DCM_ImageComments, research_statement);
  put(dataset, DCM_BurnedInAnnotation, "NO");  // nothing that identifies the patient is drawn
  put(dataset, DCM_RecognizableVisualFeatures, "NO");
  put(dataset, DCM_LossyImageCompression, "00");
}

void write_pixels(DcmItem& dataset, std::span<const Page> pages) {
  const Rgb8Image& first = pages[0].image;
  std::vector<std::uint8_t> pixels;
  for (const Page& page : pages) {
    if (page.image.columns != first.columns || page.image.rows != first.rows) {
      throw std::runtime_error("pages of one object differ in size");
    }
    pixels.insert(pixels.end(), page.image.rgb.begin(), page.image.rgb.end());
  }
  const std::size_t expected =
      pages.size() * 3U * static_cast<std::size_t>(first.columns) * static_cast<std::size_t>(first.rows);
  if (pixels.size() != expected) throw std::runtime_error("a page does not fill its size");
  put(dataset, DCM_SamplesPerPixel, std::uint16_t{3});
  put(dataset, DCM_PhotometricInterpretation, "RGB");
  put(dataset, DCM_PlanarConfiguration, std::uint16_t{0});
  put(dataset, DCM_Rows, static_cast<std::uint16_t>(first.rows));
  put(dataset, DCM_Columns, static_cast<std::uint16_t>(first.columns));
  put(dataset, DCM_BitsAllocated, std::uint16_t{8});
  put(dataset, DCM_BitsStored, std::uint16_t{8});
  put(dataset, DCM_HighBit, std::uint16_t{7});
  put(dataset, DCM_PixelRepresentation, std::uint16_t{0});
  if (pixels.size() % 2 != 0) pixels.push_back(0);
  require(
      dataset.putAndInsertUint8Array(DCM_PixelData, pixels.data(), static_cast<unsigned long>(pixels.size())),
      "write PixelData");
}

// The vectors that label frames are only allowed for more than one frame (PS3.3 C.7.6.6).
void write_frames(DcmItem& dataset, std::span<const Page> pages) {
  put(dataset, DCM_NumberOfFrames, std::to_string(pages.size()));
  if (pages.size() < 2) return;
  DcmAttributeTag* pointer = new DcmAttributeTag(DCM_FrameIncrementPointer);
  require(dataset.insert(pointer, OFTrue), "write FrameIncrementPointer");
  require(pointer->putTagVal(DCM_PageNumberVector, 0), "write FrameIncrementPointer");
  require(pointer->putTagVal(DCM_FrameLabelVector, 1), "write FrameIncrementPointer");
  std::string numbers;
  std::string labels;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (pages[i].label.size() > 16) throw std::runtime_error("a frame label is longer than 16 characters");
    const char* separator = i == 0 ? "" : "\\";
    numbers.append(separator).append(std::to_string(i + 1));
    labels.append(separator).append(pages[i].label);
  }
  put(dataset, DCM_PageNumberVector, numbers);
  put(dataset, DCM_FrameLabelVector, labels);
}

SecondaryCaptureObject finish(DcmFileFormat& file,
                              const ObjectHeader& header,
                              const std::string& file_name,
                              int frame,
                              const HipReport& report,
                              const StudyContext& study,
                              const ResultStamp& stamp) {
  DcmDataset& dataset = *file.getDataset();
  write_object_header(dataset, header, study, stamp, report.software.version);
  write_capture(dataset, report, stamp);
  write_sources(dataset, study);
  SecondaryCaptureObject result;
  result.object.part = "sc";
  result.object.file_name = file_name;
  result.object.sop_class_uid = header.sop_class_uid;
  result.object.sop_instance_uid = header.sop_instance_uid;
  result.object.bytes = part10_bytes(file);
  result.reference = {.instance = {header.sop_class_uid, header.sop_instance_uid},
                      .series_instance_uid = header.series_instance_uid,
                      .frame = frame};
  return result;
}

ObjectHeader header_of(const std::string& sop_class,
                       const std::string& role,
                       const std::string& series_role,
                       const ResultStamp& stamp) {
  ObjectHeader header;
  header.sop_class_uid = sop_class;
  header.sop_instance_uid = checked_uid(stamp.uid_for(role), role);
  header.series_instance_uid = checked_uid(stamp.uid_for(series_role), series_role);
  header.modality = "OT";
  header.series_description = series_description;
  return header;
}

}  // namespace

SecondaryCaptureObject write_multiframe_capture(std::span<const Page> pages,
                                                const HipReport& report,
                                                const StudyContext& study,
                                                const ResultStamp& stamp) {
  if (pages.empty()) throw std::runtime_error("a secondary capture needs a page");
  ObjectHeader header =
      header_of(UID_MultiframeTrueColorSecondaryCaptureImageStorage, "sc-1", "series/sc", stamp);
  header.series_number = stamp.first_series_number + 1;
  DcmFileFormat file;
  write_frames(*file.getDataset(), pages);
  write_pixels(*file.getDataset(), pages);
  SecondaryCaptureObject result = finish(file, header, "sc-1.dcm", 1, report, study, stamp);
  return result;
}

SecondaryCaptureObject write_single_capture(const Page& page,
                                            int number,
                                            const HipReport& report,
                                            const StudyContext& study,
                                            const ResultStamp& stamp) {
  const std::string role = "sc-" + std::to_string(number) + "-single";
  ObjectHeader header = header_of(UID_SecondaryCaptureImageStorage, role, "series/sc-single", stamp);
  header.series_number = stamp.first_series_number + 2;
  header.instance_number = number;
  DcmFileFormat file;
  write_pixels(*file.getDataset(), std::span(&page, 1));
  return finish(file, header, role + ".dcm", 0, report, study, stamp);
}

}  // namespace focalhip
