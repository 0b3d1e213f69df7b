#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dicom_sr/render/page.h"
#include "dicom_sr/render/palette.h"

namespace focalhip {

// Pixels, origin top left.
struct Point {
  double x = 0.0;
  double y = 0.0;
};

struct Rect {
  double left = 0.0;
  double top = 0.0;
  double width = 0.0;
  double height = 0.0;

  [[nodiscard]] double right() const { return left + width; }
  [[nodiscard]] double bottom() const { return top + height; }
};

struct Segment {
  Point from;
  Point to;
};

enum class Align { left, centre, right };

struct TextStyle {
  double size_px = 15.0;
  bool bold = false;
  Colour colour = palette::ink;
  Align align = Align::left;
  bool on_picture = false;  // with a dark rim
};

// A drawing surface with text. Text is UTF-8 in DejaVu Sans, without hinting, so that the same words give the
// same pixels. The only code that knows Cairo and Pango.
class Canvas {
 public:
  Canvas(int columns, int rows);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  // One line, vertically centred in the box. Too wide: the letters shrink, as a last resort it ends in "...".
  void line(std::string_view text, const Rect& box, const TextStyle& style);
  // Wrapped to the width, at most `max_lines`; returns the height used.
  double paragraph(
      std::string_view text, Point top_left, double width, const TextStyle& style, int max_lines);

  void fill(const Rect& rect, Colour colour);
  void frame(const Rect& rect, Colour colour, double line_width);
  void grey_image(const Rect& rect, int columns, int rows, std::span<const std::uint8_t> grey);
  void colour_image(const Rect& rect, const Rgb8Image& image);
  void lines(std::span<const Segment> segments, Colour colour, double line_width);
  // Lines on a picture: with a dark rim, so that they show on white bone and in grey.
  void rimmed_lines(std::span<const Segment> segments, Colour colour, double line_width);
  // Likewise rimmed.
  void circle(Point centre, double radius, Colour colour, double line_width);
  // What `draw` draws stays inside the rectangle.
  void clipped(const Rect& rect, const std::function<void()>& draw);

  // The upper `rows` of the surface.
  [[nodiscard]] Page finish(std::string label, int rows) const;

 private:
  struct Surface;
  // pixel_at(index): 0xRRGGBB
  void image(const Rect& rect,
             int columns,
             int rows,
             const std::function<std::uint32_t(std::size_t)>& pixel_at);
  std::unique_ptr<Surface> surface_;
  std::vector<DrawnText> texts_;
};

}  // namespace focalhip
