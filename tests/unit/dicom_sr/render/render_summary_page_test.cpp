#include "dicom_sr/render/render_summary_page.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "dicom_sr/render/palette.h"
#include "dicom_sr/result_groups.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

std::map<std::string, HipReport> all_reports() {
  return {{"both", test::both_sides_report()},
          {"one side", test::one_side_report()},
          {"refused", test::refused_report_with_pictures()},
          {"calibrated", test::refused_report_with_calibration()},
          {"no volume", test::refused_report_without_volume()},
          {"missing values", test::missing_values_report()},
          {"crowded", test::crowded_report()}};
}

const PageText page_text{.other_series = {"series 3 (2.50 mm, FC30): thicker slices"}};

bool mentions(const Page& page, const std::string& words) {
  return std::any_of(page.texts.begin(), page.texts.end(), [&](const DrawnText& text) {
    return !text.shortened && text.text.find(words) != std::string::npos;
  });
}

// Mean column of the pixels of one colour between two rows, or -1.
double mean_column(const Page& page, Colour colour, int first_row, int last_row) {
  const std::array<double, 3> wanted{colour.red, colour.green, colour.blue};
  double sum = 0.0;
  int count = 0;
  for (int row = first_row; row < last_row; ++row) {
    for (int column = 0; column < page.image.columns; ++column) {
      const std::size_t at = 3U * (static_cast<std::size_t>(row) * 1024U + static_cast<std::size_t>(column));
      bool same = true;
      for (std::size_t i = 0; i < 3; ++i) {
        same = same && std::abs(page.image.rgb[at + i] - 255.0 * wanted[i]) < 12.0;
      }
      if (!same) continue;
      sum += column;
      ++count;
    }
  }
  return count == 0 ? -1.0 : sum / count;
}

TEST(SummaryPage, ShowsEveryNumberOfTheReport) {
  for (const auto& [name, report] : all_reports()) {
    const Page page = render_summary_page(report, page_text);
    for (const ResultGroup& group : result_groups(report)) {
      for (const ResultValue& value : group.values) {
        EXPECT_TRUE(mentions(page, value.number.value_or("n/a")))
            << name << " " << group.tracking_id << " " << value.quantity.meaning;
      }
    }
  }
}

// The reports above and every reason, with a long detail, for the series and for one side.
std::map<std::string, HipReport> reports_and_reasons() {
  std::map<std::string, HipReport> reports = all_reports();
  std::string detail = "found";
  for (int i = 0; i < 30; ++i) detail += " something unexpected and";
  for (int i = 0; i <= static_cast<int>(RefusalCode::fracture); ++i) {
    const NotMeasured reason{static_cast<RefusalCode>(i), detail};
    const std::string code(code_string(reason.code));
    reports["refused " + code] = test::refused_report_with_pictures();
    reports["refused " + code].refusal = reason;
    reports["one side " + code] = test::one_side_report();
    std::get<UnmeasuredFemur>(reports["one side " + code].femurs[0].outcome).reason = reason;
  }
  return reports;
}

TEST(SummaryPage, KeepsEveryTextInsideAndApart) {
  for (const auto& [name, report] : reports_and_reasons()) {
    const Page page = render_summary_page(report, page_text);
    ASSERT_GT(page.texts.size(), 5U);
    for (std::size_t i = 0; i < page.texts.size(); ++i) {
      const DrawnText& a = page.texts[i];
      EXPECT_GE(a.left, 0.0) << name << ": " << a.text;
      EXPECT_GE(a.top, 0.0) << name << ": " << a.text;
      EXPECT_LE(a.left + a.width, page.image.columns) << name << ": " << a.text;
      EXPECT_LE(a.top + a.height, page.image.rows) << name << ": " << a.text;
      for (std::size_t j = i + 1; j < page.texts.size(); ++j) {
        const DrawnText& b = page.texts[j];
        // Line boxes may touch; 3 px is less than the empty space above and below the letters.
        const double across = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left);
        const double down = std::min(a.top + a.height, b.top + b.height) - std::max(a.top, b.top);
        EXPECT_FALSE(across > 0.5 && down > 3.0) << name << ": '" << a.text << "' over '" << b.text << "'";
      }
    }
  }
}

TEST(SummaryPage, IsTheSameEveryTime) {
  const HipReport report = test::both_sides_report();
  EXPECT_TRUE(render_summary_page(report, page_text).image.rgb ==
              render_summary_page(report, page_text).image.rgb);
}

TEST(SummaryPage, AlwaysCarriesTheResearchLabelAndTheSides) {
  for (const auto& [name, report] : all_reports()) {
    const Page page = render_summary_page(report, page_text);
    EXPECT_TRUE(mentions(page, "RESEARCH USE ONLY - NOT FOR DIAGNOSIS")) << name;
    EXPECT_TRUE(mentions(page, "FocalHip summary")) << name;
    EXPECT_TRUE(mentions(page, report.software.version)) << name;
    EXPECT_EQ(page.image.columns, 1024);
    EXPECT_GE(page.image.rows, 1024);
    if (report.pictures.empty()) continue;
    EXPECT_TRUE(std::any_of(page.texts.begin(), page.texts.end(), [](const DrawnText& text) {
      return text.text == "R" && text.left < 512.0;
    })) << name;
  }
}

TEST(SummaryPage, SaysWhyNothingWasAnalysed) {
  const Page page = render_summary_page(test::refused_report_with_pictures(), page_text);
  EXPECT_TRUE(mentions(page, "NOT ANALYSED"));
  EXPECT_TRUE(mentions(page, "No calibration phantom"));
  EXPECT_TRUE(mentions(page, "R_NO_PHANTOM: no row of rods found"));
  EXPECT_TRUE(mentions(page, "Contrast agent may raise density"));
  EXPECT_FALSE(mentions(page, "n/a"));
}

TEST(SummaryPage, SaysWhyOneSideWasNotMeasured) {
  const Page page = render_summary_page(test::one_side_report(), page_text);
  EXPECT_TRUE(mentions(page, "NOT MEASURED"));
  EXPECT_TRUE(mentions(page, "Metal in or beside the femur"));
  EXPECT_TRUE(mentions(page, "R_METAL: implant of 31 cm3"));
  EXPECT_TRUE(mentions(page, "Atlas: none loaded"));
}

// Rows 110 to 350 hold the two slices. In each, patient right (small x) must be on image left.
TEST(SummaryPage, ShowsThePatientsRightOnImageLeft) {
  const Page page = render_summary_page(test::both_sides_report(), page_text);
  const double right = mean_column(page, palette::right_side, 112, 348);
  const double left = mean_column(page, palette::left_side, 112, 348);
  ASSERT_GE(right, 0.0);
  ASSERT_GE(left, 0.0);
  EXPECT_LT(right, left - 100.0);  // the hips of the fake are 176 mm apart, more than 200 px
}

// The heads are medial: to the right of the right femur's neck region, to the left of the left one's. The
// fake's neck region lies medial of its intertrochanteric region.
TEST(SummaryPage, TurnsTheRightProjectionSoThatLateralIsOnImageLeft) {
  const Page page = render_summary_page(test::both_sides_report(), page_text);
  double neck_right = 0.0, neck_left = 0.0, shaft_right = 0.0, shaft_left = 0.0;
  for (const DrawnText& text : page.texts) {
    const bool on_right_femur = text.left < 240.0;
    if (text.top > 640.0 || (!on_right_femur && text.left < 784.0)) continue;
    if (text.text == "FN") (on_right_femur ? neck_right : neck_left) = text.left;
    if (text.text == "IT") (on_right_femur ? shaft_right : shaft_left) = text.left;
  }
  ASSERT_GT(neck_right * neck_left * shaft_right * shaft_left, 0.0);
  EXPECT_GT(neck_right, shaft_right + 10.0);
  EXPECT_LT(neck_left, shaft_left - 10.0);
}

TEST(SummaryPage, DrawsForeignTextAsPlainAscii) {
  HipReport report = test::refused_report_without_volume();
  report.refusal->detail = "kernel \xCD\xF5\nB30<b>&amp;";
  const Page page = render_summary_page(report, {.other_series = {"\xFF\xFE"}});
  EXPECT_TRUE(mentions(page, "R_NOT_AXIAL: kernel ?? B30<b>&amp;"));
}

TEST(SummaryPage, SurvivesPicturesThatDoNotFillTheirSize) {
  HipReport report = test::both_sides_report();
  report.pictures[0].hu.pop_back();
  report.pictures[1].pixel_mm = 0.0;
  std::get<FemurMeasurement>(report.femurs[0].outcome).projection.voi.clear();
  EXPECT_TRUE(mentions(render_summary_page(report, page_text), "No picture available"));
}

}  // namespace
}  // namespace focalhip
