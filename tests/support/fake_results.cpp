#include "tests/support/fake_results.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "dicom_sr/dataset.h"
#include "tests/support/fake_femur.h"

namespace focalhip::test {

namespace {

VoiMeasurement voi(double abmd_mg_cm2, double area_mm2, double vbmd_mg_cm3, double volume_mm3) {
  return {.abmd_mg_cm2 = abmd_mg_cm2,
          .area_mm2 = area_mm2,
          .bmc_mg = abmd_mg_cm2 * area_mm2 / 100.0,
          .vbmd_mg_cm3 = vbmd_mg_cm3,
          .trabecular_vbmd_mg_cm3 = vbmd_mg_cm3 * 0.42,
          .cortical_vbmd_mg_cm3 = vbmd_mg_cm3 * 2.6,
          .volume_mm3 = volume_mm3};
}

FemurMeasurement femur(Side side) {
  const double scale = side == Side::right ? 1.0 : 0.97;
  FemurMeasurement result;
  result.side = side;
  result.frame.head_centre_patient_mm = head_centre_patient_mm(side);
  result.frame.head_radius_mm = head_radius_mm;
  result.frame.neck_point_patient_mm = head_centre_patient_mm(side);
  result.frame.neck_shaft_angle_rad = 128.4 * std::numbers::pi / 180.0;
  result.frame.joint_space_p05_mm = 3.1;
  result.voi = draw_vois(side);
  result.frame.patient_axes.col(0) = Eigen::Vector3d(side == Side::right ? -1.0 : 1.0, 0.0, 0.0);
  result.frame.patient_axes.col(1) = Eigen::Vector3d(0.0, -1.0, 0.0);
  result.mask = {.side = side, .mask = result.voi, .surface_distance_mm = {}};
  for (std::uint8_t& label : result.mask.mask.label) label = label != 0 ? 1 : 0;
  result.vois = {voi(612.4 * scale, 521.0, 248.6 * scale, 14870.0),
                 voi(548.8 * scale, 1123.0, 176.1 * scale, 35110.0),
                 voi(871.2 * scale, 2046.0, 289.9 * scale, 60480.0),
                 voi(739.5 * scale, 3690.0, 250.3 * scale, 110460.0)};
  result.projection = draw_projection(side);
  result.grade = Grade::b;
  result.notes = {{NoteCode::short_distal_coverage, "21 mm below the lesser trochanter, 25 mm needed"}};
  return result;
}

Calibration calibration() {
  Calibration result;
  result.phantom = "mindways-3";
  result.sigma_ct_hu_per_mg_cm3 = 1.2531;
  result.beta_ct_hu = -10.12;
  result.r_squared = 0.99981;
  result.residual_max_hu = 5.61;
  result.residual_sd_hu = 3.02;
  result.ha_per_k2hpo4 = 1.031;
  result.in_plane_psf_sigma_mm = 0.53;
  for (int i = 0; i < 5; ++i) {
    RodMeasurement rod;
    rod.name = std::string(1, static_cast<char>('A' + i));
    rod.centre_patient_mm = {-60.0 + 30.0 * i, 110.0, 80.0};
    result.rods.push_back(rod);
  }
  return result;
}

HipReport scan() {
  HipReport report;
  report.software.version = "0.1.0";
  report.subject.sex = Sex::female;
  report.subject.age_years = 72.0;
  report.acquisition.kvp = 120.0;
  report.acquisition.slice_thickness_mm = 1.0;
  report.grid = scan_grid();
  report.notes = {{NoteCode::atlas_none, ""}};
  report.pictures = {draw_coronal(), draw_axial()};
  report.parameters = {"phantom=mindways-3", "neck_band_mm=15"};
  return report;
}

UnmeasuredFemur unmeasured(Side side, RefusalCode code, const std::string& detail) {
  return {.reason = {code, detail},
          .head_centre_patient_mm = head_centre_patient_mm(side),
          .head_radius_mm = head_radius_mm,
          .notes = {}};
}

void erase_mask(HipReport& report, std::uint8_t label) {
  for (SlicePicture& picture : report.pictures) {
    std::replace(picture.mask.begin(), picture.mask.end(), label, std::uint8_t{0});
  }
}

}  // namespace

HipReport both_sides_report() {
  static const HipReport drawn_once = [] {
    HipReport report = scan();
    report.grade = Grade::b;
    report.calibration = calibration();
    for (const Side side : {Side::right, Side::left}) {
      report.femurs.push_back({.side = side,
                               .used_for_atlas = side == Side::right,
                               .cortex = draw_cortex(side),
                               .outcome = femur(side),
                               .pictures = draw_femur_pictures(side)});
    }
    return report;
  }();
  return drawn_once;
}

HipReport asynchronous_report() {
  HipReport report = both_sides_report();
  Calibration& calibration = *report.calibration;
  calibration.method = CalibrationMethod::asynchronous;
  calibration.source = CalibrationSource{
      .date = "20260101", .age_days = 11, .series_instance_uid = "1.2.826.0.1.3680043.9999.77"};
  calibration.r_squared.reset();
  calibration.residual_max_hu.reset();
  calibration.residual_sd_hu.reset();
  calibration.rods.clear();
  calibration.grade = Grade::b;
  calibration.notes = {
      {NoteCode::calibration_asynchronous, "phantom mindways-3 scanned on 20260101, 11 days before"}};
  return report;
}

HipReport internal_report() {
  HipReport report = asynchronous_report();
  Calibration& calibration = *report.calibration;
  calibration.method = CalibrationMethod::internal;
  calibration.phantom.clear();
  calibration.source.reset();
  calibration.in_plane_psf_sigma_mm.reset();
  calibration.density_uncertainty = 0.10;
  calibration.grade = report.grade = Grade::c;
  calibration.notes = {{NoteCode::calibration_internal, "air -1000, fat -98, muscle 54 HU; beam 71.0 keV"}};
  return report;
}

HipReport one_side_report() {
  HipReport report = both_sides_report();
  report.femurs[0].used_for_atlas = false;
  report.femurs[0].cortex.reset();
  report.femurs[0].pictures.resize(3);
  for (FemurPicture& picture : report.femurs[0].pictures) {
    picture.outline.clear();
    picture.voi_borders.clear();
    picture.voi_at = {};
  }
  report.femurs[1].used_for_atlas = true;
  report.femurs[0].outcome =
      unmeasured(Side::right, RefusalCode::metal, "implant of 31 cm3 above 3000 HU within 5 mm of the femur");
  report.notes.push_back({NoteCode::side_refused, "right femur"});
  erase_mask(report, 1);
  return report;
}

HipReport refused_report_with_pictures() {
  HipReport report = scan();
  report.grade = Grade::r;
  report.refusal = NotMeasured{RefusalCode::no_phantom,
                               "no row of rods found between the patient and the table on any of 180 slices"};
  report.notes.push_back({NoteCode::contrast_agent, "Contrast/Bolus Agent is present in the header"});
  report.notes.push_back({NoteCode::short_distal_coverage, "4 mm below the lesser trochanter, 25 mm needed"});
  for (const Side side : {Side::right, Side::left}) {
    report.femurs.push_back({.side = side,
                             .used_for_atlas = false,
                             .cortex = {},
                             .outcome = unmeasured(side, RefusalCode::no_phantom, "not calibrated")});
  }
  erase_mask(report, 1);
  erase_mask(report, 2);
  return report;
}

HipReport refused_report_with_calibration() {
  HipReport report = refused_report_with_pictures();
  report.refusal = NotMeasured{RefusalCode::no_intact_side, "both femora end too high"};
  report.calibration = calibration();
  for (FemurResult& femur : report.femurs) {
    std::get<UnmeasuredFemur>(femur.outcome).reason = {RefusalCode::coverage,
                                                       "ends 4 mm below the trochanter"};
  }
  return report;
}

HipReport refused_report_without_volume() {
  HipReport report;
  report.software.version = "0.1.0";
  report.grade = Grade::r;
  report.refusal = NotMeasured{RefusalCode::not_axial, "the series is a localizer"};
  return report;
}

HipReport missing_values_report() {
  HipReport report = both_sides_report();
  FemurMeasurement& right = std::get<FemurMeasurement>(report.femurs[0].outcome);
  right.vois[0] = {};
  right.vois[1].vbmd_mg_cm3 = std::numeric_limits<double>::quiet_NaN();
  right.vois[2].volume_mm3 = std::numeric_limits<double>::infinity();
  right.frame.joint_space_p05_mm.reset();
  std::fill(right.voi.label.begin(), right.voi.label.end(), std::uint8_t{0});
  report.calibration->in_plane_psf_sigma_mm.reset();
  return report;
}

HipReport crowded_report() {
  HipReport report = both_sides_report();
  const std::string detail =
      "a detail that explains at some length what was found in these images and what would have been needed "
      "instead, so that the reader understands why the grade is lower than it might be, "
      "AVeryLongWordWithoutAnyBlankThatCannotBeBrokenAtABlankAndIsLongerThanTheColumnOfThePageItself";
  for (int i = 0; i <= static_cast<int>(NoteCode::side_refused); ++i) {
    report.notes.push_back({static_cast<NoteCode>(i), detail});
  }
  FemurMeasurement& left = std::get<FemurMeasurement>(report.femurs[1].outcome);
  left.vois[3] = voi(9.9e9, 9.9e7, -9.9e9, 9.9e9);
  report.calibration->beta_ct_hu = -1.0e6;
  report.calibration->phantom = "a-phantom-with-a-name-that-is-much-longer-than-any-phantom-we-know";
  report.software.version = "0.1.0-rc.12+20261123.deadbeef";
  report.subject.age_years = 101.0;
  return report;
}

StudyContext study_of(const HipReport& report) {
  StudyContext study;
  study.specific_character_set = "ISO_IR 100";
  study.patient_and_study = {{0x0010, 0x0010, std::string(patient_name)},
                             {0x0010, 0x0020, std::string(patient_id)},
                             {0x0010, 0x0030, std::string(birth_date)},
                             {0x0010, 0x0040, "F"},
                             {0x0010, 0x1010, "072Y"},
                             {0x0010, 0x1030, "61.5"},
                             {0x0008, 0x0020, "20261121"},
                             {0x0008, 0x0030, "101112"},
                             {0x0008, 0x0050, "ACC-99"},
                             {0x0008, 0x0090, ""},
                             {0x0008, 0x1030, "CT HIP QCT"},
                             {0x0020, 0x0010, "S1"}};
  study.study_instance_uid = "1.2.826.0.1.3680043.10.5432.1";
  study.series_instance_uid = "1.2.826.0.1.3680043.10.5432.1.2";
  study.frame_of_reference_uid = "1.2.826.0.1.3680043.10.5432.1.3";
  study.study_date = "20261121";
  study.other_series = {"series 3 (2.50 mm, FC30): thicker slices"};
  const int count = report.grid.size[2] > 0 ? report.grid.size[2] : 10;
  for (int i = 0; i < count; ++i) {
    study.sources.push_back({UID_CTImageStorage, study.series_instance_uid + "." + std::to_string(i + 1)});
  }
  return study;
}

ResultStamp stamp_with(std::string salt) {
  ResultStamp stamp;
  stamp.date = "20261123";
  stamp.time = "142530";
  stamp.timezone = "+0800";
  stamp.node_name = "FOCALHIP";
  stamp.node_uid = "2.25.271828182845904523536028747135266249";
  stamp.uid_for = [salt = std::move(salt)](std::string_view role) {
    std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a
    for (const char c : salt + "/" + std::string(role)) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    std::string uid = "2.25.";
    return uid.append(std::to_string(hash));
  };
  return stamp;
}

std::vector<std::string> source_files(const StudyContext& study, const HipReport& report) {
  std::vector<std::string> files;
  for (std::size_t i = 0; i < study.sources.size(); ++i) {
    DcmFileFormat file;
    DcmDataset& dataset = *file.getDataset();
    put(dataset, DCM_SpecificCharacterSet, study.specific_character_set);
    for (const DcmTagKey& tag : {DCM_StudyTime, DCM_StudyID, DCM_ReferringPhysicianName})
      put(dataset, tag, "");
    for (const CopiedAttribute& copied : study.patient_and_study) {
      put(dataset, DcmTagKey(copied.group, copied.element), copied.value);
    }
    put(dataset, DCM_StudyInstanceUID, study.study_instance_uid);
    put(dataset, DCM_SeriesInstanceUID, study.series_instance_uid);
    put(dataset, DCM_SOPClassUID, study.sources[i].sop_class_uid);
    put(dataset, DCM_SOPInstanceUID, study.sources[i].sop_instance_uid);
    put(dataset, DCM_FrameOfReferenceUID, study.frame_of_reference_uid);
    put(dataset, DCM_PositionReferenceIndicator, "");
    put(dataset, DCM_Modality, "CT");
    put(dataset, DCM_Manufacturer, "TEST");
    put(dataset, DCM_SeriesNumber, "2");
    put(dataset, DCM_InstanceNumber, std::to_string(i + 1));
    put(dataset, DCM_AcquisitionNumber, "1");
    put(dataset, DCM_KVP, "120");
    put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
    put(dataset, DCM_BodyPartExamined, "PELVIS");
    put(dataset, DCM_PatientPosition, "HFS");
    put(dataset, DCM_PixelSpacing, "0.9\\0.9");
    put(dataset, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    const double z_mm = report.grid.origin_patient_mm.z() + static_cast<double>(i);
    put(dataset, DCM_ImagePositionPatient, "-230\\-230\\" + std::to_string(static_cast<int>(z_mm)));
    put(dataset, DCM_SliceThickness, "1");
    put(dataset, DCM_RescaleIntercept, "-1024");
    put(dataset, DCM_RescaleSlope, "1");
    put(dataset, DCM_RescaleType, "HU");
    put(dataset, DCM_PhotometricInterpretation, "MONOCHROME2");
    put(dataset, DCM_SamplesPerPixel, std::uint16_t{1});
    put(dataset, DCM_Rows, std::uint16_t{4});
    put(dataset, DCM_Columns, std::uint16_t{4});
    put(dataset, DCM_BitsAllocated, std::uint16_t{16});
    put(dataset, DCM_BitsStored, std::uint16_t{16});
    put(dataset, DCM_HighBit, std::uint16_t{15});
    put(dataset, DCM_PixelRepresentation, std::uint16_t{0});
    const std::vector<Uint16> pixels(16, 1000);
    require(dataset.putAndInsertUint16Array(DCM_PixelData, pixels.data(), 16), "source pixels");
    files.push_back(part10_bytes(file));
  }
  return files;
}

}  // namespace focalhip::test
