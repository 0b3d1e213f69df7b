#include "dicom_sr/render/draw_table.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "analysis/femur/precision.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

struct Drawn {
  Page page;
  double height = 0.0;
};

Drawn drawn(const std::vector<ResultGroup>& groups) {
  Canvas canvas(1024, 600);
  const double height = draw_table(canvas, {20.0, 10.0}, 984.0, test::both_sides_report(), groups);
  return {canvas.finish("TABLE", 600), height};
}

bool says(const Page& page, const std::string& words) {
  return std::ranges::any_of(page.texts,
                             [&](const DrawnText& text) { return !text.shortened && text.text == words; });
}

std::vector<ResultGroup> groups_with(std::optional<std::string> change) {
  std::vector<ResultGroup> groups = result_groups(test::both_sides_report());
  for (ResultGroup& group : groups) {
    for (ResultValue& value : group.values) {
      value.least_change = value.quantity == codes::areal_bmd ? change : std::nullopt;
    }
  }
  return groups;
}

TEST(DrawTable, PrintsTheLeastSignificantChangeBelowItsValue) {
  const Page page = drawn(groups_with("0.021")).page;
  int count = 0;
  for (const DrawnText& text : page.texts) count += text.text == "\u00B10.021" ? 1 : 0;
  EXPECT_EQ(count, 8);  // four regions, two sides
  EXPECT_TRUE(says(page, "least significant change"));
}

TEST(DrawTable, IsLowerWithoutChangesAndSaysWhatIsKnownOfThem) {
  const Drawn with = drawn(groups_with("0.021"));
  const Drawn without = drawn(groups_with(std::nullopt));
  EXPECT_GT(with.height, without.height + 10.0);
  EXPECT_FALSE(says(without.page, "least significant change"));
  EXPECT_TRUE(says(without.page, least_significant_change_words(true)));
}

// With a calibration from the patient's own tissues the values repeat worse than the table says.
TEST(ResultGroups, HaveNoChangeWhereThePrecisionIsNotKnown) {
  HipReport report = test::both_sides_report();
  const auto claimed = [&] {
    int count = 0;
    for (const ResultGroup& group : result_groups(report)) {
      for (const ResultValue& value : group.values) count += value.least_change ? 1 : 0;
    }
    return count;
  };
  EXPECT_GT(claimed(), 0);
  std::get<FemurMeasurement>(report.femurs[0].outcome).precision_holds = false;
  std::get<FemurMeasurement>(report.femurs[1].outcome).precision_holds = false;
  EXPECT_EQ(claimed(), 0);
}

TEST(DrawTable, ShowsTheCortexAndWhereItsDensityIsAssumed) {
  const Page page = drawn(result_groups(test::both_sides_report())).page;
  EXPECT_TRUE(says(page, "Cortical thickness (CTh)"));
  EXPECT_TRUE(says(page, "area where it is assumed, not seen"));
  EXPECT_TRUE(says(page, "0.84"));  // neck of the drawn cortex
  EXPECT_TRUE(says(page, "97 %"));
}

TEST(DrawTable, HasNoRowsOfTheCortexWhereNoneWasMapped) {
  std::vector<ResultGroup> groups = result_groups(test::both_sides_report());
  std::erase_if(groups, [](const ResultGroup& g) { return g.finding == codes::cortical_region; });
  EXPECT_FALSE(says(drawn(groups).page, "Cortical thickness (CTh)"));
}

TEST(DrawTable, KeepsTextsApart) {
  const Drawn table = drawn(groups_with("0.021"));
  for (std::size_t i = 0; i < table.page.texts.size(); ++i) {
    for (std::size_t j = i + 1; j < table.page.texts.size(); ++j) {
      const DrawnText& a = table.page.texts[i];
      const DrawnText& b = table.page.texts[j];
      const double across = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left);
      const double down = std::min(a.top + a.height, b.top + b.height) - std::max(a.top, b.top);
      EXPECT_FALSE(across > 0.5 && down > 3.0) << a.text << " over " << b.text;
    }
  }
}

}  // namespace
}  // namespace focalhip
