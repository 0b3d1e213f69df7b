#include "listener/spool/scan_values.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "listener/support/digest.h"

namespace focalhip {

namespace {

enum class Kind : std::uint8_t { text, uid, decimals, binary };
constexpr unsigned plain = 0;
constexpr unsigned identity = 1;  // who and which order
constexpr unsigned geometry = 2;  // where the pixels are and what their values mean

struct Wanted {
  DicomTag tag;
  Kind kind;
  unsigned use;
};

// Sorted by tag.
constexpr std::array wanted_attributes = {
    Wanted{0x00080005U, Kind::text, identity},      // Specific Character Set
    Wanted{0x00080008U, Kind::text, plain},         // Image Type
    Wanted{0x00080016U, Kind::uid, plain},          // SOP Class UID
    Wanted{0x00080018U, Kind::uid, plain},          // SOP Instance UID
    Wanted{0x00080020U, Kind::text, identity},      // Study Date
    Wanted{0x00080022U, Kind::text, plain},         // Acquisition Date
    Wanted{0x00080023U, Kind::text, plain},         // Content Date
    Wanted{0x0008002AU, Kind::text, plain},         // Acquisition DateTime
    Wanted{0x00080030U, Kind::text, identity},      // Study Time
    Wanted{0x00080032U, Kind::text, plain},         // Acquisition Time
    Wanted{0x00080033U, Kind::text, plain},         // Content Time
    Wanted{0x00080050U, Kind::text, identity},      // Accession Number
    Wanted{0x00080060U, Kind::text, plain},         // Modality
    Wanted{0x00080090U, Kind::text, identity},      // Referring Physician's Name
    Wanted{0x00081030U, Kind::text, identity},      // Study Description
    Wanted{0x0008103EU, Kind::text, plain},         // Series Description
    Wanted{0x00081090U, Kind::text, plain},         // Manufacturer's Model Name
    Wanted{0x00100010U, Kind::text, identity},      // Patient's Name
    Wanted{0x00100020U, Kind::text, identity},      // Patient ID
    Wanted{0x00100021U, Kind::text, identity},      // Issuer of Patient ID
    Wanted{0x00100030U, Kind::text, identity},      // Patient's Birth Date
    Wanted{0x00100040U, Kind::text, identity},      // Patient's Sex
    Wanted{0x00101000U, Kind::text, identity},      // Other Patient IDs
    Wanted{0x00101010U, Kind::text, identity},      // Patient's Age
    Wanted{0x00101020U, Kind::decimals, identity},  // Patient's Size
    Wanted{0x00101030U, Kind::decimals, identity},  // Patient's Weight
    Wanted{0x00180050U, Kind::decimals, geometry},  // Slice Thickness
    Wanted{0x00180060U, Kind::decimals, geometry},  // KVP
    Wanted{0x00181120U, Kind::decimals, geometry},  // Gantry/Detector Tilt
    Wanted{0x00181210U, Kind::text, geometry},      // Convolution Kernel
    Wanted{0x00185100U, Kind::text, geometry},      // Patient Position
    Wanted{0x0020000DU, Kind::uid, identity},       // Study Instance UID
    Wanted{0x0020000EU, Kind::uid, plain},          // Series Instance UID
    Wanted{0x00200010U, Kind::text, identity},      // Study ID
    Wanted{0x00200011U, Kind::decimals, plain},     // Series Number
    Wanted{0x00200012U, Kind::decimals, plain},     // Acquisition Number
    Wanted{0x00200013U, Kind::decimals, plain},     // Instance Number
    Wanted{0x00200032U, Kind::decimals, geometry},  // Image Position (Patient)
    Wanted{0x00200037U, Kind::decimals, geometry},  // Image Orientation (Patient)
    Wanted{0x00200052U, Kind::uid, plain},          // Frame of Reference UID
    Wanted{0x00201002U, Kind::decimals, plain},     // Images in Acquisition
    Wanted{0x00201209U, Kind::decimals, plain},     // Number of Series Related Instances
    Wanted{0x00280002U, Kind::binary, geometry},    // Samples per Pixel
    Wanted{0x00280004U, Kind::text, geometry},      // Photometric Interpretation
    Wanted{0x00280008U, Kind::decimals, geometry},  // Number of Frames
    Wanted{0x00280010U, Kind::binary, geometry},    // Rows
    Wanted{0x00280011U, Kind::binary, geometry},    // Columns
    Wanted{0x00280030U, Kind::decimals, geometry},  // Pixel Spacing
    Wanted{0x00280100U, Kind::binary, geometry},    // Bits Allocated
    Wanted{0x00280101U, Kind::binary, geometry},    // Bits Stored
    Wanted{0x00280102U, Kind::binary, geometry},    // High Bit
    Wanted{0x00280103U, Kind::binary, geometry},    // Pixel Representation
    Wanted{0x00280120U, Kind::binary, geometry},    // Pixel Padding Value
    Wanted{0x00280121U, Kind::binary, geometry},    // Pixel Padding Range Limit
    Wanted{0x00281052U, Kind::decimals, geometry},  // Rescale Intercept
    Wanted{0x00281053U, Kind::decimals, geometry},  // Rescale Slope
    Wanted{0x00281054U, Kind::text, geometry},      // Rescale Type
};

const Wanted* find_wanted(DicomTag tag) {
  const auto* const found = std::lower_bound(
      wanted_attributes.begin(), wanted_attributes.end(), tag, [](const Wanted& entry, DicomTag wanted_tag) {
        return entry.tag < wanted_tag;
      });
  return found != wanted_attributes.end() && found->tag == tag ? found : nullptr;
}

std::string canonical(const Wanted& attribute, std::string_view value) {
  if (attribute.kind == Kind::binary) return std::string(value);
  if (attribute.kind == Kind::decimals) return canonical_decimals(value);
  return trimmed(value);
}

}  // namespace

bool ScanValues::wants(DicomTag tag) { return find_wanted(tag) != nullptr; }

std::string_view ScanValues::raw(DicomTag tag) const {
  const auto found = raw_.find(tag);
  return found == raw_.end() ? std::string_view() : std::string_view(found->second);
}

std::string ScanValues::text(DicomTag tag) const { return trimmed(raw(tag)); }

std::string ScanValues::problem() const {
  for (const auto& [tag, value] : raw_) {
    if (find_wanted(tag)->kind != Kind::uid) continue;
    const std::string uid = trimmed(value);
    if (!uid.empty() && !is_valid_uid(uid)) return "attribute " + tag_text(tag) + " is not a UID";
  }
  return {};
}

std::string ScanValues::identity_digest() const {
  Sha256 sha;
  for (const Wanted& attribute : wanted_attributes)
    if ((attribute.use & identity) != 0) sha.update_field(canonical(attribute, raw(attribute.tag)));
  return sha.finish_hex();
}

std::string ScanValues::geometry_text() const {
  std::string all;
  for (const Wanted& attribute : wanted_attributes) {
    if ((attribute.use & geometry) == 0) continue;
    const std::string value = canonical(attribute, raw(attribute.tag));
    all += tag_text(attribute.tag) + std::to_string(value.size()) + ":" + value;
  }
  return all;
}

void ScanValues::fill(ScannedInstance& instance) const {
  instance.sop_class_uid = text(0x00080016U);
  instance.sop_instance_uid = text(0x00080018U);
  instance.study_instance_uid = text(0x0020000DU);
  instance.series_instance_uid = text(0x0020000EU);
  instance.frame_of_reference_uid = text(0x00200052U);
  instance.specific_character_set = text(0x00080005U);
  instance.modality = text(0x00080060U);
  if (!raw(0x00080008U).empty()) instance.image_type = components(raw(0x00080008U));
  instance.series_description = text(0x0008103EU);
  instance.manufacturer_model = text(0x00081090U);
  instance.convolution_kernel = text(0x00181210U);
  instance.patient_position = text(0x00185100U);
  instance.photometric_interpretation = text(0x00280004U);
  instance.rescale_type = text(0x00281054U);
  instance.rows = unsigned_short(raw(0x00280010U));
  instance.columns = unsigned_short(raw(0x00280011U));
  instance.samples_per_pixel = unsigned_short(raw(0x00280002U));
  instance.number_of_frames = first_integer(raw(0x00280008U));
  instance.series_number = first_integer(raw(0x00200011U));
  instance.instance_number = first_integer(raw(0x00200013U));
  instance.acquisition_number = first_integer(raw(0x00200012U));
  instance.images_in_acquisition = first_integer(raw(0x00201002U));
  instance.series_related_instances = first_integer(raw(0x00201209U));
  instance.kvp = first_decimal(raw(0x00180060U));
  instance.slice_thickness_mm = first_decimal(raw(0x00180050U));
  instance.gantry_tilt_deg = first_decimal(raw(0x00181120U));
  instance.pixel_spacing_mm = decimals<2>(raw(0x00280030U));
  instance.position_patient_mm = decimals<3>(raw(0x00200032U));
  instance.orientation_patient = decimals<6>(raw(0x00200037U));
  instance.acquisition_date_time =
      has(0x0008002AU) ? text(0x0008002AU) : text(0x00080022U) + text(0x00080032U);
  instance.content_date_time = text(0x00080023U) + text(0x00080033U);
  instance.identity_digest = identity_digest();
  if (const std::string accession = text(0x00080050U); !accession.empty())
    instance.accession_digest = sha256_hex(accession);
}

}  // namespace focalhip
