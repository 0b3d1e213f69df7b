#include "listener/support/log.h"

#include <array>
#include <cstdio>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/oflog/oflog.h>
#include <unistd.h>

#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

constexpr std::size_t longest_value = 200;

std::string number_text(double number) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.6g", number);
  return text.data();
}

// Printable ASCII stays; everything else becomes \xNN, so that no value can forge a line or a field.
void append_escaped(std::string& line, std::string_view value) {
  const bool quote = value.empty() || value.find_first_of(" =\"") != std::string_view::npos;
  if (quote) line += '"';
  for (const char character : value.substr(0, longest_value)) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20U || byte > 0x7eU || character == '"' || character == '\\') {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", byte);
      line += escape.data();
    } else {
      line += character;
    }
  }
  if (value.size() > longest_value) line += "...";
  if (quote) line += '"';
}

void write_line(std::string_view level,
                std::string_view role,
                std::string_view event,
                std::initializer_list<LogField> fields) noexcept {
  try {
    const std::string line = log_line(level, role, event, fields) + '\n';
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  } catch (...) {  // out of memory: a lost log line must not stop a process
  }
}

}  // namespace

LogField::LogField(std::string_view field_key, double number) : key(field_key), value(number_text(number)) {}

std::string log_line(std::string_view level,
                     std::string_view role,
                     std::string_view event,
                     std::initializer_list<LogField> fields) {
  std::string line = utc_text(utc_now_ms());
  line += ' ';
  line += level;
  line += ' ';
  line += role;
  line += '[' + std::to_string(::getpid()) + "] ";
  line += event;
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_escaped(line, field.value);
  }
  return line;
}

void Log::info(std::string_view event, std::initializer_list<LogField> fields) const noexcept {
  write_line("info", role_, event, fields);
}
void Log::warning(std::string_view event, std::initializer_list<LogField> fields) const noexcept {
  write_line("warning", role_, event, fields);
}
void Log::error(std::string_view event, std::initializer_list<LogField> fields) const noexcept {
  write_line("error", role_, event, fields);
}

void silence_dcmtk_log() { OFLog::configure(OFLogger::OFF_LOG_LEVEL); }

}  // namespace focalhip
