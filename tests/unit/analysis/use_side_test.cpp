#include "analysis/use_side.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

// Two drawn intact hips, measured once.
struct Measured {
  CtVolume ct = test::draw({});
  std::array<FemurOutcome, 2> femora = segment_femora(ct, {});
  HipReport report;
  Measured() {
    Calibration calibration;
    calibration.sigma_ct_hu_per_mg_cm3 = 1.0;
    for (const Side side : {Side::right, Side::left}) {
      FemurResult result{.side = side, .used_for_atlas = false, .cortex = {}, .outcome = UnmeasuredFemur{}};
      result.outcome = measure_densitometry(
          ct, calibration, std::get<SegmentedFemur>(femora[static_cast<std::size_t>(side)]), {});
      result.cortex = CortexMeasurement{};
      report.femurs.push_back(result);
    }
  }
};

HipReport decided(const AnalysisOptions& options,
                  std::optional<Side> laterality = std::nullopt,
                  FractureLabel label = FractureLabel::none) {
  static const Measured measured;
  HipReport report = measured.report;
  report.subject.laterality = laterality;
  report.subject.fracture_label = label;
  use_side(report, measured.ct, measured.femora, options);
  return report;
}

// The sides that are reported, the used one in capitals.
std::string sides_of(const HipReport& report) {
  std::string text;
  for (const FemurResult& femur : report.femurs) {
    if (femur.measurement() == nullptr) continue;
    const bool right = femur.side == Side::right;
    text += femur.used_for_atlas ? (right ? "R" : "L") : (right ? "r" : "l");
  }
  return text;
}

TEST(UseSide, UsesTheRightOfTwoIntactFemoraAndReportsBoth) {
  EXPECT_EQ(sides_of(decided({})), "Rl");
  EXPECT_EQ(sides_of(decided({.side = SideChoice::automatic})), "R");
}

TEST(UseSide, AnAskedSideIsUsedAndTheOtherLeftOut) {
  const HipReport report = decided({.side = SideChoice::left});
  EXPECT_EQ(sides_of(report), "L");
  EXPECT_EQ(report.side->request.source, "the option side");
}

TEST(UseSide, TheHeadersLateralityCountsAsTheSiteSays) {
  EXPECT_EQ(sides_of(decided({}, Side::left)), "Rl");  // ignored unless the site says what it means
  EXPECT_EQ(sides_of(decided({.laterality = LateralityMeaning::measured}, Side::left)), "rL");
  const HipReport report = decided({.laterality = LateralityMeaning::fractured}, Side::right);
  EXPECT_EQ(sides_of(report), "L");
  EXPECT_TRUE(report.side->decision.contralateral);
  ASSERT_NE(report.femurs.front().unmeasured(), nullptr);
  EXPECT_EQ(report.femurs.front().unmeasured()->reason.code, RefusalCode::fracture);
}

TEST(UseSide, AWithheldFemurHasNoCortexEither) {
  const HipReport broken = decided({.instruction = SideInstruction::fracture_right});
  EXPECT_FALSE(broken.femurs[0].cortex);
  EXPECT_TRUE(broken.femurs[1].cortex);
}

TEST(UseSide, AFractureNamedWithoutItsSideShowsBothFemoraAndUsesNone) {
  const HipReport both = decided({}, std::nullopt, FractureLabel::unsided);
  EXPECT_EQ(sides_of(both), "rl");
  EXPECT_EQ(both.grade, Grade::c);
  const HipReport one = decided({.side = SideChoice::automatic}, std::nullopt, FractureLabel::unsided);
  EXPECT_EQ(sides_of(one), "");
  for (const FemurResult& femur : one.femurs) {
    EXPECT_EQ(femur.unmeasured()->reason.code, RefusalCode::no_intact_side);
    EXPECT_FALSE(femur.cortex);
  }
  EXPECT_EQ(sides_of(decided({.side = SideChoice::left}, std::nullopt, FractureLabel::unsided)), "L");
}

TEST(UseSide, AnInstructionOutranksTheHeader) {
  const HipReport report = decided({.instruction = SideInstruction::measure_right,
                                    .instruction_source = "peer",
                                    .laterality = LateralityMeaning::measured},
                                   Side::left);
  EXPECT_EQ(sides_of(report), "Rl");
  EXPECT_EQ(report.side->request.source, "peer");
}

}  // namespace
}  // namespace focalhip
