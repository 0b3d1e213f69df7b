#include "listener/series/frames_of.h"

#include <string_view>

namespace focalhip {

namespace {

template <typename Value>
void take(std::optional<Value>& to, const std::optional<Value>& from) {
  if (from) to = from;
}
void take(std::string& to, const std::string& from) {
  if (!from.empty()) to = from;
}

ScannedInstance slice_of(const ScannedInstance& object, const ScannedFrame& frame, int number) {
  ScannedInstance slice = object;
  slice.frame = number;
  slice.stack = frame.stack;
  slice.number_of_frames = 1;
  if (!frame.frame_type.empty()) slice.image_type = frame.frame_type;
  take(slice.convolution_kernel, frame.convolution_kernel);
  take(slice.rescale_type, frame.rescale_type);
  take(slice.acquisition_date_time, frame.acquisition_date_time);
  take(slice.acquisition_number, frame.acquisition_number);
  take(slice.kvp, frame.kvp);
  take(slice.gantry_tilt_deg, frame.gantry_tilt_deg);
  take(slice.slice_thickness_mm, frame.slice_thickness_mm);
  take(slice.pixel_spacing_mm, frame.pixel_spacing_mm);
  take(slice.position_patient_mm, frame.position_patient_mm);
  take(slice.orientation_patient, frame.orientation_patient);
  slice.pixel_digest = frame.pixel_digest;
  // Fragments that are not the frames: what is told apart by position is told apart by the digest too.
  if (slice.pixel_digest.empty() && !object.pixel_digest.empty()) {
    slice.pixel_digest = object.pixel_digest + "/" + std::to_string(number);
  }
  return slice;
}

}  // namespace

bool is_multiframe_ct(const ScannedInstance& instance) {
  constexpr std::string_view enhanced_ct = "1.2.840.10008.5.1.4.1.1.2.1";
  constexpr std::string_view legacy_converted_enhanced_ct = "1.2.840.10008.5.1.4.1.1.2.2";
  return instance.sop_class_uid == enhanced_ct || instance.sop_class_uid == legacy_converted_enhanced_ct;
}

std::optional<std::string> problem_with_frames(const ScannedInstance& object) {
  const std::size_t described = object.frames.size();
  const int promised = object.number_of_frames.value_or(0);
  if (described == 0) return "no functional groups of frames";
  if (promised < 0 || static_cast<std::size_t>(promised) != described) {
    return "Number of Frames is " + std::to_string(promised) + ", " + std::to_string(described) +
           " are described";
  }
  return std::nullopt;
}

std::vector<ScannedInstance> frames_of(const ScannedInstance& object) {
  ScannedInstance common = object;
  common.frames.clear();
  std::vector<ScannedInstance> slices;
  slices.reserve(object.frames.size());
  for (const ScannedFrame& frame : object.frames) {
    slices.push_back(slice_of(common, frame, static_cast<int>(slices.size()) + 1));
  }
  return slices;
}

}  // namespace focalhip
