#include <string>
#include <utility>

#include "tests/proof/trap_writers.h"
#include "tests/proof/traps.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

using enum RefusalCode;
using Header = sim::SeriesHeader;
using Kind = sim::ObjectKind;
using Syntax = sim::TransferSyntax;

// ---- the table; sections of science qct ----

void add_headers(std::vector<Trap>& traps) {  // 1.1, 1.2
  traps.push_back({.name = "plain", .write = plain(), .moves_slices = true});
  traps.push_back({.name = "reversed instance numbers",
                   .write = with([](Header& h) { h.traps.reversed_instance_numbers = true; })});
  traps.push_back({.name = "slice location of the opposite sign",
                   .write = with([](Header& h) { h.traps.wrong_slice_location = true; })});
  traps.push_back({.name = "private tags", .write = with([](Header& h) { h.traps.private_tags = true; })});
  traps.push_back({.name = "contrast tag", .write = with([](Header& h) { h.traps.contrast_tag = true; })});
  for (const auto kind : {Kind::ct_image, Kind::enhanced_ct}) {
    const std::string of = kind == Kind::enhanced_ct ? ", Enhanced CT" : "";
    traps.push_back({.name = "monoenergetic" + of,
                     .write = of_content(sim::ImageContent::monoenergetic, kind),
                     .refused = not_hu});
    traps.push_back({.name = "iodine map" + of,
                     .write = of_content(sim::ImageContent::iodine_map, kind),
                     .refused = not_hu});
    traps.push_back({.name = "effective Z" + of,
                     .write = of_content(sim::ImageContent::effective_z, kind),
                     .refused = not_hu});
  }
}

void add_slices(std::vector<Trap>& traps) {  // 1.2
  traps.push_back({.name = "one slice missing", .write = without_slices({30}), .moves_slices = true});
  traps.push_back({.name = "two missing apart", .write = without_slices({20, 90}), .moves_slices = true});
  traps.push_back({.name = "two adjacent missing", .write = without_slices({50, 51}), .refused = geometry});
  traps.push_back({.name = "three missing", .write = without_slices({20, 50, 90}), .refused = geometry});
  for (const bool new_uid : {false, true}) {
    traps.push_back({.name = new_uid ? "duplicate slice, new UID" : "duplicate slice, same UID",
                     .write = with([=](Header& h) {
                       h.traps.duplicate_slice = 33;
                       h.traps.duplicate_has_new_uid = new_uid;
                     })});
  }
  traps.push_back({.name = "second acquisition at the same places", .write = second_acquisition(0.0)});
  traps.push_back({.name = "second acquisition between the places", .write = second_acquisition(0.5)});
  traps.push_back({.name = "whole scan repeated, the later one", .write = write_repeated});
  traps.push_back({.name = "study of thin, thick, sharp, coronal, localizer, dose", .write = write_study});
  traps.push_back({.name = "coronal and localizer only", .write = write_coronal_only, .refused = not_axial});
  traps.push_back({.name = "dose objects only", .write = write_dose_only, .refused = no_images});
}

void add_values(std::vector<Trap>& traps) {  // 1.3
  traps.push_back(
      {.name = "changing rescale", .write = with([](Header& h) { h.traps.changing_rescale = true; })});
  traps.push_back({.name = "intercept -1024", .write = with([](Header& h) { h.rescale_intercept = -1024; })});
  traps.push_back(
      {.name = "padding without its tag", .write = with([](Header& h) { h.traps.padding_tag = false; })});
  traps.push_back({.name = "padding that looks like air, -1024", .write = write_padded_like_air});
  traps.push_back({.name = "padding with a range limit", .write = with([](Header& h) {
                                                           h.traps.padding_limit_hu = -1500;
                                                           h.rescale_intercept = -1024;
                                                         })});
}

void add_orders(std::vector<Trap>& traps) {  // 1.4
  traps.push_back(
      {.name = "feet first", .write = positioned(sim::PatientPosition::ffs), .moves_slices = true});
  traps.push_back({.name = "prone, head first",
                   .write = positioned(sim::PatientPosition::hfp),
                   .kind = ScanKind::prone,
                   .moves_slices = true});
  traps.push_back({.name = "prone, feet first",
                   .write = positioned(sim::PatientPosition::ffp),
                   .kind = ScanKind::prone,
                   .moves_slices = true});
  traps.push_back({.name = "gantry tilted by 15 degrees",
                   .write = plain(),
                   .kind = ScanKind::tilted,
                   .is_resampled = true,
                   .moves_slices = true});
  traps.push_back({.name = "sheared by 10 degrees",
                   .write = plain(),
                   .kind = ScanKind::sheared,
                   .is_resampled = true,
                   .moves_slices = true});
  traps.push_back(
      {.name = "sheared by 40 degrees", .write = write_sheared_by_40_degrees, .refused = geometry});
  traps.push_back({.name = "mirrored in z", .write = turned({.slices = true}), .refused = orientation});
  traps.push_back({.name = "mirrored in y", .write = turned({.rows = true}), .refused = orientation});
  traps.push_back({.name = "turned round about x",
                   .write = turned({.rows = true, .slices = true}),
                   .refused = orientation});
  traps.push_back({.name = "turned round about y (feet first under head-first tags)",
                   .write = turned({.columns = true, .slices = true}),
                   .refused = orientation,
                   .swaps_sides = true});
  traps.push_back({.name = "turned round about z (prone under supine tags)",
                   .write = turned({.columns = true, .rows = true}),
                   .refused = orientation,
                   .swaps_sides = true});
  traps.push_back({.name = "mirrored in x",
                   .write = turned({.columns = true}),
                   .refused = orientation,
                   .swaps_sides = true,
                   .impossible = "bones, table and phantom are symmetric: analysis/femur/README.md"});
  traps.push_back({.name = "mirrored in x, side of the first rod configured",
                   .write = turned({.columns = true}),
                   .refused = orientation,
                   .swaps_sides = true,
                   .declares_phantom = true});
  traps.push_back(
      {.name = "plain, side of the first rod configured", .write = plain(), .declares_phantom = true});
}

void add_encodings(std::vector<Trap>& traps) {
  const std::vector<std::pair<std::string, Syntax>> read{
      {"implicit little endian", Syntax::implicit_little_endian},
      {"JPEG lossless", Syntax::jpeg_lossless},
      {"JPEG-LS", Syntax::jpeg_ls},
      {"RLE", Syntax::rle}};
  for (const auto& [name, syntax] : read) traps.push_back({.name = name, .write = in_syntax(syntax)});
  for (const auto& [name, kind] :
       {std::pair{"Enhanced CT", Kind::enhanced_ct},
        std::pair{"Legacy Converted Enhanced CT", Kind::legacy_converted_enhanced_ct}}) {
    const std::string object = name;
    traps.push_back(
        {.name = object, .write = in_syntax(Syntax::explicit_little_endian, kind), .moves_slices = true});
    traps.push_back({.name = object + ", JPEG-LS", .write = in_syntax(Syntax::jpeg_ls, kind)});
    // Without the tag: one stored padding value cannot serve frames of several rescales.
    traps.push_back({.name = object + ", changing rescale", .write = with([kind = kind](Header& h) {
                                                              h.object_kind = kind;
                                                              h.traps.changing_rescale = true;
                                                              h.traps.padding_tag = false;
                                                            })});
    traps.push_back({.name = object + ", one frame missing", .write = without_slices({30}, kind)});
    traps.push_back({.name = object + ", two stacks", .write = second_acquisition(0.0, kind)});
  }
  // Not in qct section 1; science node A.8: little endian only, no deflate.
  traps.push_back({.name = "explicit big endian",
                   .write = in_syntax(Syntax::explicit_big_endian),
                   .refused = unsupported_syntax});
  traps.push_back({.name = "deflated", .write = in_syntax(Syntax::deflated), .refused = unsupported_syntax});
}

}  // namespace

std::vector<Trap> all_traps() {
  std::vector<Trap> traps;
  add_headers(traps);
  add_slices(traps);
  add_values(traps);
  add_orders(traps);
  add_encodings(traps);
  return traps;
}

}  // namespace focalhip::proof
