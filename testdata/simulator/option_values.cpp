#include "testdata/simulator/option_values.h"

#include <charconv>
#include <cmath>

namespace focalhip::simulator {
namespace {

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<double> real_number_of(std::string_view text) {
  const std::optional<double> number = number_of<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::string set_double(std::string_view text,
                       double low,
                       double high,
                       const std::function<void(double)>& store) {
  const std::optional<double> number = real_number_of(text);
  if (!number || *number < low || *number > high) {
    const auto shown = [](double v) { return std::to_string(v).substr(0, std::to_string(v).find('.') + 2); };
    return "must be a number from " + shown(low) + " to " + shown(high);
  }
  store(*number);
  return {};
}

std::string set_integer(std::string_view text,
                        std::int64_t low,
                        std::int64_t high,
                        const std::function<void(std::int64_t)>& store) {
  const std::optional<std::int64_t> number = number_of<std::int64_t>(text);
  if (!number || *number < low || *number > high) {
    return "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  }
  store(*number);
  return {};
}

std::vector<std::string> split_at(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (true) {
    const std::size_t end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

}  // namespace focalhip::simulator
