#include "testdata/simulator/command_options.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "testdata/simulator/option_values.h"

namespace focalhip::simulator {
namespace {

constexpr std::int64_t largest_seed = 1'000'000'000'000;

bool printable_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '\\'; });
}

std::vector<Option> person_options() {
  using R = SimulateRequest;
  using T = std::string_view;
  return {
      {"--out",
       "DIR",
       "folder for the series and its truth (made if missing)",
       [](R& r, T t) -> std::string {
         if (t.empty()) return "must not be empty";
         r.out_folder = t;
         return {};
       }},
      {"--seed",
       "N",
       "the person; same seed, same person",
       [](R& r, T t) {
         return set_integer(
             t, 0, largest_seed, [&](std::int64_t v) { r.seed = static_cast<std::uint64_t>(v); });
       }},
      {"--sex",
       "F|M",
       "default F",
       [](R& r, T t) -> std::string {
         if (t != "F" && t != "M") return "must be F or M";
         r.sex = t == "F" ? Sex::female : Sex::male;
         return {};
       }},
      {"--age",
       "YEARS",
       "default: drawn",
       [](R& r, T t) { return set_double(t, 18, 110, [&](double v) { r.age_years = std::round(v); }); }},
      {"--patient-id",
       "ID",
       "default: made from the seed",
       [](R& r, T t) -> std::string {
         if (!printable_id(t)) return "must be 1 .. 64 printable ASCII characters without blank or backslash";
         r.patient_id = t;
         return {};
       }},
      {"--study-seed",
       "N",
       "another number = another scan of the same person (identities, noise, scanner offset)",
       [](R& r, T t) {
         return set_integer(
             t, 0, largest_seed, [&](std::int64_t v) { r.study_seed = static_cast<std::uint64_t>(v); });
       }},
  };
}

std::vector<Option> protocol_options() {
  using R = SimulateRequest;
  using T = std::string_view;
  return {
      {"--slices",
       "N",
       "from 3 cm below the lesser trochanter upwards; default: to the top of the acetabulum",
       [](R& r, T t) {
         return set_integer(t, 1, 2000, [&](std::int64_t v) { r.protocol.slices = static_cast<int>(v); });
       }},
      {"--lowest",
       "MM",
       "level of the most caudal slice above the femoral heads (negative = below)",
       [](R& r, T t) {
         return set_double(t, -200, 150, [&](double v) { r.protocol.lowest_above_heads_mm = v; });
       }},
      {"--spacing",
       "MM",
       "slice spacing, default 1",
       [](R& r, T t) { return set_double(t, 0.4, 10, [&](double v) { r.protocol.slice_spacing_mm = v; }); }},
      {"--thickness",
       "MM",
       "slice thickness, default 1",
       [](R& r, T t) {
         return set_double(t, 0.4, 10, [&](double v) { r.protocol.slice_thickness_mm = v; });
       }},
      {"--matrix",
       "N",
       "columns and rows, default 512",
       [](R& r, T t) {
         return set_integer(t, 64, 1024, [&](std::int64_t v) { r.protocol.matrix = static_cast<int>(v); });
       }},
      {"--fov",
       "MM",
       "field of view, default 500",
       [](R& r, T t) { return set_double(t, 200, 700, [&](double v) { r.protocol.field_of_view_mm = v; }); }},
      {"--gantry-tilt",
       "DEG",
       "the image plane leans, its posterior side cranial",
       [](R& r, T t) { return set_double(t, -30, 30, [&](double v) { r.protocol.gantry_tilt_deg = v; }); }},
      {"--shear",
       "DEG",
       "axial slices that move posterior on their way up",
       [](R& r, T t) { return set_double(t, -45, 45, [&](double v) { r.protocol.shear_deg = v; }); }},
      {"--fov-shift-x",
       "MM",
       "middle of the field towards the patient's left",
       [](R& r, T t) {
         return set_double(t, -250, 250, [&](double v) { r.protocol.field_shift_x_mm = v; });
       }},
      {"--fov-shift-y",
       "MM",
       "middle of the field towards posterior; cuts rods with a small --fov",
       [](R& r, T t) {
         return set_double(t, -250, 250, [&](double v) { r.protocol.field_shift_y_mm = v; });
       }},
      {"--rods-only",
       "",
       "phantom and a plain trunk instead of a person: 60 slices, a second of one core; no masks, no "
       "surfaces",
       [](R& r, T) -> std::string {
         r.rods_only = true;
         return {};
       }},
      {"--contrast",
       "",
       "intravenous contrast agent",
       [](R& r, T) -> std::string {
         r.protocol.contrast = true;
         return {};
       }},
  };
}

std::vector<Option> program_options() {
  using R = SimulateRequest;
  using T = std::string_view;
  return {
      {"--threads",
       "N",
       "default: all cores; the result does not depend on it",
       [](R& r, T t) {
         return set_integer(t, 1, 256, [&](std::int64_t v) { r.threads = static_cast<int>(v); });
       }},
      {"--quiet",
       "",
       "no progress",
       [](R& r, T) -> std::string {
         r.progress = false;
         return {};
       }},
      {"--progress",
       "",
       "progress even when not on a terminal",
       [](R& r, T) -> std::string {
         r.progress = true;
         return {};
       }},
      {"--help",
       "",
       "this text",
       [](R& r, T) -> std::string {
         r.help = true;
         return {};
       }},
      {"--version",
       "",
       "version",
       [](R& r, T) -> std::string {
         r.version = true;
         return {};
       }},
  };
}

}  // namespace

const std::vector<Option>& all_options() {
  static const std::vector<Option> options = [] {
    std::vector<Option> all = person_options();
    for (auto* more : {&protocol_options,
                       &case_options,
                       &phantom_options,
                       &physics_options,
                       &series_options,
                       &program_options}) {
      const std::vector<Option> group = more();
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return options;
}

}  // namespace focalhip::simulator
