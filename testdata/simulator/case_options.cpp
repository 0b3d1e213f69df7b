#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "testdata/simulator/arthritis.h"
#include "testdata/simulator/command_options.h"
#include "testdata/simulator/mesh_bone.h"
#include "testdata/simulator/option_values.h"
#include "testdata/simulator/person_changes.h"

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

// Read when the person is drawn, so that the other options are judged first.
std::string set_mesh(R& r, T t, Side side) {
  if (t.empty()) return "must name a file";
  r.person_changes.emplace_back([file = std::string(t), side](HipParameters& hip) {
    const auto bone = std::make_shared<const MeshBone>(read_triangles(file), file, 1);
    FemurParameters& femur = side == Side::right ? hip.right : hip.left;
    femur = wearing(femur, bone);
  });
  return {};
}

constexpr std::array<std::string_view, 3> grade_names{"mild", "moderate", "severe"};

// SIDE,GRADE[,N]
std::string set_arthritis(R& r, T t) {
  const std::vector<std::string> parts = split_at(t, ',');
  const std::optional<Sides> sides = sides_of(parts[0]);
  const auto grade = parts.size() < 2 ? std::nullopt : place_in(grade_names, parts[1]);
  if (!sides || !grade || parts.size() > 3)
    return "must be SIDE,GRADE: right, left, both; mild, moderate, severe";
  std::int64_t seed = 1;
  if (parts.size() == 3) {
    const std::string broken = set_integer(parts[2], 0, 1'000'000'000'000, [&](std::int64_t v) { seed = v; });
    if (!broken.empty()) return broken;
  }
  r.person_changes.emplace_back([sides = *sides, grade = *grade, seed](HipParameters& hip) {
    const auto worn = static_cast<ArthritisGrade>(grade);
    const auto number = 2 * static_cast<std::uint64_t>(seed);
    if (sides.right) make_arthritic(hip.right, hip.right_pelvis, worn, number);
    if (sides.left) make_arthritic(hip.left, hip.left_pelvis, worn, number + 1);
  });
  return {};
}

std::string set_joint_space(R& r, T t) {
  return set_double(t, 0.5, 6, [&](double v) {
    r.person_changes.emplace_back([v](HipParameters& hip) { hip = with_joint_space(hip, v); });
  });
}

std::string set_thin_cortex(R& r, T t) {
  return set_double(t, 0.3, 2, [&](double v) {
    r.person_changes.emplace_back([v](HipParameters& hip) { hip = with_thin_cortex(hip, v); });
  });
}

// DEG[,DEG]: both legs, or right and left.
std::string set_leg_rotation(R& r, T t) {
  const std::vector<std::string> parts = split_at(t, ',');
  std::array<double, 2> angles{};
  if (parts.size() > 2) return "must be one angle or two";
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string broken =
        set_double(parts[std::min(i, parts.size() - 1)], -40, 40, [&](double v) { angles.at(i) = v; });
    if (!broken.empty()) return broken;
  }
  r.person_changes.emplace_back([angles](HipParameters& hip) {
    rotate_leg(hip.right, angles[0]);
    rotate_leg(hip.left, angles[1]);
  });
  return {};
}

std::string set_reposition(R& r, T t) {
  return set_integer(t, 0, 1'000'000'000'000, [&](std::int64_t v) {
    r.person_changes.emplace_back(
        [v](HipParameters& hip) { hip = repositioned(hip, static_cast<std::uint64_t>(v)); });
  });
}

// SIDE,KIND[,SIZE]
std::string set_metal(R& r, T t) {
  const std::vector<std::string> parts = split_at(t, ',');
  const std::optional<Sides> sides = sides_of(parts[0]);
  const auto kind = parts.size() < 2 ? std::nullopt : place_in(implant_kind_names, parts[1]);
  if (!sides || !kind || parts.size() > 3)
    return "must be SIDE,KIND: right, left, both; nail, total-hip, hemiarthroplasty, cannulated-screws, "
           "hip-screw, sacral-screw, buttock-snap";
  double size = 1.0;
  if (parts.size() == 3) {
    const std::string broken = set_double(parts[2], 0.5, 1.5, [&](double v) { size = v; });
    if (!broken.empty()) return broken;
  }
  r.person_changes.emplace_back([sides = *sides, kind = *kind, size](HipParameters& hip) {
    if (sides.right) hip.implants.push_back({static_cast<ImplantKind>(kind), true, size});
    if (sides.left) hip.implants.push_back({static_cast<ImplantKind>(kind), false, size});
  });
  return {};
}

}  // namespace

std::vector<Option> case_options() {
  return {
      {"--mesh-right",
       "FILE",
       "the surface (PLY or STL, mm) of a real proximal femur as the right one; side and pose are found, the "
       "shaft goes on below the cut",
       [](R& r, T t) { return set_mesh(r, t, Side::right); }},
      {"--mesh-left",
       "FILE",
       "the same for the left femur",
       [](R& r, T t) { return set_mesh(r, t, Side::left); }},
      {"--fracture",
       "SIDE,SITE,KIND[,seed=N][,FIELD=VALUE..]",
       "right, left, both; subcapital, transcervical, basicervical, intertrochanteric; undisplaced, "
       "displaced, impacted; drawn from the seed (1), then the fields given: shortening, backwards, apart, "
       "varus, external-rotation, retroversion, gap, steeper, turned, roughness, lesser, haematoma",
       set_fracture},
      {"--arthritis",
       "SIDE,GRADE[,N]",
       "mild, moderate or severe: narrow joint, osteophytes, sclerosis, cysts; drawn from N (1)",
       set_arthritis},
      {"--joint-space", "MM", "at the apex of both sockets, default: drawn, 2.4 to 4", set_joint_space},
      {"--thin-cortex", "MM", "cortex of head, neck and trochanters", set_thin_cortex},
      {"--leg-rotation",
       "DEG[,DEG]",
       "about the shaft, internal positive; both legs, or right and left",
       set_leg_rotation},
      {"--reposition",
       "N",
       "the person lies down again: legs within 5 degrees, shift within 10 mm; 0 = as drawn",
       set_reposition},
      {"--metal",
       "SIDE,KIND[,SIZE]",
       "nail, total-hip, hemiarthroplasty, cannulated-screws, hip-screw, sacral-screw, buttock-snap",
       set_metal},
  };
}

}  // namespace focalhip::simulator
