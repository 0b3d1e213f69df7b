#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "listener/spool/scanned_instance.h"
#include "listener/spool/value_text.h"

namespace focalhip {

// Where an element stands inside the functional groups of a multi-frame object.
struct FramePlace {
  DicomTag groups = 0;  // shared_groups_tag or frame_groups_tag
  int item = 0;         // of `groups`, from 0: the frame
  DicomTag macro = 0;
  DicomTag attribute = 0;
};
inline constexpr DicomTag shared_groups_tag = 0x52009229U;
inline constexpr DicomTag frame_groups_tag = 0x52009230U;
inline constexpr DicomTag dimension_index_tag = 0x00209222U;
inline constexpr DicomTag dimension_pointer_tag = 0x00209165U;

// More frames than any hip scan has; keeps what a hostile object can make the scanner hold below 40 MB.
inline constexpr int most_frames = 16384;
inline constexpr int most_dimensions = 64;
inline constexpr std::uint32_t longest_frame_value = 1024;

// What the scanner keeps of the functional groups of an Enhanced or Legacy Converted Enhanced CT object.
// [PS3.3 A.38, A.70, C.7.6.16, C.7.6.17, C.8.15.3]
class ScanFrames {
 public:
  [[nodiscard]] static bool wants(const FramePlace& place);
  // False: the attribute appears twice at its place.
  [[nodiscard]] bool keep(const FramePlace& place, std::string value);
  void add_dimension(DicomTag pointer) { dimensions_.push_back(pointer); }
  void add_frame() { frames_.emplace_back(); }
  void keep_pixel_digest(int frame, std::string hex);

  [[nodiscard]] int frame_count() const { return static_cast<int>(frames_.size()); }
  [[nodiscard]] int dimension_count() const { return static_cast<int>(dimensions_.size()); }
  // Canonical text of a frame's geometry and value meaning, one entry per attribute.
  [[nodiscard]] std::string geometry_text(int frame) const;
  [[nodiscard]] std::vector<ScannedFrame> frames() const;

 private:
  using Values = std::map<std::pair<DicomTag, DicomTag>, std::string>;  // by macro and attribute

  [[nodiscard]] std::string_view raw(int frame, DicomTag macro, DicomTag attribute) const;
  // The first macro of several that has the attribute: converted objects keep some apart.
  [[nodiscard]] std::string_view raw_or_converted(int frame, DicomTag macro, DicomTag attribute) const;
  [[nodiscard]] ScannedFrame frame(int index) const;
  [[nodiscard]] std::vector<std::string> stack_names() const;

  Values shared_;
  std::vector<Values> frames_;
  std::vector<std::string> pixel_digests_;
  std::vector<DicomTag> dimensions_;
};

}  // namespace focalhip
