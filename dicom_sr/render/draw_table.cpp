#include "dicom_sr/render/draw_table.h"

#include <algorithm>
#include <array>

#include "analysis/femur/precision.h"
#include "dicom_sr/render/draw_slices.h"

namespace focalhip {

namespace {

constexpr double label_width = 248.0;
constexpr double block_gap = 16.0;
constexpr double side_row_height = 26.0;
constexpr double name_row_height = 22.0;
constexpr double value_row_height = 24.0;
constexpr double change_height = 14.0;      // of the small line below a value
constexpr double change_row_height = 12.0;  // by which it makes the row higher
constexpr double change_offset = 21.0;

struct Row {
  Code quantity;
  const char* words;
  const char* unit;
  bool of_cortex = false;
};
const std::array<Row, 11> rows{
    {{codes::areal_bmd, "Areal BMD (aBMD)", "g/cm\u00B2"},
     {codes::volumetric_bmd, "Volumetric BMD, integral", "mg/cm\u00B3"},
     {codes::trabecular_bmd, "Volumetric BMD, trabecular", "mg/cm\u00B3"},
     {codes::cortical_bmd, "Volumetric BMD, cortical", "mg/cm\u00B3"},
     {codes::bone_mineral_content, "Bone mineral content", "g"},
     {codes::area, "Projected area", "cm\u00B2"},
     {codes::volume, "Volume", "cm\u00B3"},
     {codes::cortical_thickness, "Cortical thickness (CTh)", "mm", true},
     {codes::cortical_mass, "Cortical mass (CM), HA", "mg/cm\u00B2", true},
     {codes::mapped_density, "Cortical density (CBMD), HA", "mg/cm\u00B3", true},
     {codes::endocortical_density, "Density below it (ECTD), HA", "mg/cm\u00B3", true}}};

// Rows of the cortex stand where any was mapped.
std::vector<Row> rows_of(const std::vector<ResultGroup>& groups) {
  const bool has_cortex = std::ranges::any_of(
      groups, [](const ResultGroup& group) { return group.finding == codes::cortical_region; });
  std::vector<Row> shown;
  for (const Row& row : rows) {
    if (!row.of_cortex || has_cortex) shown.push_back(row);
  }
  return shown;
}

const ResultGroup* group_of(const std::vector<ResultGroup>& groups, const Row& row, Side side, VoiName voi) {
  return row.of_cortex ? find_cortex_group(groups, side, voi) : find_group(groups, side, voi);
}

const ResultValue* find_value(const ResultGroup* group, const Code& quantity) {
  if (group == nullptr) return nullptr;
  const auto found = std::ranges::find(group->values, quantity, &ResultValue::quantity);
  return found != group->values.end() ? &*found : nullptr;
}

std::string shown_value(const ResultGroup* group, const Row& row) {
  if (group == nullptr) return row.of_cortex ? "n/a" : "";
  const ResultValue* value = find_value(group, row.quantity);
  return value != nullptr && value->number ? *value->number : "n/a";
}

// What stands small below a value: "+-0.021", the least significant change; of cortical density the share of
// the area where it is assumed, "83 %". Nothing where it is not determined.
std::string shown_below(const ResultGroup* group, const Row& row) {
  if (row.quantity == codes::mapped_density) {
    const ResultValue* share = find_value(group, codes::density_assumed);
    return share != nullptr && share->number ? *share->number + " %" : "";
  }
  const ResultValue* value = find_value(group, row.quantity);
  return value != nullptr && value->least_change ? "\u00B1" + *value->least_change : "";
}

const char* words_below(const Row& row) {
  return row.quantity == codes::mapped_density ? "area where it is assumed, not seen"
                                               : "least significant change";
}

bool has_below(const std::vector<ResultGroup>& groups, const Row& row) {
  return std::ranges::any_of(all_vois, [&](VoiName voi) {
    return !shown_below(group_of(groups, row, Side::right, voi), row).empty() ||
           !shown_below(group_of(groups, row, Side::left, voi), row).empty();
  });
}

double row_height(const std::vector<ResultGroup>& groups, const Row& row) {
  return value_row_height + (has_below(groups, row) ? change_row_height : 0.0);
}

const FemurResult* femur_of(const HipReport& report, Side side) {
  const auto found = std::find_if(report.femurs.begin(), report.femurs.end(), [&](const FemurResult& femur) {
    return femur.side == side;
  });
  return found == report.femurs.end() ? nullptr : &*found;
}

// The four columns of one side.
void draw_block(Canvas& canvas,
                const Rect& block,
                Side side,
                const HipReport& report,
                const std::vector<ResultGroup>& groups) {
  canvas.line(side == Side::right ? "R   right femur" : "L   left femur",
              {block.left, block.top, block.width, side_row_height},
              {.size_px = 16.0, .bold = true, .colour = colour_of(side), .align = Align::centre});
  const double first_value_row = block.top + side_row_height + name_row_height;
  const FemurResult* femur = femur_of(report, side);
  if (femur == nullptr || femur->measurement() == nullptr) {
    canvas.line(femur == nullptr ? "not asked for" : "not measured",
                {block.left, first_value_row, block.width, value_row_height * rows.size()},
                {.size_px = 17.0, .colour = palette::quiet_ink, .align = Align::centre});
    return;
  }
  const double width = block.width / all_vois.size();
  for (std::size_t column = 0; column < all_vois.size(); ++column) {
    const VoiName voi = all_vois[column];
    const bool is_total = voi == VoiName::th;
    Rect cell{block.left + static_cast<double>(column) * width + 4.0,
              block.top + side_row_height,
              width - 10.0,
              name_row_height};
    canvas.line(name(voi), cell, {.size_px = 15.0, .bold = true, .align = Align::right});
    cell.top = first_value_row;
    cell.height = value_row_height - 2.0;
    for (const Row& row : rows_of(groups)) {
      const ResultGroup* group = group_of(groups, row, side, voi);
      canvas.line(shown_value(group, row), cell, {.size_px = 16.0, .bold = is_total, .align = Align::right});
      const Rect below{cell.left, cell.top + change_offset, cell.width, change_height};
      canvas.line(shown_below(group, row),
                  below,
                  {.size_px = 12.0, .colour = palette::quiet_ink, .align = Align::right});
      cell.top += row_height(groups, row);
    }
  }
}

}  // namespace

double draw_table(Canvas& canvas,
                  Point top_left,
                  double width,
                  const HipReport& report,
                  const std::vector<ResultGroup>& groups) {
  const double head_height = side_row_height + name_row_height;
  double height = head_height;
  bool panel = true;
  for (const Row& shown : rows_of(groups)) {
    Rect row{top_left.x, top_left.y + height, width, row_height(groups, shown)};
    height += row.height;
    if (panel) canvas.fill(row, palette::panel);
    panel = !panel;
    const Rect below{row.left + 18.0, row.top + change_offset, 220.0, change_height};
    if (has_below(groups, shown)) {
      canvas.line(words_below(shown), below, {.size_px = 12.0, .colour = palette::quiet_ink});
    }
    row.height = value_row_height - 2.0;
    canvas.line(shown.words, {row.left + 6.0, row.top, 192.0, row.height}, {.size_px = 14.0});
    canvas.line(shown.unit,
                {row.left + 198.0, row.top, label_width - 198.0, row.height},
                {.size_px = 13.0, .colour = palette::quiet_ink});
  }
  const double block_width = (width - label_width - block_gap) / 2.0;
  double left = top_left.x + label_width;
  for (const Side side : {Side::right, Side::left}) {
    draw_block(canvas, {left, top_left.y, block_width, height}, side, report, groups);
    left += block_width + block_gap;
  }
  const double middle = left - block_width - 1.5 * block_gap;
  const Segment rule{{middle, top_left.y + 4.0}, {middle, top_left.y + height}};
  canvas.lines({&rule, 1}, palette::rule, 1.0);
  return height + canvas.paragraph(least_significant_change_words(precision_holds(report)),
                                   {top_left.x + 6.0, top_left.y + height + 3.0},
                                   width - 12.0,
                                   {.size_px = 13.0, .colour = palette::quiet_ink},
                                   2);
}

}  // namespace focalhip
