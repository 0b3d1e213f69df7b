#include "analysis/files/read_points_csv.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace focalhip {

namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{256} << 20U;
constexpr std::size_t most_points = 1'000'000;

std::string whole_text(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) throw BadPointsFile(file.string() + ": no such file");
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) throw BadPointsFile(file.string() + ": " + error.message());
  if (size > most_bytes) throw BadPointsFile(file.string() + ": larger than 256 MiB");
  std::ifstream stream(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad() || text.size() != size) throw BadPointsFile(file.string() + ": cannot be read");
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const std::size_t comma = line.find(',');
    cells.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos || cells.size() > 16) return cells;
    line.remove_prefix(comma + 1);
  }
}

std::optional<double> number(std::string_view cell) {
  if (cell.starts_with('+') && cell.size() > 1 && cell[1] != '-') cell.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return value;
}

bool is_header(const std::vector<std::string_view>& cells) {
  for (const std::string_view cell : cells) {
    if (cell.empty() || number(cell)) return false;
  }
  return true;
}

// What a foreign text may say in a message: a few printable characters of it.
std::string quoted(std::string_view cell) {
  std::string text;
  for (const char letter : cell.substr(0, 24)) text += letter >= ' ' && letter <= '~' ? letter : '?';
  return '"' + text + (cell.size() > 24 ? "...\"" : "\"");
}

std::array<double, 3> point_of(const std::vector<std::string_view>& cells, const std::string& place) {
  if (cells.size() != 3) {
    const std::string found = cells.size() > 16 ? "more than 16" : std::to_string(cells.size());
    throw BadPointsFile(place + ": three numbers x,y,z needed, found " + found +
                        (cells.size() == 1 ? " value" : " values"));
  }
  std::array<double, 3> point{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::optional<double> value = number(cells[axis]);
    if (!value) throw BadPointsFile(place + ": " + quoted(cells[axis]) + " is not a number");
    if (!std::isfinite(*value))
      throw BadPointsFile(place + ": " + quoted(cells[axis]) + " is not a finite number");
    point[axis] = *value;
  }
  return point;
}

}  // namespace

Points read_points_csv(const std::filesystem::path& file) {
  const std::string text = whole_text(file);
  std::vector<std::array<double, 3>> rows;
  std::size_t empty_line = 0;  // the first empty line, of which only more may follow
  std::string_view rest = text;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const std::string_view content = trimmed(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (content.empty()) {
      if (empty_line == 0) empty_line = line;
      continue;
    }
    const std::string place = file.string() + ":" + std::to_string(line);
    if (empty_line != 0) {
      throw BadPointsFile(file.string() + ":" + std::to_string(empty_line) + ": empty line among the points");
    }
    const std::vector<std::string_view> cells = cells_of(content);
    if (line == 1 && is_header(cells)) continue;
    if (rows.size() == most_points) throw BadPointsFile(place + ": more than 1,000,000 points");
    rows.push_back(point_of(cells, place));
  }
  if (rows.empty()) throw BadPointsFile(file.string() + ":1: no points");
  Points points(static_cast<Eigen::Index>(rows.size()), 3);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      points(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(axis)) = rows[i][axis];
    }
  }
  return points;
}

}  // namespace focalhip
