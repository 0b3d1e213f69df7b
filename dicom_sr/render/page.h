#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/femur/femur.h"

namespace focalhip {

// 8-bit RGB, interleaved, row by row from the top.
struct Rgb8Image {
  int columns = 0;
  int rows = 0;
  std::vector<std::uint8_t> rgb;  // 3 * columns * rows
};

// A piece of text as it stands on the page; pixels, origin top left.
struct DrawnText {
  std::string text;
  double left = 0.0;
  double top = 0.0;
  double width = 0.0;
  double height = 0.0;
  bool shortened = false;  // too long for its place: ends in an ellipsis
};

// A finished page and what is written on it, so that tests can read it.
struct Page {
  std::string label;  // frame label of the multi-frame object, at most 16 characters
  Rgb8Image image;
  std::vector<DrawnText> texts;
  std::optional<Side> outline_of{};  // a page that shows the outline of this femur
};

}  // namespace focalhip
