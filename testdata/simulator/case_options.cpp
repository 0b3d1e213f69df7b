#include <array>
#include <optional>
#include <utility>

#include "testdata/simulator/command_options.h"
#include "testdata/simulator/option_values.h"

// Options of what is wrong with the hips of the drawn person.
namespace focalhip::simulator {
namespace {

using R = SimulateRequest;
using T = std::string_view;

struct Sides {
  bool right = false;
  bool left = false;
};

std::optional<Sides> sides_of(T text) {
  if (text == "right") return Sides{true, false};
  if (text == "left") return Sides{false, true};
  if (text == "both") return Sides{true, true};
  return std::nullopt;
}

template <std::size_t N>
std::optional<std::size_t> place_in(const std::array<std::string_view, N>& names, T text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names.at(i) == text) return i;
  }
  return std::nullopt;
}

struct FractureField {
  std::string_view name;
  double low;
  double high;
  double Fracture::*value;
};

constexpr std::array<FractureField, 12> fracture_fields{{
    {"shortening", -5, 25, &Fracture::shortening_mm},
    {"backwards", -20, 20, &Fracture::backwards_mm},
    {"apart", -12, 20, &Fracture::apart_mm},
    {"varus", -30, 40, &Fracture::varus_deg},
    {"external-rotation", -20, 40, &Fracture::external_rotation_deg},
    {"retroversion", -30, 30, &Fracture::retroversion_deg},
    {"gap", 0, 3, &Fracture::gap_mm},
    {"steeper", -30, 30, &Fracture::steeper_deg},
    {"turned", -30, 30, &Fracture::turned_deg},
    {"roughness", 0, 2, &Fracture::roughness_mm},
    {"lesser", 0, 20, &Fracture::lesser_displaced_mm},
    {"haematoma", 30, 80, &Fracture::haematoma_hu},
}};

// NAME=VALUE of one field of a fracture.
std::string set_fracture_field(Fracture& fracture, T text) {
  const std::vector<std::string> parts = split_at(text, '=');
  for (const FractureField& field : fracture_fields) {
    if (parts.size() != 2 || parts[0] != field.name) continue;
    const std::string broken =
        set_double(parts[1], field.low, field.high, [&](double v) { fracture.*field.value = v; });
    return broken.empty() ? broken : std::string(parts[0]).append(" ").append(broken);
  }
  return "does not know " + std::string(text);
}

// SIDE,SITE,KIND[,seed=N][,FIELD=VALUE ..]
std::string set_fracture(R& r, T t) {
  const std::vector<std::string> parts = split_at(t, ',');
  if (parts.size() < 3) return "must be SIDE,SITE,KIND";
  const std::optional<Sides> sides = sides_of(parts[0]);
  if (!sides) return "must begin with right, left or both";
  const auto site = place_in(fracture_site_names, parts[1]);
  if (!site) return "must name subcapital, transcervical, basicervical or intertrochanteric";
  const auto kind = place_in(fracture_class_names, parts[2]);
  if (!kind) return "must be undisplaced, displaced or impacted";
  std::uint64_t seed = 1;
  std::size_t next = 3;
  if (parts.size() > 3 && parts[3].starts_with("seed=")) {
    const std::string broken = set_integer(T(parts[3]).substr(5), 0, 1'000'000'000'000, [&](std::int64_t v) {
      seed = static_cast<std::uint64_t>(v);
    });
    if (!broken.empty()) return std::string("seed ").append(broken);
    ++next;
  }
  Fracture fracture =
      draw_fracture(seed, static_cast<FractureSite>(*site), static_cast<FractureClass>(*kind));
  for (; next < parts.size(); ++next) {
    const std::string broken = set_fracture_field(fracture, parts[next]);
    if (!broken.empty()) return broken;
  }
  r.person_changes.emplace_back([sides = *sides, fracture](HipParameters& hip) {
    if (sides.right) hip.right.fracture = fracture;
    if (sides.left) hip.left.fracture = fracture;
  });
  return {};
}

}  // namespace

std::vector<Option> case_options() {
  return {
      {"--fracture",
       "SIDE,SITE,KIND[,seed=N][,FIELD=VALUE..]",
       "right, left, both; subcapital, transcervical, basicervical, intertrochanteric; undisplaced, "
       "displaced, impacted; drawn from the seed (1), then the fields given: shortening, backwards, apart, "
       "varus, external-rotation, retroversion, gap, steeper, turned, roughness, lesser, haematoma",
       set_fracture},
  };
}

}  // namespace focalhip::simulator
