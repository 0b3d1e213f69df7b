#include <array>
#include <utility>

#include "testdata/simulator/command_options.h"
#include "testdata/simulator/option_values.h"

namespace focalhip::simulator {
namespace {

using R = SimulateRequest;
using T = std::string_view;

template <typename Value, std::size_t N>
using Names = std::array<std::pair<std::string_view, Value>, N>;

template <typename Value, std::size_t N>
std::string set_named(std::string_view text, const Names<Value, N>& names, Value& target) {
  std::string rule = "must be one of";
  for (const auto& [name, value] : names) {
    if (name == text) {
      target = value;
      return {};
    }
    rule += ' ';
    rule += name;
  }
  return rule;
}

constexpr Names<TransferSyntax, 7> syntaxes{{{"implicit", TransferSyntax::implicit_little_endian},
                                             {"explicit", TransferSyntax::explicit_little_endian},
                                             {"big-endian", TransferSyntax::explicit_big_endian},
                                             {"deflated", TransferSyntax::deflated},
                                             {"jpeg-lossless", TransferSyntax::jpeg_lossless},
                                             {"jpeg-ls", TransferSyntax::jpeg_ls},
                                             {"rle", TransferSyntax::rle}}};
constexpr Names<PatientPosition, 4> positions{{{"HFS", PatientPosition::hfs},
                                               {"FFS", PatientPosition::ffs},
                                               {"HFP", PatientPosition::hfp},
                                               {"FFP", PatientPosition::ffp}}};
constexpr Names<ObjectKind, 3> kinds{{{"ct", ObjectKind::ct_image},
                                      {"enhanced", ObjectKind::enhanced_ct},
                                      {"legacy-enhanced", ObjectKind::legacy_converted_enhanced_ct}}};
constexpr Names<ImageContent, 4> contents{{{"ct-number", ImageContent::ct_number},
                                           {"monoenergetic", ImageContent::monoenergetic},
                                           {"iodine-map", ImageContent::iodine_map},
                                           {"effective-z", ImageContent::effective_z}}};
constexpr Names<Mirror, 2> mirrors{{{"columns", Mirror::columns}, {"slices", Mirror::slices}}};

Option flag(std::string_view name, std::string_view help, void (*store)(R&)) {
  return {name, "", help, [=](R& r, T) -> std::string {
            store(r);
            return {};
          }};
}

// thick, sharp or both, separated by a comma.
std::string set_second_reconstructions(R& r, T t) {
  for (const std::string& name : split_at(t, ',')) {
    if (name == "thick") {
      r.second_thick = true;
    } else if (name == "sharp") {
      r.second_sharp = true;
    } else {
      return "must be thick, sharp or thick,sharp";
    }
  }
  return {};
}

std::string set_missing_slices(R& r, T t) {
  for (const std::string& number : split_at(t, ',')) {
    const std::string rule = set_integer(
        number, 0, 5000, [&](std::int64_t v) { r.traps.missing_slices.insert(static_cast<int>(v)); });
    if (!rule.empty()) return "must be slices 0 .. 5000 from the most caudal, separated by commas";
  }
  return {};
}

// SLICE[,new-uid]
std::string set_duplicate(R& r, T t) {
  const std::vector<std::string> parts = split_at(t, ',');
  const bool twin = parts.size() == 2 && parts[1] == "new-uid";
  const std::string rule =
      set_integer(parts[0], 0, 5000, [&](std::int64_t v) { r.traps.duplicate_slice = static_cast<int>(v); });
  if (!rule.empty() || (parts.size() > 1 && !twin))
    return "must be a slice 0 .. 5000, then optionally ,new-uid";
  r.traps.duplicate_has_new_uid = twin;
  return {};
}

// FROM,TO
std::string set_second_acquisition(R& r, T t) {
  const std::vector<std::string> parts = split_at(t, ',');
  SliceRange range;
  const auto stored = [&](std::size_t i, double& value) {
    return set_double(parts[i], -250, 250, [&](double v) { value = v; }).empty();
  };
  if (parts.size() != 2 || !stored(0, range.from_mm) || !stored(1, range.to_mm) ||
      range.from_mm >= range.to_mm)
    return "must be two levels FROM,TO of -250 .. 250 mm above the heads";
  r.second_acquisition = range;
  return {};
}

std::string set_padding(R& r, T t) {
  r.protocol.padding = t != "none";
  if (!r.protocol.padding) return {};
  return set_integer(t, -8192, -1000, [&](std::int64_t v) { r.protocol.padding_hu = static_cast<short>(v); });
}

std::vector<Option> encoding_options() {
  return {
      {"--transfer-syntax",
       "NAME",
       "implicit, explicit (default), big-endian, deflated, jpeg-lossless, jpeg-ls, rle",
       [](R& r, T t) { return set_named(t, syntaxes, r.transfer_syntax); }},
      {"--object",
       "KIND",
       "ct (default), enhanced or legacy-enhanced: one multi-frame object",
       [](R& r, T t) { return set_named(t, kinds, r.object_kind); }},
      {"--position",
       "NAME",
       "HFS (default), FFS, HFP, FFP; the P names lay the person on the front",
       [](R& r, T t) {
         const std::string rule = set_named(t, positions, r.position);
         r.protocol.prone = r.position == PatientPosition::hfp || r.position == PatientPosition::ffp;
         return rule;
       }},
      flag("--ffs", "same as --position FFS", [](R& r) { r.position = PatientPosition::ffs; }),
      flag("--prone",
           "same as --position HFP",
           [](R& r) {
             r.position = PatientPosition::hfp;
             r.protocol.prone = true;
           }),
      {"--rescale-intercept",
       "HU",
       "default 0; for example -1024",
       [](R& r, T t) {
         return set_integer(
             t, -8192, 8192, [&](std::int64_t v) { r.rescale_intercept = static_cast<int>(v); });
       }},
      {"--padding", "HU|none", "value outside the reconstruction circle, default -2000", set_padding},
  };
}

std::vector<Option> trap_options() {
  return {
      flag("--reverse-instance-numbers",
           "instance 1 is the most caudal slice",
           [](R& r) { r.traps.reversed_instance_numbers = true; }),
      flag("--wrong-slice-location",
           "Slice Location with the opposite sign",
           [](R& r) { r.traps.wrong_slice_location = true; }),
      {"--missing-slices",
       "N,N..",
       "not written; counted from the most caudal, 0 = first",
       set_missing_slices},
      {"--duplicate-slice", "N[,new-uid]", "written twice", set_duplicate},
      {"--second-acquisition",
       "FROM,TO",
       "a second pass of the same series between two levels above the heads (mm), with noise of its own",
       set_second_acquisition},
      {"--mirror",
       "AXIS",
       "columns or slices: pixels stored against what position and orientation say",
       [](R& r, T t) { return set_named(t, mirrors, r.traps.mirror); }},
      {"--axes",
       "CODE",
       "where stored columns, rows and images run: three of L R, P A, S I, such as LPS; header consistent",
       [](R& r, T t) -> std::string {
         r.traps.axes = axis_order_of(t);
         if (!r.traps.axes) return "must be three letters, one of each pair L R, P A, S I";
         return {};
       }},
      flag("--changing-rescale",
           "slope and intercept change from slice to slice",
           [](R& r) { r.traps.changing_rescale = true; }),
      flag("--no-padding-tag",
           "padded pixels without Pixel Padding Value",
           [](R& r) { r.traps.padding_tag = false; }),
      {"--padding-limit",
       "HU",
       "Pixel Padding Range Limit",
       [](R& r, T t) {
         return set_integer(
             t, -8192, 0, [&](std::int64_t v) { r.traps.padding_limit_hu = static_cast<int>(v); });
       }},
      flag("--private-tags",
           "private elements, a private sequence among them",
           [](R& r) { r.traps.private_tags = true; }),
      flag("--contrast-tag", "contrast agent in the header only", [](R& r) { r.traps.contrast_tag = true; }),
      {"--content",
       "WHAT",
       "ct-number (default), monoenergetic, iodine-map, effective-z: what the header says",
       [](R& r, T t) { return set_named(t, contents, r.traps.content); }},
  };
}

std::vector<Option> study_options() {
  return {
      flag("--localizer", "adds a localizer image as a series of its own", [](R& r) { r.localizer = true; }),
      flag("--dose-objects",
           "adds a radiation dose SR and a picture of the dose page",
           [](R& r) { r.dose_objects = true; }),
      flag("--coronal", "adds a coronal reformat as a series of its own", [](R& r) { r.coronal = true; }),
      {"--second-reconstruction",
       "thick|sharp",
       "adds a series of the same scan: 5 mm slices, a sharp kernel, or both (thick,sharp)",
       set_second_reconstructions},
  };
}

}  // namespace

std::vector<Option> series_options() {
  std::vector<Option> options = encoding_options();
  for (auto* more : {&trap_options, &study_options}) {
    const std::vector<Option> group = more();
    options.insert(options.end(), group.begin(), group.end());
  }
  return options;
}

}  // namespace focalhip::simulator
