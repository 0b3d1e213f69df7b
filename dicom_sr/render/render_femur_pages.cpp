#include "dicom_sr/render/render_femur_pages.h"

#include <string>

#include "analysis/support/expects.h"
#include "dicom_sr/render/canvas.h"
#include "dicom_sr/render/draw_femur_slices.h"
#include "dicom_sr/render/draw_femur_surfaces.h"
#include "dicom_sr/render/draw_slices.h"
#include "dicom_sr/render/page_frame.h"

namespace focalhip {

namespace {

constexpr Rect content{page_margin,
                       page_header_height + 6.0,
                       page_content_width,
                       smallest_page_rows - page_header_height - page_footer_height - 10.0};

std::string title_of(const FemurResult& femur, const std::string& what) {
  return std::string(1, letter(femur.side)) + "   " + std::string(name(femur.side)) + " femur: " + what;
}

Page slices_page(const HipReport& report, const FemurResult& femur, int rows) {
  Canvas canvas(page_columns, rows);
  const bool measured = femur.measurement() != nullptr;
  draw_page_header(
      canvas, title_of(femur, measured ? "outline" : "not measured"), colour_of(femur.side), report);
  draw_femur_slices(canvas, content, femur);
  draw_page_footer(
      canvas,
      measured ? "The outline is the level of the outer face of the cortex, finer than a voxel; slices are "
                 "interpolated. Judge the outline before the numbers."
               : "Slices are interpolated.",
      report,
      rows - page_footer_height);
  Page page = canvas.finish(std::string(1, letter(femur.side)) + " SLICES", rows);
  if (measured) page.outline_of = femur.side;
  return page;
}

Page surface_page(const HipReport& report, const FemurResult& femur, int rows) {
  Canvas canvas(page_columns, rows);
  draw_page_header(canvas, title_of(femur, "surface"), colour_of(femur.side), report);
  draw_femur_surfaces(canvas, content, femur);
  draw_page_footer(
      canvas,
      "Cortical thickness from the density profile across the cortex at every point of the surface "
      "(cortical bone mapping), not smoothed.",
      report,
      rows - page_footer_height);
  return canvas.finish(std::string(1, letter(femur.side)) + " SURFACE", rows);
}

}  // namespace

std::vector<Page> render_femur_pages(const HipReport& report, int rows) {
  expects(rows >= smallest_page_rows, "a page of a femur has at least 1024 rows");
  std::vector<Page> pages;
  for (const FemurResult& femur : report.femurs) {
    if (femur.pictures.empty()) continue;
    pages.push_back(slices_page(report, femur, rows));
    if (femur.measurement() != nullptr && femur.cortex) pages.push_back(surface_page(report, femur, rows));
  }
  return pages;
}

}  // namespace focalhip
