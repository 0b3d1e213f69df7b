#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "testdata/simulator/axis_order.h"

namespace focalhip::simulator {

enum class TransferSyntax {
  implicit_little_endian,
  explicit_little_endian,
  explicit_big_endian,
  deflated,
  jpeg_lossless,
  jpeg_ls,
  rle
};

enum class PatientPosition { hfs, ffs, hfp, ffp };

enum class ObjectKind { ct_image, enhanced_ct, legacy_converted_enhanced_ct };

// What the image type says the pixels are.
enum class ImageContent { ct_number, monoenergetic, iodine_map, effective_z };

// Order of the stored pixels against what position and orientation say.
enum class Mirror { none, columns, slices };

// What real archives do to a series. Each is off by default and can be combined with any other.
struct SeriesTraps {
  bool reversed_instance_numbers = false;  // number 1 = most caudal instead of most cranial
  bool wrong_slice_location = false;       // the opposite sign of the position
  std::set<int> missing_slices;            // counted from the most caudal, 0 = first
  std::optional<int> duplicate_slice;      // written twice
  bool duplicate_has_new_uid = false;
  Mirror mirror = Mirror::none;
  std::optional<AxisOrder> axes;  // stored along other axes, header consistent; only rescale intercept and
                                  // contents of the header can be combined with it
  bool changing_rescale = false;  // slope 1, 0.5, 0.25 and another intercept from slice to slice
  bool private_tags = false;
  bool contrast_tag = false;  // without contrast agent in the image
  ImageContent content = ImageContent::ct_number;
  bool padding_tag = true;              // Pixel Padding Value present
  std::optional<int> padding_limit_hu;  // Pixel Padding Range Limit
};

struct SeriesHeader {
  std::string series_instance_uid;
  int number = 2;
  int acquisition = 1;
  std::string description = "HIP QCT 1.0 FC13";
  std::string kernel = "FC13";
  std::string body_part = "PELVIS";
  PatientPosition position = PatientPosition::hfs;
  int rescale_intercept = 0;  // stored value = (HU - intercept) / slope
  TransferSyntax transfer_syntax = TransferSyntax::explicit_little_endian;
  ObjectKind object_kind = ObjectKind::ct_image;
  std::string file_prefix = "CT";
  SeriesTraps traps;
};

}  // namespace focalhip::simulator
