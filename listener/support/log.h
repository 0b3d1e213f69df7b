#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace focalhip {

// One "key=value" of a log line. Values are counts, codes, UIDs, AE titles, addresses: never patient data.
struct LogField {
  std::string_view key;
  std::string value;
  LogField(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const std::string& text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const char* text) : key(field_key), value(text) {}
  template <std::integral Number>
  LogField(std::string_view field_key, Number number) : key(field_key), value(std::to_string(number)) {}
  LogField(std::string_view field_key, double number);  // six significant digits
};

// Writes one line per event to stderr with a single write(2), so that lines of several processes do not mix:
//   2026-11-23T06:17:01.123Z info receiver[4711] STORED bytes=526336 ms=3
// Anything but printable ASCII in a value is escaped, values are cut at 200 characters.
// Holds only its role: safe to copy and to use after fork. Never throws.
class Log {
 public:
  explicit Log(std::string role) : role_(std::move(role)) {}
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const noexcept;
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const noexcept;
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const noexcept;

 private:
  std::string role_;
};

// The line without its line feed, for tests.
[[nodiscard]] std::string log_line(std::string_view level,
                                   std::string_view role,
                                   std::string_view event,
                                   std::initializer_list<LogField> fields);

// DCMTK's own log prints attribute values of received objects: switched off for the whole process. Call it in
// every process before the first DCMTK call.
void silence_dcmtk_log();

}  // namespace focalhip
