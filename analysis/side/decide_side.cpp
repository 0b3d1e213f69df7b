#include "analysis/side/decide_side.h"

#include "analysis/support/expects.h"

// The table of qct 5, first what was told, then what is seen.

namespace focalhip {

namespace {

constexpr std::array both_sides{Side::right, Side::left};

constexpr std::size_t at(Side side) { return static_cast<std::size_t>(side); }
constexpr Side other(Side side) { return side == Side::right ? Side::left : Side::right; }

std::string of(Side side) { return std::string(name(side)) + " femur"; }

// The femur an instruction names as broken or as the one to measure.
bool tells_fracture_of(SideInstruction instruction, Side side) {
  if (instruction == SideInstruction::fracture_both) return true;
  return instruction ==
         (side == Side::right ? SideInstruction::fracture_right : SideInstruction::fracture_left);
}
std::optional<Side> side_to_measure(SideInstruction instruction) {
  switch (instruction) {
    case SideInstruction::measure_right:
    case SideInstruction::fracture_left:
      return Side::right;
    case SideInstruction::measure_left:
    case SideInstruction::fracture_right:
      return Side::left;
    case SideInstruction::none:
    case SideInstruction::fracture_both:
    case SideInstruction::no_fracture:
      return std::nullopt;
  }
  return std::nullopt;
}

bool names(FractureLabel label, Side side) {
  return label == FractureLabel::both ||
         label == (side == Side::right ? FractureLabel::right : FractureLabel::left);
}

// A text alone makes a side suspicious; together with a sign in the image it is enough.
SideState with_label(SideState seen, FractureLabel label, Side side) {
  const bool supports = names(label, side) || label == FractureLabel::unsided;
  if (seen == SideState::suspicious && supports) return SideState::fractured;
  if (seen == SideState::ok && names(label, side)) return SideState::suspicious;
  return seen;
}

class Decider {
 public:
  Decider(const std::array<SideFinding, 2>& finding, const SideRequest& request)
      : finding_(finding), request_(request) {
    for (const Side side : both_sides) decision_.state[at(side)] = finding[at(side)].state;
  }

  SideDecision decide() {
    if (request_.instruction == SideInstruction::none) {
      decide_by_image();
    } else {
      decide_by_instruction();
    }
    explain();
    return decision_;
  }

 private:
  [[nodiscard]] SideState state(Side side) const { return decision_.state[at(side)]; }
  [[nodiscard]] bool outlined(Side side) const {
    const SideState seen = finding_[at(side)].state;
    return finding_[at(side)].outlined && seen != SideState::metal && seen != SideState::not_measurable;
  }
  [[nodiscard]] bool intact(Side side) const { return outlined(side) && state(side) == SideState::ok; }
  [[nodiscard]] bool looks_broken(Side side) const {
    return state(side) == SideState::fractured || state(side) == SideState::suspicious;
  }

  void use(Side side, SideReason reason) {
    decision_.used = side;
    decision_.reason = reason;
  }
  void lower(Grade grade) { decision_.grade = worse(decision_.grade, grade); }

  void decide_by_instruction() {
    const SideInstruction told = request_.instruction;
    decision_.reason = SideReason::instructed_not_usable;
    if (told == SideInstruction::no_fracture) {
      for (const Side side : both_sides) {
        if (!decision_.used && outlined(side)) use(side, SideReason::instructed);
      }
    }
    if (const std::optional<Side> side = side_to_measure(told)) {
      const bool told_other_broken = tells_fracture_of(told, other(*side));
      // "The other one is broken" does not say that this one is whole.
      const bool both_broken = told_other_broken && state(*side) == SideState::fractured;
      if (outlined(*side) && !both_broken) use(*side, SideReason::instructed);
      decision_.contralateral = told_other_broken && decision_.used.has_value();
    }
    for (const Side side : both_sides) {
      if (tells_fracture_of(told, side) && state(side) != SideState::metal)
        decision_.state[at(side)] = SideState::fractured;
    }
    if (told == SideInstruction::fracture_both) decision_.reason = SideReason::no_intact_side;
    decision_.image_contradicts = told == SideInstruction::no_fracture
                                      ? looks_broken(Side::right) || looks_broken(Side::left)
                                      : decision_.used && looks_broken(*decision_.used);
    if (decision_.image_contradicts) lower(Grade::c);
  }

  // A text names a fracture without its side and no image shows one: it can be in either. Which femur is
  // intact cannot be proven. [qct 0.8]
  void suspect_either_side() {
    if (request_.label != FractureLabel::unsided) return;
    if (looks_broken(Side::right) || looks_broken(Side::left)) return;
    for (const Side side : both_sides) {
      if (state(side) != SideState::ok) continue;
      decision_.state[at(side)] = SideState::suspicious;
      named_without_side_ = true;
    }
  }

  void decide_by_image() {
    suspect_either_side();
    if (!named_without_side_) {
      for (const Side side : both_sides) {
        decision_.state[at(side)] = with_label(state(side), request_.label, side);
      }
    }
    for (const Side side : both_sides) {
      if (decision_.used || !intact(side)) continue;
      const SideState opposite = state(other(side));
      const bool replaces = opposite == SideState::fractured || opposite == SideState::metal;
      const bool by_default = side == Side::right && !replaces;
      use(side,
          by_default                          ? SideReason::right_by_default
          : replaces                          ? SideReason::contralateral
          : opposite == SideState::suspicious ? SideReason::other_suspicious
                                              : SideReason::other_not_measurable);
      decision_.contralateral = replaces;
      decision_.uncertain = decision_.reason == SideReason::other_suspicious;
    }
    if (!decision_.used) use_suspicious_beside_broken();
    if (!decision_.used) {
      decision_.reason = SideReason::no_intact_side;
      decision_.uncertain =
          state(Side::right) == SideState::suspicious || state(Side::left) == SideState::suspicious;
    }
    if (decision_.uncertain) lower(Grade::c);
  }

  // One femur certainly out, the other with a single sign (both sides differ, so the sound one may show a
  // sign too): measured, and said to be uncertain.
  void use_suspicious_beside_broken() {
    for (const Side side : both_sides) {
      const SideState opposite = state(other(side));
      if (!outlined(side) || state(side) != SideState::suspicious) continue;
      if (opposite != SideState::fractured && opposite != SideState::metal) continue;
      use(side, SideReason::contralateral);
      decision_.contralateral = true;
      decision_.uncertain = true;
    }
  }

  void explain() {
    if (named_without_side_) {
      note(NoteCode::fracture_suspected,
           "the texts of the header name a fracture without its side, and the images do not show it");
    }
    for (const Side side : both_sides) {
      if (!looks_broken(side) || named_without_side_) continue;
      const bool is_used = decision_.used == side;
      const bool told = tells_fracture_of(request_.instruction, side);
      const std::string why = told                                     ? "fracture told by " + request_.source
                              : finding_[at(side)].explanation.empty() ? "named by the texts of the header"
                                                                       : finding_[at(side)].explanation;
      note(NoteCode::fracture_suspected, of(side) + ": " + why);
      const bool told_none = request_.instruction == SideInstruction::no_fracture;
      if (state(side) == SideState::fractured && !is_used && !told_none)
        decision_.withheld[at(side)] = NotMeasured{RefusalCode::fracture, why};
    }
    if (request_.instruction != SideInstruction::none) {
      note(NoteCode::side_instructed,
           std::string(name(request_.instruction)) + ", told by " + request_.source +
               (decision_.image_contradicts ? "; the image contradicts" : ""));
    }
    if (decision_.contralateral) {
      note(NoteCode::contralateral, of(*decision_.used) + " in place of the " + of(other(*decision_.used)));
    }
    if (decision_.uncertain) {
      note(NoteCode::side_uncertain,
           decision_.used ? of(*decision_.used) + " taken, not certain that it is the intact one"
                          : "neither femur is certain to be intact");
    }
  }

  void note(NoteCode code, std::string detail) { decision_.notes.push_back({code, std::move(detail)}); }

  const std::array<SideFinding, 2>& finding_;
  const SideRequest& request_;
  SideDecision decision_;
  bool named_without_side_ = false;  // by the texts alone
};

}  // namespace

SideDecision decide_side(const std::array<SideFinding, 2>& finding, const SideRequest& request) {
  return Decider(finding, request).decide();
}

std::string_view name(SideState state) {
  switch (state) {
    case SideState::ok:
      return "ok";
    case SideState::suspicious:
      return "suspicious";
    case SideState::fractured:
      return "fractured";
    case SideState::metal:
      return "metal";
    case SideState::not_measurable:
      return "not_measurable";
  }
  expects(false, "every state has a name");
  return {};
}

std::string_view name(SideInstruction instruction) {
  switch (instruction) {
    case SideInstruction::none:
      return "none";
    case SideInstruction::measure_right:
      return "measure_right";
    case SideInstruction::measure_left:
      return "measure_left";
    case SideInstruction::fracture_right:
      return "fracture_right";
    case SideInstruction::fracture_left:
      return "fracture_left";
    case SideInstruction::fracture_both:
      return "fracture_both";
    case SideInstruction::no_fracture:
      return "no_fracture";
  }
  expects(false, "every instruction has a name");
  return {};
}

std::string_view name(FractureLabel label) {
  constexpr std::array<std::string_view, 5> names{"none", "unsided", "right", "left", "both"};
  return names[static_cast<std::size_t>(label)];
}

std::string_view name(SideReason reason) {
  constexpr std::array<std::string_view, 7> names{"right_by_default",
                                                  "contralateral",
                                                  "other_not_measurable",
                                                  "other_suspicious",
                                                  "instructed",
                                                  "instructed_not_usable",
                                                  "no_intact_side"};
  return names[static_cast<std::size_t>(reason)];
}

}  // namespace focalhip
