#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "analysis/femur/femur.h"

namespace focalhip {

// What the image says of one femur, worst last. [science: qct 5]
enum class SideState {
  ok,
  suspicious,      // one sign of a fracture
  fractured,       // enough signs of a displaced fracture
  metal,           // an implant in or beside it
  not_measurable,  // coverage, landmarks or outline failed without a sign of a fracture
};
inline constexpr std::array all_side_states{
    SideState::ok, SideState::suspicious, SideState::fractured, SideState::metal, SideState::not_measurable};
[[nodiscard]] std::string_view name(SideState state);

// What the decision needs to know of one femur.
struct SideFinding {
  SideState state = SideState::ok;
  bool outlined = true;     // there is a mask to measure; a fractured femur may have one or not
  std::string explanation;  // the signs in words, with their numbers
};

// What somebody who knows said: which femur to measure, or which is broken.
enum class SideInstruction {
  none,
  measure_right,
  measure_left,
  fracture_right,
  fracture_left,
  fracture_both,
  no_fracture
};
inline constexpr std::array all_side_instructions{SideInstruction::none,
                                                  SideInstruction::measure_right,
                                                  SideInstruction::measure_left,
                                                  SideInstruction::fracture_right,
                                                  SideInstruction::fracture_left,
                                                  SideInstruction::fracture_both,
                                                  SideInstruction::no_fracture};
[[nodiscard]] std::string_view name(SideInstruction instruction);

// A fracture named by the free texts of the header (study description and the like). It never chooses a side
// alone; unsided, and no image showing which: neither femur is certain.
enum class FractureLabel { none, unsided, right, left, both };
inline constexpr std::array all_fracture_labels{FractureLabel::none,
                                                FractureLabel::unsided,
                                                FractureLabel::right,
                                                FractureLabel::left,
                                                FractureLabel::both};
[[nodiscard]] std::string_view name(FractureLabel label);

struct SideRequest {
  SideInstruction instruction = SideInstruction::none;
  std::string source;  // who said it: "command line", "peer", "header"
  FractureLabel label = FractureLabel::none;
};

// Why the side was chosen, or none.
enum class SideReason {
  right_by_default,       // nothing speaks against the right femur
  contralateral,          // the other side is broken or holds metal
  other_not_measurable,   // the other side could not be outlined or is not covered
  other_suspicious,       // the other side shows a sign of a fracture: not certain
  instructed,             // told to measure it
  instructed_not_usable,  // the side that was told cannot be measured; none
  no_intact_side,         // neither can be taken for intact; none
};
[[nodiscard]] std::string_view name(SideReason reason);

struct SideDecision {
  std::optional<Side> used;  // the femur compared with the atlas
  SideReason reason = SideReason::right_by_default;
  bool contralateral = false;  // stands in for a fractured or operated side
  bool uncertain = false;      // the image cannot prove the side: grade C
  // The instruction has a femur measured that looks fractured, or says that none is and one looks so.
  bool image_contradicts = false;
  std::array<SideState, 2> state{SideState::ok, SideState::ok};  // as judged in the end, index = Side
  // Set: not reported although outlined, index = Side.
  std::array<std::optional<NotMeasured>, 2> withheld;
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;  // of the report
};

// Which femur is measured. Order of evidence: instruction, image, free text. Pure: every combination is
// listed in the README of the folder and in the test. [science: qct 5]
[[nodiscard]] SideDecision decide_side(const std::array<SideFinding, 2>& finding, const SideRequest& request);

}  // namespace focalhip
