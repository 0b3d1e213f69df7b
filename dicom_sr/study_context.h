#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace focalhip {

// One image of the measured volume, in slice order of the volume (caudal to cranial).
struct SourceInstance {
  std::string sop_class_uid;
  std::string sop_instance_uid;
  int frame = 0;  // number from 1 in a multi-frame object; 0 = a single-frame one
};

// Where the source images lie when the volume was resampled from them (gantry tilt): image k's first pixel
// is at first_pixel_patient_mm + k * slice_step_mm, columns and rows follow the steps. Patient frame, mm.
struct SourceLattice {
  std::array<double, 3> first_pixel_patient_mm{};
  std::array<double, 3> column_step_mm{};
  std::array<double, 3> row_step_mm{};
  std::array<double, 3> slice_step_mm{};
  std::array<int, 3> size{};  // columns, rows, images
};

// A top-level attribute of the source, value bytes verbatim (source character set).
struct CopiedAttribute {
  std::uint16_t group = 0;
  std::uint16_t element = 0;
  std::string value;
};

// What every outgoing object copies from the source study, so that it files beside the CT.
// The character set is kept verbatim; our own text is ASCII, which every DICOM character set contains.
struct StudyContext {
  std::string specific_character_set;              // empty = default repertoire
  std::vector<CopiedAttribute> patient_and_study;  // Patient, General Study, Patient Study modules
  std::string study_instance_uid;
  std::string series_instance_uid;  // of the measured series
  std::string frame_of_reference_uid;
  std::string study_date;  // YYYYMMDD or empty
  // One for each slice of the volume, or of the lattice; an interpolated slice repeats its neighbour's.
  std::vector<SourceInstance> sources;
  std::optional<SourceLattice> resampled_from;  // absent: the sources are the slices of the report's grid
  std::vector<std::string> other_series;  // series of the study that were not measured, one plain line each
};

// The source objects, each once and as a whole: what libraries and evidence list.
[[nodiscard]] std::vector<SourceInstance> distinct_objects(const StudyContext& study);

struct PredecessorDocument {
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::string series_instance_uid;
};

// Who made the results, when, and under which identifiers. All dates come from the stored job, never from
// "now".
struct ResultStamp {
  std::string date;       // YYYYMMDD
  std::string time;       // HHMMSS
  std::string timezone;   // "+0100"
  std::string node_name;  // station name, the node's AE title
  std::string node_uid;   // device observer UID, 2.25....
  int first_series_number = 9600;
  // Deterministic UID of a role: SOP Instances "sc-1", "sc-1-single", "sr", "sr-enhanced", "sr-single",
  // "sr-enhanced-single"; series "series/sc", "series/sc-single", "series/sr"; tracking "tracking/R-FN" ...
  // (all in dicom_sr/README.md). "tracking/..." should depend on the study alone, so that a region keeps its
  // identity over re-runs.
  std::function<std::string(std::string_view role)> uid_for;
  std::vector<PredecessorDocument> predecessors;  // reports this one replaces
};

// One Part 10 file, ready to be stored or sent.
struct EncodedObject {
  // Objects with the same `part` say the same thing in different ways. A courier sends the first alternative
  // the peer accepts, in the order given. Parts are sent in the order given: pictures first, "sr" last.
  std::string part;
  std::string file_name;  // "sr.dcm", "sr-enhanced.dcm", "sc-1.dcm", "sc-1-single.dcm"
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::string bytes;
  // Objects of one part with the same number form one alternative and are sent together (single-frame pages).
  int alternative = 0;
  // SOP Instance UIDs of our own objects this one points to. A courier prefers the alternative whose
  // companions went to the same peer; ignoring this leaves a reference to a picture the peer does not have.
  std::vector<std::string> companions;
};

}  // namespace focalhip
