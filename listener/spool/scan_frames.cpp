#include "listener/spool/scan_frames.h"

#include <algorithm>
#include <array>
#include <set>

namespace focalhip {

namespace {

enum class Kind : std::uint8_t { text, decimals, binary };

struct Wanted {
  DicomTag macro;
  DicomTag attribute;
  Kind kind;
  bool is_geometry;
};

constexpr DicomTag ct_acquisition_details = 0x00189304U;
constexpr DicomTag ct_reconstruction = 0x00189314U;
constexpr DicomTag ct_xray_details = 0x00189325U;
constexpr DicomTag ct_image_frame_type = 0x00189329U;
constexpr DicomTag frame_content = 0x00209111U;
constexpr DicomTag plane_position = 0x00209113U;
constexpr DicomTag plane_orientation = 0x00209116U;
constexpr DicomTag converted_shared = 0x00209170U;
constexpr DicomTag converted_per_frame = 0x00209171U;
constexpr DicomTag pixel_measures = 0x00289110U;
constexpr DicomTag pixel_value_transformation = 0x00289145U;

constexpr DicomTag kvp = 0x00180060U;
constexpr DicomTag slice_thickness = 0x00180050U;
constexpr DicomTag gantry_tilt = 0x00181120U;
constexpr DicomTag convolution_kernel = 0x00181210U;
constexpr DicomTag acquisition_number = 0x00200012U;
constexpr DicomTag position = 0x00200032U;
constexpr DicomTag orientation = 0x00200037U;
constexpr DicomTag pixel_spacing = 0x00280030U;
constexpr DicomTag rescale_intercept = 0x00281052U;
constexpr DicomTag rescale_slope = 0x00281053U;
constexpr DicomTag rescale_type = 0x00281054U;
constexpr DicomTag frame_type = 0x00089007U;
constexpr DicomTag frame_acquisition_date_time = 0x00189074U;
constexpr DicomTag stack_id = 0x00209056U;
constexpr DicomTag in_stack_position = 0x00209057U;
constexpr DicomTag frame_acquisition_number = 0x00209156U;
constexpr DicomTag dimension_index_values = 0x00209157U;

constexpr std::array wanted_attributes = {
    Wanted{ct_acquisition_details, gantry_tilt, Kind::decimals, true},
    Wanted{ct_reconstruction, convolution_kernel, Kind::text, true},
    Wanted{ct_xray_details, kvp, Kind::decimals, true},
    Wanted{ct_image_frame_type, frame_type, Kind::text, false},
    Wanted{frame_content, frame_acquisition_date_time, Kind::text, false},
    Wanted{frame_content, stack_id, Kind::text, false},
    Wanted{frame_content, frame_acquisition_number, Kind::binary, false},
    Wanted{frame_content, dimension_index_values, Kind::binary, false},
    Wanted{plane_position, position, Kind::decimals, true},
    Wanted{plane_orientation, orientation, Kind::decimals, true},
    Wanted{pixel_measures, slice_thickness, Kind::decimals, true},
    Wanted{pixel_measures, pixel_spacing, Kind::decimals, true},
    Wanted{pixel_value_transformation, rescale_intercept, Kind::decimals, true},
    Wanted{pixel_value_transformation, rescale_slope, Kind::decimals, true},
    Wanted{pixel_value_transformation, rescale_type, Kind::text, true},
    Wanted{converted_shared, kvp, Kind::decimals, true},
    Wanted{converted_shared, gantry_tilt, Kind::decimals, true},
    Wanted{converted_shared, convolution_kernel, Kind::text, true},
    Wanted{converted_shared, acquisition_number, Kind::decimals, false},
    Wanted{converted_per_frame, kvp, Kind::decimals, true},
    Wanted{converted_per_frame, gantry_tilt, Kind::decimals, true},
    Wanted{converted_per_frame, convolution_kernel, Kind::text, true},
    Wanted{converted_per_frame, acquisition_number, Kind::decimals, false},
};

bool is_position(DicomTag pointer) { return pointer == in_stack_position || pointer == position; }

std::string canonical(const Wanted& attribute, std::string_view value) {
  if (attribute.kind == Kind::decimals) return canonical_decimals(value);
  return attribute.kind == Kind::text ? trimmed(value) : std::string(value);
}

}  // namespace

bool ScanFrames::wants(const FramePlace& place) {
  return std::ranges::any_of(wanted_attributes, [&](const Wanted& wanted) {
    return wanted.macro == place.macro && wanted.attribute == place.attribute;
  });
}

bool ScanFrames::keep(const FramePlace& place, std::string value) {
  Values& values =
      place.groups == shared_groups_tag ? shared_ : frames_.at(static_cast<std::size_t>(place.item));
  return values.emplace(std::pair(place.macro, place.attribute), std::move(value)).second;
}

void ScanFrames::keep_pixel_digest(int frame, std::string hex) {
  pixel_digests_.resize(frames_.size());
  pixel_digests_.at(static_cast<std::size_t>(frame)) = std::move(hex);
}

// The frame's own group goes before the shared one. [PS3.3 C.7.6.16.1.1]
std::string_view ScanFrames::raw(int frame, DicomTag macro, DicomTag attribute) const {
  const std::pair key(macro, attribute);
  const Values& own = frames_[static_cast<std::size_t>(frame)];
  if (const auto found = own.find(key); found != own.end()) return found->second;
  const auto found = shared_.find(key);
  return found == shared_.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view ScanFrames::raw_or_converted(int frame, DicomTag macro, DicomTag attribute) const {
  for (const DicomTag place : {macro, converted_per_frame, converted_shared}) {
    if (const std::string_view value = raw(frame, place, attribute); !value.empty()) return value;
  }
  return {};
}

std::string ScanFrames::geometry_text(int frame) const {
  std::string all;
  for (const Wanted& attribute : wanted_attributes) {
    if (!attribute.is_geometry) continue;
    const std::string value = canonical(attribute, raw(frame, attribute.macro, attribute.attribute));
    all += tag_text(attribute.attribute) + std::to_string(value.size()) + ":" + value;
  }
  return all;
}

ScannedFrame ScanFrames::frame(int index) const {
  ScannedFrame frame;
  if (const auto types = raw(index, ct_image_frame_type, frame_type); !types.empty()) {
    frame.frame_type = components(types);
  }
  frame.convolution_kernel = trimmed(raw_or_converted(index, ct_reconstruction, convolution_kernel));
  frame.rescale_type = trimmed(raw(index, pixel_value_transformation, rescale_type));
  frame.acquisition_date_time = trimmed(raw(index, frame_content, frame_acquisition_date_time));
  frame.acquisition_number = unsigned_short(raw(index, frame_content, frame_acquisition_number));
  if (!frame.acquisition_number) {
    frame.acquisition_number = first_integer(raw_or_converted(index, frame_content, acquisition_number));
  }
  frame.kvp = first_decimal(raw_or_converted(index, ct_xray_details, kvp));
  frame.gantry_tilt_deg = first_decimal(raw_or_converted(index, ct_acquisition_details, gantry_tilt));
  frame.slice_thickness_mm = first_decimal(raw(index, pixel_measures, slice_thickness));
  frame.pixel_spacing_mm = decimals<2>(raw(index, pixel_measures, pixel_spacing));
  frame.position_patient_mm = decimals<3>(raw(index, plane_position, position));
  frame.orientation_patient = decimals<6>(raw(index, plane_orientation, orientation));
  if (!pixel_digests_.empty()) frame.pixel_digest = pixel_digests_[static_cast<std::size_t>(index)];
  return frame;
}

// Stack and dimension indices other than position, one name a frame. A dimension whose value nearly every
// frame has for itself (its time, its number) tells no stacks apart and is left out.
std::vector<std::string> ScanFrames::stack_names() const {
  std::vector<std::string> names;
  std::vector<std::vector<std::uint32_t>> indices;
  bool has_indices = true;
  for (int i = 0; i < frame_count(); ++i) {
    names.push_back("stack " + trimmed(raw(i, frame_content, stack_id)));
    indices.push_back(unsigned_longs(raw(i, frame_content, dimension_index_values)));
    has_indices = has_indices && indices.back().size() == dimensions_.size();
  }
  if (!has_indices) return names;
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    if (is_position(dimensions_[d]) || dimensions_[d] == stack_id) continue;
    std::set<std::uint32_t> values;
    for (const auto& index : indices) values.insert(index[d]);
    if (values.size() < 2 || values.size() * 2 > indices.size()) continue;
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] += " " + tag_text(dimensions_[d]) + "=" + std::to_string(indices[i][d]);
    }
  }
  return names;
}

std::vector<ScannedFrame> ScanFrames::frames() const {
  std::vector<ScannedFrame> result;
  const std::vector<std::string> stacks = stack_names();
  for (int i = 0; i < frame_count(); ++i) {
    result.push_back(frame(i));
    result.back().stack = stacks[static_cast<std::size_t>(i)];
  }
  return result;
}

}  // namespace focalhip
