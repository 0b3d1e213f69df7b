#include <charconv>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include "testdata/simulator/mesh_source.h"

namespace focalhip::simulator {
namespace {

constexpr std::uintmax_t most_bytes = 512ULL << 20U;
constexpr double largest_coordinate_mm = 1e5;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string bytes_of(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    throw std::runtime_error(file.string() + ": no such file");
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error || size > most_bytes) throw std::runtime_error(file.string() + ": larger than 512 MiB");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!in) throw std::runtime_error(file.string() + ": cannot be read");
  return bytes;
}

}  // namespace

std::string_view MeshSource::line() {
  const std::string_view all = rest();
  const std::size_t end = all.find('\n');
  std::string_view text = all.substr(0, end);
  position_ += end == std::string_view::npos ? all.size() : end + 1;
  ++line_;
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

std::string_view MeshSource::word() {
  const std::string_view all(bytes_);
  while (position_ < all.size() && is_blank(all[position_])) {
    if (all[position_] == '\n') ++line_;
    ++position_;
  }
  const std::size_t start = position_;
  while (position_ < all.size() && !is_blank(all[position_])) ++position_;
  return all.substr(start, position_ - start);
}

std::string_view MeshSource::take(std::size_t count, const char* what) {
  if (count > remaining()) fail_at_byte(std::string("ends within ") + what);
  const std::string_view part = rest().substr(0, count);
  position_ += count;
  return part;
}

double MeshSource::number(const char* what) {
  std::string_view text = word();
  if (text.empty()) fail_at_line(std::string("ends before ") + what);
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    fail_at_line(std::string(what) + " is no number: \"" + std::string(text.substr(0, 40)) + '"');
  return value;
}

void MeshSource::fail_at_line(const std::string& reason) const {
  throw std::runtime_error(name_ + ", line " + std::to_string(line_ + 1) + ": " + reason);
}

void MeshSource::fail_at_byte(const std::string& reason) const {
  throw std::runtime_error(name_ + ", byte " + std::to_string(position_) + ": " + reason);
}

TriangleSet read_triangles(const std::filesystem::path& file) {
  MeshSource source(file.string(), bytes_of(file));
  const std::string_view start = source.rest().substr(0, 4);
  const bool ply = start.substr(0, 3) == "ply" && (start.size() < 4 || is_blank(start[3]));
  TriangleSet set = ply ? read_ply(source) : read_stl(source);
  if (set.triangles.empty()) throw std::runtime_error(file.string() + ": holds no triangle");
  for (std::size_t i = 0; i < set.vertices_mm.size(); ++i) {
    const Vec3 p = set.vertices_mm[i];
    for (const double c : {p.x, p.y, p.z}) {
      if (!(std::abs(c) <= largest_coordinate_mm))
        throw std::runtime_error(file.string() + ": vertex " + std::to_string(i) +
                                 " is not finite or beyond 100 m");
    }
  }
  return set;
}

}  // namespace focalhip::simulator
