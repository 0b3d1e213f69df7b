#include "dicom_sr/render/render_femur_pages.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dicom_sr/render/draw_femur_slices.h"
#include "dicom_sr/render/palette.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

std::map<std::string, HipReport> all_reports() {
  return {{"both", test::both_sides_report()},
          {"one side", test::one_side_report()},
          {"refused", test::refused_report_with_pictures()},
          {"missing values", test::missing_values_report()},
          {"crowded", test::crowded_report()}};
}

bool mentions(const Page& page, const std::string& words) {
  return std::ranges::any_of(page.texts, [&](const DrawnText& text) {
    return !text.shortened && text.text.find(words) != std::string::npos;
  });
}

int pixels_near(const Page& page, Colour colour) {
  int count = 0;
  for (std::size_t at = 0; at < page.image.rgb.size(); at += 3) {
    const auto near = [&](std::size_t i, double wanted) {
      return std::abs(page.image.rgb[at + i] - 255.0 * wanted) < 25.0;
    };
    count += near(0, colour.red) && near(1, colour.green) && near(2, colour.blue) ? 1 : 0;
  }
  return count;
}

TEST(FemurPages, AreSlicesAndSurfaceOfEachSideRightFirst) {
  std::vector<std::string> labels;
  for (const Page& page : render_femur_pages(test::both_sides_report(), 1024)) labels.push_back(page.label);
  EXPECT_THAT(labels, testing::ElementsAre("R SLICES", "R SURFACE", "L SLICES", "L SURFACE"));
}

TEST(FemurPages, KeepEveryTextInsideAndApart) {
  for (const auto& [name, report] : all_reports()) {
    for (const Page& page : render_femur_pages(report, 1100)) {
      EXPECT_EQ(page.image.rows, 1100);
      for (std::size_t i = 0; i < page.texts.size(); ++i) {
        const DrawnText& a = page.texts[i];
        EXPECT_FALSE(a.shortened) << name << ": " << a.text;
        EXPECT_GE(a.left, 0.0) << name << ": " << a.text;
        EXPECT_LE(a.left + a.width, page.image.columns) << name << ": " << a.text;
        EXPECT_LE(a.top + a.height, page.image.rows) << name << ": " << a.text;
        for (std::size_t j = i + 1; j < page.texts.size(); ++j) {
          const DrawnText& b = page.texts[j];
          const double across = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left);
          const double down = std::min(a.top + a.height, b.top + b.height) - std::max(a.top, b.top);
          EXPECT_FALSE(across > 0.5 && down > 3.0) << name << ": '" << a.text << "' over '" << b.text << "'";
        }
      }
    }
  }
}

TEST(FemurPages, TellTheSideTheResearchLabelAndTheDirections) {
  for (const auto& [name, report] : all_reports()) {
    for (const Page& page : render_femur_pages(report, 1024)) {
      EXPECT_TRUE(mentions(page, page.label[0] == 'R' ? "R   right femur" : "L   left femur")) << name;
      EXPECT_TRUE(mentions(page, "RESEARCH USE ONLY - NOT FOR DIAGNOSIS")) << name;
      EXPECT_TRUE(mentions(page, "20 mm")) << name;
    }
  }
}

// Both sides alike: patient right at image left, so the lateral side of a right femur is at the left.
TEST(FemurPages, ShowPatientRightAtImageLeftFromTheFront) {
  const std::vector<Page> pages = render_femur_pages(test::both_sides_report(), 1024);
  const auto first_place = [](const Page& page, const std::string& words) {
    const auto found = std::ranges::find(page.texts, words, &DrawnText::text);
    return found == page.texts.end() ? -1.0 : found->left;
  };
  EXPECT_LT(first_place(pages[1], "lateral"), first_place(pages[1], "medial"));
  EXPECT_LT(first_place(pages[3], "medial"), first_place(pages[3], "lateral"));
  EXPECT_LT(first_place(pages[0], "R"), first_place(pages[0], "L"));
  EXPECT_LT(first_place(pages[2], "R"), first_place(pages[2], "L"));
}

TEST(FemurPages, DrawOutlinesOnlyWhereSomethingWasMeasured) {
  const std::vector<Page> pages = render_femur_pages(test::one_side_report(), 1024);
  ASSERT_EQ(pages.size(), 3U);
  EXPECT_TRUE(mentions(pages[0], "NOT MEASURED"));
  EXPECT_TRUE(mentions(pages[0], "No outline"));
  EXPECT_FALSE(pages[0].outline_of);
  EXPECT_LT(pixels_near(pages[0], palette::intertrochanteric), 10);
  EXPECT_EQ(pages[1].outline_of, Side::left);
  EXPECT_GT(pixels_near(pages[1], palette::intertrochanteric), 100);
  EXPECT_TRUE(mentions(pages[1], "no visible edge: head's sphere, not measured"));
}

TEST(FemurPages, HaveNoSurfaceOfAFemurThatIsNotReported) {
  HipReport report = test::both_sides_report();
  UnmeasuredFemur broken;
  broken.reason = {RefusalCode::fracture, "signs"};
  report.femurs[0].outcome = broken;
  std::vector<std::string> labels;
  for (const Page& page : render_femur_pages(report, 1024)) labels.push_back(page.label);
  EXPECT_THAT(labels, testing::ElementsAre("R SLICES", "L SLICES", "L SURFACE"));
}

TEST(FemurPages, AreTheSameEveryTime) {
  const HipReport report = test::both_sides_report();
  const std::vector<Page> first = render_femur_pages(report, 1024);
  const std::vector<Page> second = render_femur_pages(report, 1024);
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(first[i].image.rgb == second[i].image.rgb);
}

TEST(FemurPages, SurvivePicturesAndSurfacesThatDoNotFillTheirSize) {
  HipReport report = test::both_sides_report();
  report.femurs[0].pictures[0].hu.pop_back();
  report.femurs[0].pictures[1].pixel_mm = 0.0;
  report.femurs[0].cortex->map.cth_mm.pop_back();
  const std::vector<Page> pages = render_femur_pages(report, 1024);
  EXPECT_TRUE(mentions(pages[0], "No picture available"));
  EXPECT_TRUE(mentions(pages[1], "No surface available"));
}

TEST(DirectionLetter, IsThatOfDicom) {
  EXPECT_EQ(direction_letter({1, 0, 0}), 'L');
  EXPECT_EQ(direction_letter({-1, 0.2, 0}), 'R');
  EXPECT_EQ(direction_letter({0, 1, 0}), 'P');
  EXPECT_EQ(direction_letter({0, -1, 0.5}), 'A');
  EXPECT_EQ(direction_letter({0, 0, 1}), 'H');
  EXPECT_EQ(direction_letter({0.1, 0, -1}), 'F');
}

}  // namespace
}  // namespace focalhip
