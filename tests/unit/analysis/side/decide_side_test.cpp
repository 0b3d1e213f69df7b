#include "analysis/side/decide_side.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

using enum SideState;

constexpr std::array both_sides{Side::right, Side::left};
std::size_t at(Side side) { return static_cast<std::size_t>(side); }
Side other(Side side) { return side == Side::right ? Side::left : Side::right; }

SideFinding finding(SideState state) {
  return {.state = state,
          .outlined = state == ok || state == suspicious || state == fractured,
          .explanation = state == ok ? "" : "signs"};
}

SideDecision decide(SideState right, SideState left, const SideRequest& request = {}) {
  return decide_side({finding(right), finding(left)}, request);
}

bool has(const SideDecision& decision, NoteCode code) {
  return std::ranges::any_of(decision.notes, [code](const QualityNote& n) { return n.code == code; });
}

// "R", "L" or "-", then "c" contralateral, "?" uncertain.
std::string text(const SideDecision& decision) {
  std::string result(1, decision.used ? letter(*decision.used) : '-');
  if (decision.contralateral) result += 'c';
  if (decision.uncertain) result += '?';
  return result;
}

template <typename Visit>
void for_all(Visit visit) {
  for (const SideState right : all_side_states) {
    for (const SideState left : all_side_states) {
      for (const SideInstruction instruction : all_side_instructions) {
        for (const FractureLabel label : all_fracture_labels) {
          for (const bool outlined : {true, false}) {
            std::array<SideFinding, 2> findings{finding(right), finding(left)};
            // A broken femur may have an outline or not.
            for (SideFinding& f : findings) f.outlined = f.outlined && (outlined || f.state != fractured);
            visit(findings, SideRequest{.instruction = instruction, .source = "the test", .label = label});
          }
        }
      }
    }
  }
}

TEST(DecideSide, FollowsTheTableOfTheScienceWithoutInstruction) {
  // Rows: right; columns: left as in all_side_states: ok, suspicious, fractured, metal, not measurable.
  const std::map<SideState, std::array<const char*, 5>> table{{ok, {"R", "R", "Rc", "Rc", "R"}},
                                                              {suspicious, {"L?", "-?", "Rc?", "Rc?", "-?"}},
                                                              {fractured, {"Lc", "Lc?", "-", "-", "-"}},
                                                              {metal, {"Lc", "Lc?", "-", "-", "-"}},
                                                              {not_measurable, {"L", "-?", "-", "-", "-"}}};
  for (const auto& [right, row] : table) {
    for (std::size_t left = 0; left < row.size(); ++left) {
      EXPECT_EQ(text(decide(right, all_side_states[left])), row[left])
          << "right " << name(right) << ", left " << name(all_side_states[left]);
    }
  }
}

TEST(DecideSide, GradesAnUncertainSideC) {
  for_all([](const auto& findings, const SideRequest& request) {
    const SideDecision decision = decide_side(findings, request);
    EXPECT_EQ(decision.grade, decision.uncertain || decision.image_contradicts ? Grade::c : Grade::a);
    EXPECT_EQ(has(decision, NoteCode::side_uncertain), decision.uncertain);
  });
}

TEST(DecideSide, NeverUsesASideWithoutAnOutline) {
  for_all([](const auto& findings, const SideRequest& request) {
    const SideDecision decision = decide_side(findings, request);
    if (!decision.used) return;
    const SideFinding& used = findings[at(*decision.used)];
    EXPECT_TRUE(used.outlined);
    EXPECT_NE(used.state, metal);
    EXPECT_NE(used.state, not_measurable);
  });
}

TEST(DecideSide, UsesABrokenSideOnlyWhenToldAndThenSaysThatTheImageContradicts) {
  for_all([](const auto& findings, const SideRequest& request) {
    const SideDecision decision = decide_side(findings, request);
    if (!decision.used || findings[at(*decision.used)].state != fractured) return;
    const bool told = request.instruction == SideInstruction::no_fracture ||
                      request.instruction == (*decision.used == Side::right ? SideInstruction::measure_right
                                                                            : SideInstruction::measure_left);
    EXPECT_TRUE(told) << name(request.instruction);
    EXPECT_TRUE(decision.image_contradicts);
    EXPECT_TRUE(has(decision, NoteCode::fracture_suspected));
    EXPECT_TRUE(has(decision, NoteCode::side_instructed));
    EXPECT_EQ(decision.grade, Grade::c);
  });
}

TEST(DecideSide, AnInstructionToMeasureASideIsObeyedOrNothingIsUsed) {
  for_all([](const auto& findings, const SideRequest& request) {
    for (const Side side : both_sides) {
      if (request.instruction !=
          (side == Side::right ? SideInstruction::measure_right : SideInstruction::measure_left))
        continue;
      const SideDecision decision = decide_side(findings, request);
      if (findings[at(side)].outlined) {
        EXPECT_EQ(decision.used, side);
        EXPECT_EQ(decision.reason, SideReason::instructed);
      } else {
        EXPECT_FALSE(decision.used);
        EXPECT_EQ(decision.reason, SideReason::instructed_not_usable);
      }
      EXPECT_TRUE(has(decision, NoteCode::side_instructed));
    }
  });
}

TEST(DecideSide, AFractureThatIsToldIsNeverMeasuredAndTheOtherSideStandsIn) {
  for_all([](const auto& findings, const SideRequest& request) {
    for (const Side side : both_sides) {
      if (request.instruction !=
          (side == Side::right ? SideInstruction::fracture_right : SideInstruction::fracture_left))
        continue;
      const SideDecision decision = decide_side(findings, request);
      const SideFinding& stand_in = findings[at(other(side))];
      EXPECT_NE(decision.used, side);
      if (stand_in.outlined && stand_in.state != fractured) {
        EXPECT_EQ(decision.used, other(side));
        EXPECT_TRUE(decision.contralateral);
      } else {
        EXPECT_FALSE(decision.used);
      }
      if (findings[at(side)].state != metal) {
        ASSERT_TRUE(decision.withheld[at(side)]);
        EXPECT_EQ(decision.withheld[at(side)]->code, RefusalCode::fracture);
      }
    }
    if (request.instruction == SideInstruction::fracture_both) {
      EXPECT_FALSE(decide_side(findings, request).used);
    }
  });
}

TEST(DecideSide, NoFractureToldMeansTheRightOneUnlessItCannotBeMeasured) {
  for_all([](const auto& findings, const SideRequest& request) {
    if (request.instruction != SideInstruction::no_fracture) return;
    const SideDecision decision = decide_side(findings, request);
    if (findings[0].outlined) {
      EXPECT_EQ(decision.used, Side::right);
    } else if (findings[1].outlined) {
      EXPECT_EQ(decision.used, Side::left);
    } else {
      EXPECT_FALSE(decision.used);
    }
  });
}

TEST(DecideSide, FreeTextNeverWithholdsAFemurThatLooksIntact) {
  for_all([](const auto& findings, const SideRequest& request) {
    if (request.instruction != SideInstruction::none) return;
    const SideDecision decision = decide_side(findings, request);
    for (const Side side : both_sides) {
      if (findings[at(side)].state == ok) {
        EXPECT_FALSE(decision.withheld[at(side)]);
      }
    }
  });
}

TEST(DecideSide, FreeTextDoesNotChangeAnInstruction) {
  for_all([](const auto& findings, const SideRequest& request) {
    if (request.instruction == SideInstruction::none) return;
    SideRequest silent = request;
    silent.label = FractureLabel::none;
    EXPECT_EQ(text(decide_side(findings, request)), text(decide_side(findings, silent)));
  });
}

TEST(DecideSide, FreeTextSupportsOneSignAndWarnsWithoutAny) {
  const auto labelled = [](FractureLabel label) {
    return SideRequest{.instruction = SideInstruction::none, .source = "", .label = label};
  };
  EXPECT_EQ(text(decide(suspicious, ok, labelled(FractureLabel::right))), "Lc");
  EXPECT_EQ(text(decide(suspicious, ok, labelled(FractureLabel::unsided))), "Lc");
  EXPECT_EQ(text(decide(ok, suspicious, labelled(FractureLabel::left))), "Rc");
  EXPECT_EQ(text(decide(ok, ok, labelled(FractureLabel::right))), "L?");
  EXPECT_EQ(text(decide(ok, ok, labelled(FractureLabel::left))), "R");
  EXPECT_EQ(text(decide(ok, ok, labelled(FractureLabel::unsided))), "-?");
  EXPECT_EQ(text(decide(suspicious, ok, labelled(FractureLabel::left))), "-?");
  EXPECT_EQ(text(decide(fractured, ok, labelled(FractureLabel::left))), "Lc?");
}

TEST(DecideSide, AFractureWithoutASideThatNoImageShowsLeavesEitherFemurUncertain) {
  const SideRequest label{
      .instruction = SideInstruction::none, .source = "", .label = FractureLabel::unsided};
  const SideDecision decision = decide(ok, ok, label);
  EXPECT_FALSE(decision.used);
  EXPECT_EQ(decision.reason, SideReason::no_intact_side);
  EXPECT_EQ(decision.grade, Grade::c);
  EXPECT_TRUE(has(decision, NoteCode::side_uncertain));
  // The text speaks of one femur: said once, and neither is withheld.
  EXPECT_EQ(std::ranges::count(decision.notes, NoteCode::fracture_suspected, &QualityNote::code), 1);
  EXPECT_FALSE(decision.withheld[0] || decision.withheld[1]);
  // The image tells which one: the text adds nothing to it.
  EXPECT_EQ(text(decide(fractured, ok, label)), "Lc");
  EXPECT_EQ(text(decide(ok, fractured, label)), "Rc");
  // An implant need not be where the fracture is; a femur that could not be measured proves nothing.
  EXPECT_EQ(text(decide(metal, ok, label)), "Lc?");
  EXPECT_EQ(text(decide(ok, not_measurable, label)), "-?");
  for (const SideInstruction told :
       {SideInstruction::measure_right, SideInstruction::fracture_left, SideInstruction::no_fracture}) {
    const SideDecision instructed =
        decide(ok, ok, {.instruction = told, .source = "the test", .label = FractureLabel::unsided});
    EXPECT_EQ(instructed.used, Side::right);
    EXPECT_FALSE(instructed.uncertain);
    EXPECT_EQ(instructed.grade, Grade::a);
  }
}

TEST(DecideSide, NoFractureToldWithholdsNothingAndTellsWhatTheImageShows) {
  for_all([](const auto& findings, const SideRequest& request) {
    if (request.instruction != SideInstruction::no_fracture) return;
    const SideDecision decision = decide_side(findings, request);
    EXPECT_FALSE(decision.withheld[0] || decision.withheld[1]);
    const bool seen = std::ranges::any_of(
        findings, [](const SideFinding& f) { return f.state == fractured || f.state == suspicious; });
    EXPECT_EQ(has(decision, NoteCode::fracture_suspected), seen);
    EXPECT_EQ(decision.image_contradicts, seen);
    EXPECT_EQ(decision.grade, seen ? Grade::c : Grade::a);
  });
}

TEST(DecideSide, ABrokenFemurThatIsNotUsedIsWithheldWithItsSigns) {
  for_all([](const auto& findings, const SideRequest& request) {
    const SideDecision decision = decide_side(findings, request);
    for (const Side side : both_sides) {
      const bool broken = decision.state[at(side)] == fractured;
      const bool told_none = request.instruction == SideInstruction::no_fracture;
      EXPECT_EQ(decision.withheld[at(side)].has_value(), broken && decision.used != side && !told_none);
      if (!decision.withheld[at(side)]) continue;
      EXPECT_EQ(decision.withheld[at(side)]->code, RefusalCode::fracture);
      EXPECT_FALSE(decision.withheld[at(side)]->detail.empty());
    }
  });
}

TEST(DecideSide, MirroredFindingsGiveTheMirroredSideWhereTheRightOneIsNotPreferred) {
  for_all([](const auto& findings, const SideRequest& request) {
    if (request.instruction != SideInstruction::none || request.label != FractureLabel::none) return;
    const SideDecision here = decide_side(findings, request);
    const SideDecision mirrored = decide_side({findings[1], findings[0]}, request);
    if (findings[0].state == findings[1].state) return;
    EXPECT_EQ(here.used.has_value(), mirrored.used.has_value());
    if (here.used) {
      EXPECT_NE(here.used, mirrored.used);
    }
  });
}

}  // namespace
}  // namespace focalhip
