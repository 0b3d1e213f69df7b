#include "testdata/simulator/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace focalhip::simulator {

void JsonWriter::start_item(std::string_view key) {
  if (!first_) text_ += ',';
  if (!text_.empty()) text_ += '\n';
  text_.append(2 * closing_.size(), ' ');
  first_ = false;
  if (key.empty()) return;
  append_string(key);
  text_ += ": ";
}

void JsonWriter::begin_object(std::string_view key) {
  start_item(key);
  text_ += '{';
  closing_.push_back('}');
  first_ = true;
}

void JsonWriter::begin_array(std::string_view key) {
  start_item(key);
  text_ += '[';
  closing_.push_back(']');
  first_ = true;
}

void JsonWriter::end() {
  const char closing = closing_.back();
  closing_.pop_back();
  text_ += '\n';
  text_.append(2 * closing_.size(), ' ');
  text_ += closing;
  if (closing_.empty()) text_ += '\n';
  first_ = false;
}

void JsonWriter::append_number(double number) {
  if (!std::isfinite(number)) {
    text_ += "null";
    return;
  }
  std::array<char, 40> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::general, 8);
  text_.append(digits.data(), end);
}

void JsonWriter::append_string(std::string_view text) {
  text_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') text_ += '\\';
    if (static_cast<unsigned char>(c) >= 0x20U) text_ += c;
  }
  text_ += '"';
}

void JsonWriter::value(std::string_view key, double number) {
  start_item(key);
  append_number(number);
}
void JsonWriter::value(std::string_view key, int number) {
  start_item(key);
  text_ += std::to_string(number);
}
void JsonWriter::value(std::string_view key, bool flag) {
  start_item(key);
  text_ += flag ? "true" : "false";
}
void JsonWriter::value(std::string_view key, std::string_view text) {
  start_item(key);
  append_string(text);
}
void JsonWriter::value(std::string_view key, Vec3 point) {
  start_item(key);
  text_ += '[';
  append_number(point.x);
  text_ += ", ";
  append_number(point.y);
  text_ += ", ";
  append_number(point.z);
  text_ += ']';
}

}  // namespace focalhip::simulator
