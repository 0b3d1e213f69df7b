#include "listener/series/fracture_label.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

FractureLabel label(const std::vector<std::string>& texts) { return fracture_label(texts); }

TEST(FractureLabel, FindsTheBrokenSideInSeveralLanguages) {
  EXPECT_EQ(label({"Right femoral neck fracture"}), FractureLabel::right);
  EXPECT_EQ(label({"CT HIP LT FX"}), FractureLabel::left);
  EXPECT_EQ(label({"#NOF R"}), FractureLabel::right);
  EXPECT_EQ(label({"Schenkelhalsfraktur links"}), FractureLabel::left);
  EXPECT_EQ(label({"Schenkelhalsbruch re."}), FractureLabel::right);
  EXPECT_EQ(label({"fracture du col gauche"}), FractureLabel::left);
  EXPECT_EQ(label({"youkuan guzhe"}), FractureLabel::right);
  EXPECT_EQ(label({"\xE5\xB7\xA6\xE8\x82\xA1\xE9\xAA\xA8\xE9\xA2\x88\xE9\xAA\xA8\xE6\x8A\x98"}),
            FractureLabel::left);  // UTF-8: left femoral neck fracture
  EXPECT_EQ(label({"\xD3\xD2\xB9\xC9\xB9\xC7\xB9\xC7\xD5\xDB"}), FractureLabel::right);  // GB 18030
  EXPECT_EQ(label({"Hip fracture"}), FractureLabel::unsided);
  EXPECT_EQ(label({"bilateral hip fractures"}), FractureLabel::both);
}

TEST(FractureLabel, NamesNothingWhereTheTextSpeaksOfSomethingElse) {
  EXPECT_EQ(label({}), FractureLabel::none);
  EXPECT_EQ(label({"CT PELVIS", "Hip right"}), FractureLabel::none);
  EXPECT_EQ(label({"10 year fracture risk, right hip"}), FractureLabel::none);
  EXPECT_EQ(label({"rule out fracture right hip"}), FractureLabel::none);
  EXPECT_EQ(label({"Ausschluss Fraktur rechts"}), FractureLabel::none);
  EXPECT_EQ(label({"keine Fraktur links"}), FractureLabel::none);
  EXPECT_EQ(label({"right wrist fracture"}), FractureLabel::none);
  EXPECT_EQ(label({"QCT nach Wirbelfraktur"}), FractureLabel::none);
}

TEST(FractureLabel, IsNotCancelledByWordsThatSpeakOfSomethingElse) {
  EXPECT_EQ(label({"CT hip without contrast, left NOF fracture"}), FractureLabel::left);
  EXPECT_EQ(label({"CT hip without contrast left NOF fracture"}), FractureLabel::left);
  EXPECT_EQ(label({"CT Becken ohne KM, Schenkelhalsfraktur rechts"}), FractureLabel::right);
  EXPECT_EQ(label({"fell on knee, fx right hip"}), FractureLabel::right);
  EXPECT_EQ(label({"Fraktur/Oberschenkel links"}), FractureLabel::left);
  EXPECT_EQ(label({"no pain right wrist. Left hip fracture"}), FractureLabel::left);
  EXPECT_EQ(label({"fracture risk assessment; left hip fracture 2023"}), FractureLabel::left);
  EXPECT_EQ(label({"high risk patient, hip fracture"}), FractureLabel::unsided);
  EXPECT_EQ(label({"hip fracture, exclude infection"}), FractureLabel::unsided);
  // UTF-8: without contrast, left femoral neck fracture
  EXPECT_EQ(label({"\xE6\x97\xA0\xE5\xA2\x9E\xE5\xBC\xBA\xEF\xBC\x8C"
                   "\xE5\xB7\xA6\xE8\x82\xA1\xE9\xAA\xA8\xE9\xA2\x88\xE9\xAA\xA8\xE6\x8A\x98"}),
            FractureLabel::left);
}

TEST(FractureLabel, OtherBonesRiskAndNegationNameNothing) {
  for (const char* text : {"osteoporosis, fracture risk",
                           "osteoporosis, risk of hip fracture",
                           "Frakturrisiko bei Osteoporose, H\xC3\xBC"
                           "fte rechts",
                           "risque de fracture",
                           "vertebral fracture",
                           "vert. fracture",
                           "vertebral fracture hip QCT",
                           "hip QCT after vertebral fracture",
                           "fracture of the lumbar spine",
                           "L1 fx",
                           "fx L1",
                           "Th12 Fraktur",
                           "LWK 1 Fraktur",
                           "r/o fx right hip",
                           "R/O hip fracture",
                           "no evidence of hip fracture",
                           "no acute right hip fracture",
                           "fracture right hip excluded",
                           "hip fracture ruled out",
                           "ohne Fraktur",
                           "Hip right, no frac, no fracture",
                           "sans fracture",
                           "pas de fracture du col",
                           "fracture prevention clinic",
                           "fracture clinic",
                           "\xD1\xFC\xD7\xB5\xB9\xC7\xD5\xDB",  // GB 18030: lumbar vertebra
                           "\xB9\xC7\xD5\xDB\xB7\xE7\xCF\xD5",  // GB 18030: fracture risk
                           "\xCE\xDE\xB9\xC7\xD5\xDB",          // GB 18030: no fracture
                           "yaozhui guzhe",
                           "\xE6\xA4\x8E\xE4\xBD\x93\xE9\xAA\xA8\xE6\x8A\x98",  // vertebral body
                           "\xE9\xAA\xA8\xE6\x8A\x98\xE9\xA3\x8E\xE9\x99\xA9",  // fracture risk
                           "\xE6\x97\xA0\xE9\xAA\xA8\xE6\x8A\x98"}) {           // no fracture
    EXPECT_EQ(label({text}), FractureLabel::none) << text;
  }
}

TEST(FractureLabel, ALevelOfTheSpineIsNoSide) {
  EXPECT_EQ(label({"hip fracture, L4 old"}), FractureLabel::unsided);
  EXPECT_EQ(label({"fracture left hip, wrist right normal"}), FractureLabel::left);
  EXPECT_EQ(label({"fracture, right hip"}), FractureLabel::right);
}

TEST(FractureLabel, SeveralTextsAddUp) {
  EXPECT_EQ(label({"hip fracture", "fx left"}), FractureLabel::left);
  EXPECT_EQ(label({"fracture right hip", "fx left"}), FractureLabel::both);
  EXPECT_EQ(label({"right hip", "fracture"}), FractureLabel::unsided);  // a side without a fracture is none
}

TEST(FractureLabel, TakesAnyBytes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(label({all, std::string(1, '\0'), ""}), FractureLabel::none);
}

}  // namespace
}  // namespace focalhip
