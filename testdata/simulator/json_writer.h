#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// Writes one JSON text, two spaces per level. Keys are written in the order of the calls.
class JsonWriter {
 public:
  void begin_object(std::string_view key = {});
  void begin_array(std::string_view key = {});
  void end();
  void value(std::string_view key, double number);
  void value(std::string_view key, int number);
  void value(std::string_view key, bool flag);
  void value(std::string_view key, std::string_view text);
  // A literal would otherwise turn into a bool.
  void value(std::string_view key, const char* text) { value(key, std::string_view(text)); }
  void value(std::string_view key, Vec3 point);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void start_item(std::string_view key);
  void append_number(double number);
  void append_string(std::string_view text);

  std::string text_;
  std::vector<char> closing_;
  bool first_ = true;
};

}  // namespace focalhip::simulator
