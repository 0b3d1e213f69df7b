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
