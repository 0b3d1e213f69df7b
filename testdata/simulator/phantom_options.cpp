#include <array>
#include <utility>

#include "testdata/simulator/command_options.h"
#include "testdata/simulator/option_values.h"

namespace focalhip::simulator {
namespace {

using R = SimulateRequest;
using T = std::string_view;

std::optional<PhantomPlace> place_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, PhantomPlace>, 4> places{
      {{"under", PhantomPlace::under},
       {"above", PhantomPlace::above},
       {"right", PhantomPlace::beside_right},
       {"left", PhantomPlace::beside_left}}};
  for (const auto& [known, place] : places) {
    if (known == name) return place;
  }
  return std::nullopt;
}

// An option whose number goes into the phantom of the drawn person.
Option number_option(std::string_view name,
                     std::string_view unit,
                     std::string_view help,
                     double low,
                     double high,
                     void (*store)(PhantomParameters&, double)) {
  return {name, unit, help, [=](R& r, T t) {
            return set_double(t, low, high, [&](double v) {
              r.phantom_changes.emplace_back([=](PhantomParameters& p) { store(p, v); });
            });
          }};
}

std::string set_type(R& r, T t) {
  r.protocol.phantom = t != "none";
  if (t == "none") return {};
  const std::optional<PhantomType> type = phantom_type_named(t);
  if (!type) {
    return "must be none, mindways-3, qrm-bdc-6, qrm-bdc-3, bmas-200, image-analysis-3 or siemens-osteo";
  }
  r.phantom_changes.emplace_back([=](PhantomParameters& p) { p.type = *type; });
  return {};
}

std::string set_place(R& r, T t, bool second) {
  const std::optional<PhantomPlace> place = place_named(t);
  if (!place) return "must be under, above, right or left";
  r.phantom_changes.emplace_back([=](PhantomParameters& p) {
    if (second) {
      p.second_place = *place;
    } else {
      p.place = *place;
    }
  });
  return {};
}

bool rod_name(std::string_view text) { return text.size() == 1 && text[0] >= 'A' && text[0] <= 'F'; }

std::string set_absent_rods(R& r, T t) {
  const std::vector<std::string> names = split_at(t, ',');
  for (const std::string& name : names) {
    if (!rod_name(name)) return "must be letters A to F, separated by commas";
  }
  r.phantom_changes.emplace_back(
      [=](PhantomParameters& p) { p.absent_rods = std::set<std::string>(names.begin(), names.end()); });
  return {};
}

// ROD[,RADIUS[,LENGTH[,LEVEL]]]
std::string set_bubble(R& r, T t) {
  constexpr const char* rule =
      "must be a rod A to F, then optionally radius 0.5 .. 9 mm, length 1 .. 600 mm, level -200 .. 200 mm";
  const std::vector<std::string> parts = split_at(t, ',');
  if (parts.size() > 4 || !rod_name(parts[0])) return rule;
  Bubble bubble;
  bubble.rod = parts[0];
  struct Place {
    double* value;
    double low;
    double high;
  };
  const std::array<Place, 3> places{
      {{&bubble.radius_mm, 0.5, 9.0}, {&bubble.length_mm, 1.0, 600.0}, {&bubble.level_mm, -200.0, 200.0}}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Place& place = places[i - 1];
    if (!set_double(parts[i], place.low, place.high, [&](double v) { *place.value = v; }).empty())
      return rule;
  }
  r.phantom_changes.emplace_back([=](PhantomParameters& p) { p.bubble = bubble; });
  return {};
}

using P = PhantomParameters;

std::vector<Option> place_options() {
  return {
      {"--phantom",
       "TYPE",
       "none, mindways-3 (default), qrm-bdc-6, qrm-bdc-3, bmas-200, image-analysis-3, "
       "siemens-osteo",
       set_type},
      {"--no-phantom",
       "",
       "same as --phantom none",
       [](R& r, T) -> std::string {
         r.protocol.phantom = false;
         return {};
       }},
      {"--phantom-place",
       "PLACE",
       "under (default), above, right or left of the person",
       [](R& r, T t) { return set_place(r, t, false); }},
      {"--second-phantom",
       "PLACE",
       "one more phantom of the same kind there",
       [](R& r, T t) { return set_place(r, t, true); }},
      {"--phantom-reversed",
       "yes|no",
       "first rod at the patient's left; default: drawn",
       [](R& r, T t) -> std::string {
         if (t != "yes" && t != "no") return "must be yes or no";
         r.phantom_changes.emplace_back([reversed = t == "yes"](P& p) { p.reversed = reversed; });
         return {};
       }},
      number_option("--air-gap",
                    "MM",
                    "between phantom and mat or skin; default: drawn, 0 .. 8",
                    0,
                    60,
                    [](P& p, double v) { p.air_gap_mm = v; }),
      number_option("--phantom-shift",
                    "MM",
                    "towards the patient's left; default: drawn",
                    -150,
                    150,
                    [](P& p, double v) { p.shift_x_mm = v; }),
      number_option("--phantom-roll",
                    "DEG",
                    "rotation within the axial plane; default: drawn",
                    -45,
                    45,
                    [](P& p, double v) { p.tilt_in_plane_rad = v * degree; }),
      number_option("--phantom-yaw",
                    "DEG",
                    "rods against z, within the row's plane; default: drawn",
                    -20,
                    20,
                    [](P& p, double v) { p.tilt_along_rad = v * degree; }),
      number_option("--phantom-pitch",
                    "DEG",
                    "rods against z, cranial end away from the person",
                    -20,
                    20,
                    [](P& p, double v) { p.tilt_out_rad = v * degree; }),
      number_option(
          "--phantom-arc", "MM", "sagitta of a curved row", 0, 20, [](P& p, double v) { p.arc_mm = v; }),
  };
}

std::vector<Option> rod_options() {
  return {
      number_option("--phantom-from",
                    "MM",
                    "caudal end of the phantom above the heads",
                    -300,
                    300,
                    [](P& p, double v) { p.low_end_mm = v; }),
      number_option("--phantom-to",
                    "MM",
                    "cranial end of the phantom above the heads",
                    -300,
                    300,
                    [](P& p, double v) { p.high_end_mm = v; }),
      number_option(
          "--rod-radius", "MM", "default: drawn, 7 .. 9", 4, 12, [](P& p, double v) { p.rod_radius_mm = v; }),
      number_option("--rod-pitch",
                    "MM",
                    "default: drawn, 26 .. 34",
                    15,
                    60,
                    [](P& p, double v) { p.rod_pitch_mm = v; }),
      {"--absent-rods", "A,B..", "the holder fills their place", set_absent_rods},
      {"--rod-bubble",
       "ROD[,R[,L[,Z]]]",
       "air bubble in a rod: radius 3 mm, length 40 mm, its middle Z mm above the heads",
       set_bubble},
      number_option("--rod-density-error",
                    "PERCENT",
                    "true mineral of the rods above the certificate",
                    -50,
                    50,
                    [](P& p, double v) { p.density_error = 0.01 * v; }),
  };
}

}  // namespace

std::vector<Option> phantom_options() {
  std::vector<Option> options = place_options();
  const std::vector<Option> more = rod_options();
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace focalhip::simulator
