#include "analysis/calibration/identify_rods.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

using Row = std::vector<std::optional<double>>;

// mu - water = sigma_ref * K - 1000 for the rods named, from the patient's right.
Row row_of(const std::string& names, double sigma_ref = 1.587) {
  const Phantom phantom = mindways_model_3();
  Row row;
  for (const char name : names) {
    const PhantomRod& rod = phantom.rods[static_cast<std::size_t>(name - 'A')];
    row.emplace_back(rod.water_mg_cm3 + sigma_ref * rod.mineral_mg_cm3 - 1000.0);
  }
  return row;
}

std::string names_of(const RodIdentity& identity) {
  std::string names;
  for (const std::size_t rod : identity.rod_of_place) names += mindways_model_3().rods[rod].name;
  return names;
}

RefusalCode refusal_of(const Row& row, const Phantom& phantom) {
  try {
    static_cast<void>(identify_rods(row, phantom));
  } catch (const Refusal& refusal) {
    return refusal.code();
  }
  ADD_FAILURE() << "identified";
  return RefusalCode::no_images;
}

TEST(IdentifyRods, ReadsTheRowInEitherDirectionAtEveryEnergy) {
  for (const double sigma_ref : {1.25, 1.365, 1.587, 1.889}) {
    EXPECT_EQ(names_of(identify_rods(row_of("ABCDE", sigma_ref), mindways_model_3())), "ABCDE");
    EXPECT_EQ(names_of(identify_rods(row_of("EDCBA", sigma_ref), mindways_model_3())), "EDCBA");
  }
}

TEST(IdentifyRods, KnowsWhichRodIsMissingAtTheEndOfTheRow) {
  EXPECT_EQ(names_of(identify_rods(row_of("ABCD"), mindways_model_3())), "ABCD");
  EXPECT_EQ(names_of(identify_rods(row_of("BCDE"), mindways_model_3())), "BCDE");
  EXPECT_EQ(names_of(identify_rods(row_of("EDCB"), mindways_model_3())), "EDCB");
  EXPECT_EQ(names_of(identify_rods(row_of("DCBA"), mindways_model_3())), "DCBA");
}

TEST(IdentifyRods, OneUnreadablePlaceDoesNotMatter) {
  for (std::size_t place = 0; place < 5; ++place) {
    Row row = row_of("ABCDE");
    row[place].reset();
    EXPECT_EQ(names_of(identify_rods(row, mindways_model_3())), "ABCDE") << place;
  }
}

TEST(IdentifyRods, OneBadRodDoesNotMatter) {
  for (std::size_t place = 0; place < 5; ++place) {
    for (const double error_hu : {-60.0, 60.0, -400.0}) {
      Row row = row_of("ABCDE");
      *row[place] += error_hu;
      EXPECT_EQ(names_of(identify_rods(row, mindways_model_3())), "ABCDE") << place << " " << error_hu;
    }
  }
}

// All 120 orders: the two of the certificate are accepted, no other is taken for them.
TEST(IdentifyRods, AnyOtherOrderThanTheCertificatesIsAmbiguous) {
  std::string names = "ABCDE";
  int accepted = 0;
  do {
    try {
      EXPECT_EQ(names_of(identify_rods(row_of(names), mindways_model_3())), names);
      ++accepted;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.code(), RefusalCode::phantom_ambiguous) << names;
    }
  } while (std::next_permutation(names.begin(), names.end()));
  EXPECT_EQ(accepted, 2);
}

TEST(IdentifyRods, ACertificateWithAnotherLateralOrderIsFollowed) {
  Phantom phantom = mindways_model_3();
  std::swap(phantom.rods[0], phantom.rods[3]);  // D B C A E
  const RodIdentity identity = identify_rods(row_of("EACBD"), phantom);
  std::string names;
  for (const std::size_t rod : identity.rod_of_place) names += phantom.rods[rod].name;
  EXPECT_EQ(names, "EACBD");
}

TEST(IdentifyRods, ASymmetricPhantomCannotBeTurned) {
  Phantom phantom = mindways_model_3();
  phantom.rods[4] = phantom.rods[0];
  phantom.rods[3] = phantom.rods[1];
  EXPECT_EQ(refusal_of(row_of("ABCBA"), phantom), RefusalCode::phantom_ambiguous);
}

Row line_of(const std::vector<double>& ha_mg_cm3, double zero_hu = 0.0) {
  Row row;
  for (const double ha : ha_mg_cm3) row.emplace_back(zero_hu + 1.33 * ha);
  return row;
}

TEST(IdentifyRods, PhantomsOfTwoAndThreeRodsAreReadInEitherDirection) {
  const Phantom& osteo = *builtin_phantom("siemens-osteo");
  EXPECT_EQ(identify_rods(line_of({0, 200}), osteo).rod_of_place, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(identify_rods(line_of({200, 0}), osteo).rod_of_place, (std::vector<std::size_t>{1, 0}));
  const Phantom& qrm = *builtin_phantom("qrm-bdc-3");
  EXPECT_EQ(identify_rods(line_of({800, 400, 100}), qrm).rod_of_place, (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_EQ(refusal_of(line_of({100, 800, 400}), qrm), RefusalCode::phantom_ambiguous);
  EXPECT_EQ(refusal_of({100.0, std::nullopt, 1000.0}, qrm), RefusalCode::calibration_failed);
}

// Four of the five equal steps of a B-MAS 200: only the zero of water tells which end is hidden.
TEST(IdentifyRods, WaterAtZeroTellsWhichOfEqualStepsIsMissing) {
  const Phantom& bmas = *builtin_phantom("bmas-200");
  EXPECT_EQ(identify_rods(line_of({0, 50, 100, 150}), bmas).rod_of_place,
            (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(identify_rods(line_of({50, 100, 150, 200}), bmas).rod_of_place,
            (std::vector<std::size_t>{1, 2, 3, 4}));
}

// 200, 400, 600, 800 of a QRM-BDC/6 are equal steps like those of a B-MAS 200, but at a slope no beam has.
TEST(IdentifyRods, ASlopeThatNoBeamHasIsImpossible) {
  const Row row = line_of({0, 50, 100, 150, 200});
  EXPECT_TRUE(identify_rods(row, *builtin_phantom("bmas-200")).is_explained);
  EXPECT_FALSE(identify_rods(row, *builtin_phantom("qrm-bdc-6")).is_possible);
  const Row other = line_of({200, 400, 600, 800});
  EXPECT_FALSE(identify_rods(other, *builtin_phantom("bmas-200")).is_possible);
}

TEST(IdentifyRods, ThreeReadableRodsAreTooFew) {
  Row row = row_of("ABCDE");
  row[0].reset();
  row[3].reset();
  EXPECT_EQ(refusal_of(row, mindways_model_3()), RefusalCode::calibration_failed);
}

}  // namespace
}  // namespace focalhip
