#include "dicom_sr/write_measurement_report.h"

#include <algorithm>
#include <stdexcept>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmsr/dsrdoc.h>

#include "dicom_sr/format_number.h"
#include "dicom_sr/object_header.h"
#include "dicom_sr/result_groups.h"
#include "dicom_sr/sr_tree.h"
#include "dicom_sr/write_measurement_groups.h"
#include "dicom_sr/write_qualitative_evaluations.h"

namespace focalhip {

namespace {

using Relation = SrTree::Relation;
constexpr Relation contains = DSRTypes::RT_contains;
constexpr Relation has_concept_mod = DSRTypes::RT_hasConceptMod;
constexpr Relation has_obs_context = DSRTypes::RT_hasObsContext;
constexpr Relation has_acq_context = DSRTypes::RT_hasAcqContext;

OFString of(std::string_view text) { return {text.data(), text.size()}; }

// TID 1204, 1001, 1002, 1004 and the procedure.
void write_document_context(SrTree& tree, const ResultStamp& stamp) {
  tree.code(has_concept_mod, codes::language, codes::english_us);
  tree.code(has_obs_context, codes::observer_type, codes::device);
  tree.uid(has_obs_context, codes::device_uid, checked_uid(stamp.node_uid, "the node"));
  const std::string node_name = stamp.node_name.empty() ? "unnamed" : stamp.node_name;
  tree.text(has_obs_context, codes::device_name, node_name);
  tree.text(has_obs_context, codes::device_manufacturer, std::string(manufacturer));
  tree.text(has_obs_context, codes::device_model, std::string(model_name));
  tree.text(has_obs_context, codes::device_serial, node_name);
  tree.code(has_concept_mod, codes::procedure_reported, codes::ct_unspecified_body_region);
}

// TID 1602 and 1604: what all images of the volume have in common.
void write_image_properties(SrTree& tree, const HipReport& report, const StudyContext& study) {
  const auto number = [&](const Code& name, double value, int decimals, const Code& unit) {
    tree.number(has_acq_context, name, decimal_text(value, decimals), unit);
  };
  tree.code(has_acq_context, codes::modality, codes::computed_tomography);
  tree.code(has_acq_context, codes::target_region, codes::femur);
  if (is_date(study.study_date)) tree.date(has_acq_context, codes::study_date, study.study_date);
  if (is_strict_uid(study.frame_of_reference_uid)) {
    tree.uid(has_acq_context, codes::frame_of_reference_uid, study.frame_of_reference_uid);
  }
  const VoxelGrid& grid = report.grid;
  if (!can_be_located(report, study)) return;  // refused before there was a volume
  number(codes::pixel_rows, grid.size[1], 0, codes::unit_pixels);
  number(codes::pixel_columns, grid.size[0], 0, codes::unit_pixels);
  number(codes::horizontal_spacing, grid.spacing_mm.x(), 4, codes::unit_mm);
  number(codes::vertical_spacing, grid.spacing_mm.y(), 4, codes::unit_mm);
  number(codes::slice_spacing, grid.spacing_mm.z(), 4, codes::unit_mm);
  const std::optional<double>& thickness_mm = report.acquisition.slice_thickness_mm;
  if (thickness_mm && *thickness_mm > 0.0 && *thickness_mm < 1000.0) {
    number(codes::slice_thickness, *thickness_mm, 3, codes::unit_mm);
  }
}

void write_image_library(SrTree& tree, const HipReport& report, const StudyContext& study) {
  if (study.sources.empty()) return;
  const auto write_group = [&] {
    write_image_properties(tree, report, study);
    for (const SourceInstance& source : distinct_objects(study)) tree.image(contains, source);
  };
  tree.container(codes::image_library, [&] { tree.container(codes::image_library_group, write_group); });
}

void write_tree(DSRDocumentTree& document_tree,
                const HipReport& report,
                const StudyContext& study,
                const ResultStamp& stamp,
                const SrRequest& request) {
  SrTree tree(document_tree, codes::imaging_measurement_report, "1500");
  write_document_context(tree, stamp);
  write_image_library(tree, report, study);
  const std::vector<ResultGroup> groups = result_groups(report);
  // A refused series may have a calibration but no place to show it.
  const bool has_groups = !groups.empty() && (!report.refusal || can_be_located(report, study));
  if (has_groups) write_measurement_groups(tree, groups, report, study, stamp, request.pages);
  write_qualitative_evaluations(tree, report, study);
}

// Pages of a multi-frame object are one instance.
bool is_first_of_its_object(const PageReference& page, const std::vector<PageReference>& pages) {
  const auto first = std::ranges::find_if(pages, [&](const PageReference& other) {
    return other.instance.sop_instance_uid == page.instance.sop_instance_uid;
  });
  return &*first == &page;
}

void write_evidence(DSRDocument& document, const StudyContext& study, const SrRequest& request) {
  DSRSOPInstanceReferenceList& evidence = document.getCurrentRequestedProcedureEvidence();
  const auto add = [&](const std::string& series_uid, const SourceInstance& instance) {
    require(evidence.addItem(of(checked_uid(study.study_instance_uid, "the study")),
                             of(checked_uid(series_uid, "a series")),
                             of(instance.sop_class_uid),
                             of(instance.sop_instance_uid),
                             OFFalse),  // foreign UIDs as they came, see sr_tree.cpp
            "list the evidence");
  };
  for (const SourceInstance& source : distinct_objects(study)) add(study.series_instance_uid, source);
  for (const PageReference& page : request.pages) {
    if (is_first_of_its_object(page, request.pages)) add(page.series_instance_uid, page.instance);
  }
}

void write_predecessors(DSRDocument& document, const StudyContext& study, const ResultStamp& stamp) {
  for (const PredecessorDocument& predecessor : stamp.predecessors) {
    require(document.getPredecessorDocuments().addItem(of(study.study_instance_uid),
                                                       of(predecessor.series_instance_uid),
                                                       of(predecessor.sop_class_uid),
                                                       of(predecessor.sop_instance_uid),
                                                       OFFalse),
            "list the predecessors");
  }
}

void write_coding_scheme(DSRDocument& document) {
  DSRCodingSchemeIdentificationList& schemes = document.getCodingSchemeIdentification();
  require(schemes.addItem(of(codes::own_scheme),
                          of(codes::own_scheme_uid),
                          of(codes::own_scheme_name),
                          of(codes::own_scheme_organization)),
          "name the coding scheme");
  require(schemes.setCodingSchemeVersion(of(codes::own_scheme_version)), "coding scheme version");
}

// PARTIAL with the reason as soon as something asked for is missing.
void write_completion(DSRDocument& document, const HipReport& report) {
  std::string missing;
  for (const FemurResult& femur : report.femurs) {
    const UnmeasuredFemur* unmeasured = femur.unmeasured();
    if (unmeasured == nullptr) continue;
    missing += missing.empty() ? "" : ", ";
    missing += std::string(name(femur.side)) + " " + std::string(code_string(unmeasured->reason.code));
  }
  if (report.refusal) {
    const std::string reason(code_string(report.refusal->code));
    require(document.setCompletionFlagDescription(of("Not analysed: " + reason)), "completion");
  } else if (!missing.empty()) {
    require(document.setCompletionFlagDescription(of(missing + " not measured")), "completion");
  } else {
    require(document.completeDocument("Automated analysis complete; unverified"), "completion");
  }
}

}  // namespace

EncodedObject write_measurement_report(const HipReport& report,
                                       const StudyContext& study,
                                       const ResultStamp& stamp,
                                       const SrRequest& request) {
  const bool is_3d = request.sr_class == SrClass::comprehensive_3d;
  DSRDocument document(is_3d ? DSRTypes::DT_Comprehensive3DSR : DSRTypes::DT_EnhancedSR);
  require(document.setPreliminaryFlag(DSRTypes::PF_Final), "preliminary flag");
  write_tree(document.getTree(), report, study, stamp, request);
  write_evidence(document, study, request);
  write_predecessors(document, study, stamp);
  write_coding_scheme(document);
  write_completion(document, report);

  DcmFileFormat file;
  DcmDataset& dataset = *file.getDataset();
  require(document.write(dataset), "write the SR document");
  const ObjectHeader header{.sop_class_uid = is_3d ? UID_Comprehensive3DSRStorage : UID_EnhancedSRStorage,
                            .sop_instance_uid = checked_uid(stamp.uid_for(request.role), request.role),
                            .series_instance_uid = checked_uid(stamp.uid_for("series/sr"), "series/sr"),
                            .modality = "SR",
                            .series_description = "FocalHip measurements (research)",
                            .series_number = stamp.first_series_number};
  write_object_header(dataset, header, study, stamp, report.software.version);

  EncodedObject object;
  object.part = "sr";
  object.file_name = request.file_name;
  object.sop_class_uid = header.sop_class_uid;
  object.sop_instance_uid = header.sop_instance_uid;
  object.bytes = part10_bytes(file);
  return object;
}

}  // namespace focalhip
