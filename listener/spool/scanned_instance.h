#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace focalhip {

// One frame of a multi-frame CT object as its functional groups describe it, its own before the shared ones;
// absent = empty or nullopt.
struct ScannedFrame {
  std::vector<std::string> frame_type;
  std::string stack;  // the same for frames that may form one volume: stack and dimensions but position
  std::string convolution_kernel;
  std::string rescale_type;
  std::string acquisition_date_time;
  std::optional<int> acquisition_number;
  std::optional<double> kvp;
  std::optional<double> gantry_tilt_deg;
  std::optional<double> slice_thickness_mm;
  std::optional<std::array<double, 2>> pixel_spacing_mm;
  std::optional<std::array<double, 3>> position_patient_mm;
  std::optional<std::array<double, 6>> orientation_patient;
  std::string pixel_digest;  // as that of an instance, of this frame; empty where frames cannot be told apart
};

// What our own bounded scanner reads from a DICOM file without any library: enough to route, group and judge
// completeness. Strings are trimmed, value bytes verbatim; absent = empty or nullopt. Never logged (patient
// data).
struct ScannedInstance {
  std::filesystem::path file;
  std::string transfer_syntax_uid;
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::string study_instance_uid;
  std::string series_instance_uid;
  std::string frame_of_reference_uid;
  std::string specific_character_set;
  std::string modality;
  std::vector<std::string> image_type;
  std::string series_description;
  std::string manufacturer_model;  // loop guard: our own objects
  std::string convolution_kernel;
  std::string patient_position;
  std::string photometric_interpretation;
  std::string rescale_type;
  std::optional<int> rows;
  std::optional<int> columns;
  std::optional<int> samples_per_pixel;
  std::optional<int> number_of_frames;
  std::optional<int> series_number;
  std::optional<int> instance_number;
  std::optional<int> acquisition_number;
  std::optional<int> images_in_acquisition;
  std::optional<int> series_related_instances;
  std::optional<double> kvp;
  std::optional<double> slice_thickness_mm;
  std::optional<double> gantry_tilt_deg;
  std::optional<std::array<double, 2>> pixel_spacing_mm;  // row spacing, column spacing
  std::optional<std::array<double, 3>> position_patient_mm;
  std::optional<std::array<double, 6>> orientation_patient;
  std::string acquisition_date_time;  // as in the header, for "latest"
  std::string content_date_time;
  bool is_monoenergetic = false;  // names an equivalent energy: a virtual image, not the tube's spectrum
  // Identity of the person and the order: a digest, so that a change can be noticed without keeping names.
  std::string identity_digest;       // hex SHA-256 of patient, accession and study attributes
  std::string accession_digest;      // hex SHA-256 of the trimmed accession number; empty = none
  std::string pixel_digest;          // hex SHA-256 of geometry-relevant attributes and pixel bytes as stored;
                                     // empty without pixels or with digest_pixels = false. Of compressed
                                     // pixels the compressed bytes, so it differs from the native one.
  std::vector<ScannedFrame> frames;  // of a multi-frame object with functional groups, in stored order
  // Set where this stands for one frame of such an object (group_volumes): number from 1, and its stack.
  int frame = 0;
  std::string stack;
  bool encapsulated = false;      // pixels are compressed
  std::uint64_t pixel_bytes = 0;  // as stored
  std::uint64_t file_bytes = 0;
};

// Why a file is not accepted, in words without patient data: "sequence nesting deeper than 64".
struct ScanProblem {
  enum class Kind { not_dicom, malformed, too_deep, too_large, unsupported };
  Kind kind = Kind::malformed;
  std::string detail;
};

struct ScanLimits {
  int nesting = 64;
  std::uint64_t file_bytes = 1ULL << 30;
  std::uint32_t header_value_bytes = 1U << 20;  // longest value read into memory
  bool digest_pixels = true;
};

// Walks the file once with bounded memory and depth (explicit/implicit little endian data sets; encapsulated
// pixel data is walked item by item). Never throws on content; I/O errors throw std::runtime_error.
[[nodiscard]] std::variant<ScannedInstance, ScanProblem> scan_instance(const std::filesystem::path& file,
                                                                       const ScanLimits& limits);

}  // namespace focalhip
