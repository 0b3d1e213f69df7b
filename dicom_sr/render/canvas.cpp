#include "dicom_sr/render/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <stdexcept>

#include <pango/pangocairo.h>

namespace focalhip {

namespace {

constexpr const char* family = "DejaVu Sans";
constexpr double smallest_text_px = 6.0;
constexpr Colour rim{0.0, 0.0, 0.0};

template <typename T, void (*Release)(T*)>
struct Releaser {
  void operator()(T* pointer) const { Release(pointer); }
};
template <typename T>
struct ObjectReleaser {
  void operator()(T* pointer) const { g_object_unref(pointer); }
};
template <typename T>
using Object = std::unique_ptr<T, ObjectReleaser<T>>;
using SurfacePtr = std::unique_ptr<cairo_surface_t, Releaser<cairo_surface_t, cairo_surface_destroy>>;
using CairoPtr = std::unique_ptr<cairo_t, Releaser<cairo_t, cairo_destroy>>;
using FontOptionsPtr =
    std::unique_ptr<cairo_font_options_t, Releaser<cairo_font_options_t, cairo_font_options_destroy>>;
using DescriptionPtr =
    std::unique_ptr<PangoFontDescription, Releaser<PangoFontDescription, pango_font_description_free>>;

DescriptionPtr font(double size_px, bool bold) {
  DescriptionPtr description(pango_font_description_new());
  pango_font_description_set_family(description.get(), family);
  pango_font_description_set_weight(description.get(), bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(description.get(), size_px * PANGO_SCALE);
  return description;
}

// A substitute font would change every picture without anybody noticing.
void require_font(PangoContext* context) {
  const DescriptionPtr wanted = font(12.0, false);
  const Object<PangoFont> loaded(pango_context_load_font(context, wanted.get()));
  if (loaded != nullptr) {
    const DescriptionPtr found(pango_font_describe(loaded.get()));
    if (std::strcmp(pango_font_description_get_family(found.get()), family) == 0) return;
  }
  throw std::runtime_error("the font DejaVu Sans is not installed (fonts-dejavu-core)");
}

void set_colour(cairo_t* cairo, Colour colour) {
  cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

void add_rectangle(cairo_t* cairo, const Rect& rect) {
  cairo_rectangle(cairo, rect.left, rect.top, rect.width, rect.height);
}

double aligned_left(const Rect& box, double width, Align align) {
  if (align == Align::left) return box.left;
  return align == Align::centre ? box.left + (box.width - width) / 2.0 : box.right() - width;
}

}  // namespace

struct Canvas::Surface {
  SurfacePtr image;
  CairoPtr cairo;
  Object<PangoContext> context;

  Object<PangoLayout> layout(std::string_view text, double size_px, bool bold) const {
    Object<PangoLayout> result(pango_layout_new(context.get()));
    pango_layout_set_text(result.get(), text.data(), static_cast<int>(text.size()));
    const DescriptionPtr description = font(size_px, bold);
    pango_layout_set_font_description(result.get(), description.get());
    return result;
  }

  // Size of the text as laid out, in pixels.
  static Point size_of(PangoLayout* layout) {
    int width = 0;
    int height = 0;
    pango_layout_get_size(layout, &width, &height);
    return {static_cast<double>(width) / PANGO_SCALE, static_cast<double>(height) / PANGO_SCALE};
  }

  void show(PangoLayout* layout, Point top_left, const TextStyle& style) const {
    cairo_t* c = cairo.get();
    cairo_move_to(c, top_left.x, top_left.y);
    if (style.on_picture) {
      pango_cairo_layout_path(c, layout);
      set_colour(c, rim);
      cairo_set_line_width(c, 3.5);
      cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke(c);
      cairo_move_to(c, top_left.x, top_left.y);
    }
    set_colour(c, style.colour);
    pango_cairo_show_layout(c, layout);
  }
};

Canvas::Canvas(int columns, int rows) : surface_(std::make_unique<Surface>()) {
  surface_->image.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows));
  surface_->cairo.reset(cairo_create(surface_->image.get()));
  if (cairo_status(surface_->cairo.get()) != CAIRO_STATUS_SUCCESS) {
    throw std::runtime_error("no memory for a page");
  }
  const Object<PangoFontMap> fonts(pango_cairo_font_map_new());
  surface_->context.reset(pango_font_map_create_context(fonts.get()));
  const FontOptionsPtr options(cairo_font_options_create());
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(surface_->context.get(), options.get());
  pango_context_set_language(surface_->context.get(), pango_language_from_string("en-us"));
  require_font(surface_->context.get());
  fill({0, 0, static_cast<double>(columns), static_cast<double>(rows)}, palette::background);
}

Canvas::~Canvas() = default;

void Canvas::line(std::string_view text, const Rect& box, const TextStyle& style) {
  if (text.empty()) return;
  double size_px = style.size_px;
  Object<PangoLayout> layout = surface_->layout(text, size_px, style.bold);
  Point size = Surface::size_of(layout.get());
  while (size.x > box.width && size_px > smallest_text_px) {
    size_px = std::max(smallest_text_px, size_px - 0.5);
    layout = surface_->layout(text, size_px, style.bold);
    size = Surface::size_of(layout.get());
  }
  const bool shortened = size.x > box.width;
  if (shortened) {
    pango_layout_set_width(layout.get(), static_cast<int>(box.width * PANGO_SCALE));
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    size = Surface::size_of(layout.get());
    size.x = std::min(size.x, box.width);
  }
  const Point top_left{aligned_left(box, size.x, style.align), box.top + (box.height - size.y) / 2.0};
  surface_->show(layout.get(), top_left, style);
  texts_.push_back({std::string(text), top_left.x, top_left.y, size.x, size.y, shortened});
}

double Canvas::paragraph(
    std::string_view text, Point top_left, double width, const TextStyle& style, int max_lines) {
  if (text.empty()) return 0.0;
  const Object<PangoLayout> layout = surface_->layout(text, style.size_px, style.bold);
  pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_height(layout.get(), -max_lines);  // negative: a number of lines
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  const Point size = Surface::size_of(layout.get());
  surface_->show(layout.get(), top_left, style);
  const bool shortened = pango_layout_is_ellipsized(layout.get()) != 0;
  texts_.push_back({std::string(text), top_left.x, top_left.y, size.x, size.y, shortened});
  return size.y;
}

void Canvas::fill(const Rect& rect, Colour colour) {
  set_colour(surface_->cairo.get(), colour);
  add_rectangle(surface_->cairo.get(), rect);
  cairo_fill(surface_->cairo.get());
}

void Canvas::frame(const Rect& rect, Colour colour, double line_width) {
  set_colour(surface_->cairo.get(), colour);
  cairo_set_line_width(surface_->cairo.get(), line_width);
  add_rectangle(surface_->cairo.get(), rect);
  cairo_stroke(surface_->cairo.get());
}

void Canvas::grey_image(const Rect& rect, int columns, int rows, std::span<const std::uint8_t> grey) {
  image(rect, columns, rows, [grey](std::size_t index) {
    const std::uint32_t value = grey[index];
    return value << 16U | value << 8U | value;
  });
}

void Canvas::colour_image(const Rect& rect, const Rgb8Image& picture) {
  image(rect, picture.columns, picture.rows, [&picture](std::size_t index) {
    const std::uint8_t* rgb = picture.rgb.data() + 3U * index;
    return std::uint32_t{rgb[0]} << 16U | std::uint32_t{rgb[1]} << 8U | std::uint32_t{rgb[2]};
  });
}

void Canvas::image(const Rect& rect,
                   int columns,
                   int rows,
                   const std::function<std::uint32_t(std::size_t)>& pixel_at) {
  const SurfacePtr picture(cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows));
  if (cairo_surface_status(picture.get()) != CAIRO_STATUS_SUCCESS) {
    throw std::runtime_error("no memory for a picture");
  }
  unsigned char* bytes = cairo_image_surface_get_data(picture.get());
  const int stride = cairo_image_surface_get_stride(picture.get());
  std::size_t index = 0;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const std::uint32_t pixel = pixel_at(index++);
      std::memcpy(bytes + row * stride + column * 4, &pixel, sizeof pixel);
    }
  }
  cairo_surface_mark_dirty(picture.get());
  cairo_t* c = surface_->cairo.get();
  cairo_save(c);
  add_rectangle(c, rect);
  cairo_clip(c);
  cairo_translate(c, rect.left, rect.top);
  cairo_scale(c, rect.width / columns, rect.height / rows);
  cairo_set_source_surface(c, picture.get(), 0, 0);
  cairo_pattern_set_extend(cairo_get_source(c), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter(cairo_get_source(c), CAIRO_FILTER_GOOD);
  cairo_paint(c);
  cairo_restore(c);
}

void Canvas::lines(std::span<const Segment> segments, Colour colour, double line_width) {
  cairo_t* c = surface_->cairo.get();
  set_colour(c, colour);
  cairo_set_line_width(c, line_width);
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  for (const Segment& segment : segments) {
    cairo_move_to(c, segment.from.x, segment.from.y);
    cairo_line_to(c, segment.to.x, segment.to.y);
  }
  cairo_stroke(c);
}

void Canvas::rimmed_lines(std::span<const Segment> segments, Colour colour, double line_width) {
  lines(segments, rim, line_width + 1.8);
  lines(segments, colour, line_width);
}

void Canvas::circle(Point centre, double radius, Colour colour, double line_width) {
  cairo_t* c = surface_->cairo.get();
  cairo_new_path(c);
  cairo_arc(c, centre.x, centre.y, radius, 0.0, 2.0 * std::numbers::pi);
  set_colour(c, rim);
  cairo_set_line_width(c, line_width + 2.4);
  cairo_stroke_preserve(c);
  set_colour(c, colour);
  cairo_set_line_width(c, line_width);
  cairo_stroke(c);
}

void Canvas::clipped(const Rect& rect, const std::function<void()>& draw) {
  cairo_t* c = surface_->cairo.get();
  cairo_save(c);
  add_rectangle(c, rect);
  cairo_clip(c);
  draw();
  cairo_restore(c);
}

Page Canvas::finish(std::string label, int rows) const {
  // Cairo stops drawing after the first impossible coordinate; half a page must not go out.
  if (cairo_status(surface_->cairo.get()) != CAIRO_STATUS_SUCCESS) {
    throw std::runtime_error("the page could not be drawn");
  }
  cairo_surface_t* image = surface_->image.get();
  cairo_surface_flush(image);
  const int columns = cairo_image_surface_get_width(image);
  const int stride = cairo_image_surface_get_stride(image);
  const unsigned char* bytes = cairo_image_surface_get_data(image);
  Page page{.label = std::move(label),
            .image = {.columns = columns, .rows = rows, .rgb = {}},
            .texts = texts_,
            .outline_of = {}};
  page.image.rgb.reserve(3U * static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      std::uint32_t pixel = 0;
      std::memcpy(&pixel, bytes + row * stride + column * 4, sizeof pixel);
      for (const unsigned shift : {16U, 8U, 0U}) {
        page.image.rgb.push_back(static_cast<std::uint8_t>(pixel >> shift & 0xFFU));
      }
    }
  }
  return page;
}

}  // namespace focalhip
