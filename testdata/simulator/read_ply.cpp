#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <sstream>

#include "testdata/simulator/mesh_source.h"

// PLY as described by G. Turk, "The PLY polygon file format" (1994).
namespace focalhip::simulator {
namespace {

enum class Scalar { int8, uint8, int16, uint16, int32, uint32, float32, float64 };
enum class Format { ascii, little_endian, big_endian };

struct Property {
  std::string name;
  Scalar type = Scalar::float32;
  std::optional<Scalar> count_type;  // set = a list
};
struct Element {
  std::string name;
  std::size_t count = 0;
  std::vector<Property> properties;
};
struct Header {
  Format format = Format::ascii;
  std::vector<Element> elements;
};

std::optional<Scalar> scalar_named(std::string_view name) {
  constexpr std::array<std::array<std::string_view, 2>, 8> names{{{"char", "int8"},
                                                                  {"uchar", "uint8"},
                                                                  {"short", "int16"},
                                                                  {"ushort", "uint16"},
                                                                  {"int", "int32"},
                                                                  {"uint", "uint32"},
                                                                  {"float", "float32"},
                                                                  {"double", "float64"}}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (name == names[i][0] || name == names[i][1]) return static_cast<Scalar>(i);
  }
  return std::nullopt;
}

constexpr std::size_t size_of(Scalar type) {
  constexpr std::array<std::size_t, 8> sizes{1, 1, 2, 2, 4, 4, 4, 8};
  return sizes[static_cast<std::size_t>(type)];
}

template <typename T>
double value_of(const char* bytes) {
  T value{};
  std::memcpy(&value, bytes, sizeof(T));
  return static_cast<double>(value);
}

Scalar type_or_fail(const MeshSource& source, const std::string& name) {
  const std::optional<Scalar> type = scalar_named(name);
  if (!type) source.fail_at_line("unknown type \"" + name.substr(0, 40) + '"');
  return *type;
}

Property property_of(const MeshSource& source, std::istringstream& words) {
  Property property;
  std::string type;
  words >> type;
  if (type == "list") {
    std::string count;
    words >> count >> type;
    property.count_type = type_or_fail(source, count);
    if (*property.count_type >= Scalar::float32) source.fail_at_line("a list's length must be an integer");
  }
  property.type = type_or_fail(source, type);
  words >> property.name;
  if (property.name.empty()) source.fail_at_line("property without name");
  return property;
}

Format format_of(const MeshSource& source, const std::string& name) {
  if (name == "ascii") return Format::ascii;
  if (name == "binary_little_endian") return Format::little_endian;
  if (name == "binary_big_endian") return Format::big_endian;
  source.fail_at_line("unknown format \"" + name.substr(0, 40) + '"');
}

Header read_header(MeshSource& source) {
  Header header;
  bool format_seen = false;
  for (int lines = 0; lines < 1000; ++lines) {
    if (source.remaining() == 0) source.fail_at_line("ends within the header");
    std::istringstream words{std::string(source.line())};
    std::string key;
    words >> key;
    if (key == "end_header") {
      if (!format_seen) source.fail_at_line("header without format");
      return header;
    }
    if (key == "format") {
      std::string name;
      words >> name;
      header.format = format_of(source, name);
      format_seen = true;
    } else if (key == "element") {
      Element element;
      words >> element.name >> element.count;
      if (!words || element.count > most_mesh_elements)
        source.fail_at_line("element needs a name and a count of at most 4 million");
      header.elements.push_back(element);
    } else if (key == "property") {
      if (header.elements.empty()) source.fail_at_line("property before any element");
      if (header.elements.back().properties.size() >= 256) source.fail_at_line("more than 256 properties");
      header.elements.back().properties.push_back(property_of(source, words));
    } else if (key != "ply" && key != "comment" && key != "obj_info" && !key.empty()) {
      source.fail_at_line("unknown keyword \"" + key.substr(0, 40) + '"');
    }
  }
  source.fail_at_line("header of more than 1000 lines");
}

double read_value(MeshSource& source, Format format, Scalar type, const char* what) {
  if (format == Format::ascii) return source.number(what);
  std::array<char, 8> bytes{};
  const std::size_t size = size_of(type);
  const std::string_view raw = source.take(size, what);
  std::copy(raw.begin(), raw.end(), bytes.begin());
  const bool native_little = std::endian::native == std::endian::little;
  if ((format == Format::little_endian) != native_little)
    std::reverse(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  switch (type) {
    case Scalar::int8:
      return value_of<std::int8_t>(bytes.data());
    case Scalar::uint8:
      return value_of<std::uint8_t>(bytes.data());
    case Scalar::int16:
      return value_of<std::int16_t>(bytes.data());
    case Scalar::uint16:
      return value_of<std::uint16_t>(bytes.data());
    case Scalar::int32:
      return value_of<std::int32_t>(bytes.data());
    case Scalar::uint32:
      return value_of<std::uint32_t>(bytes.data());
    case Scalar::float32:
      return value_of<float>(bytes.data());
    case Scalar::float64:
      return value_of<double>(bytes.data());
  }
  return 0.0;
}

std::vector<double> read_list(MeshSource& source, Format format, const Property& property) {
  const double count = read_value(source, format, *property.count_type, "a list's length");
  if (!(count >= 0.0 && count <= 1000.0)) source.fail_at_byte("a list longer than 1000");
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = read_value(source, format, property.type, "a list");
  return values;
}

void add_polygon(MeshSource& source, const std::vector<double>& corners, TriangleSet& set) {
  if (corners.size() < 3) source.fail_at_byte("a face of fewer than three corners");
  const double count = static_cast<double>(set.vertices_mm.size());
  for (const double corner : corners) {
    if (!(corner >= 0.0 && corner < count)) source.fail_at_byte("a face names a vertex that is not there");
  }
  for (std::size_t i = 1; i + 1 < corners.size(); ++i)
    set.triangles.push_back(
        {static_cast<int>(corners[0]), static_cast<int>(corners[i]), static_cast<int>(corners[i + 1])});
  if (set.triangles.size() > most_mesh_elements) source.fail_at_byte("more than 4 million triangles");
}

void read_element(MeshSource& source, Format format, const Element& element, TriangleSet& set) {
  const bool is_vertex = element.name == "vertex";
  if (is_vertex) {
    for (const char* axis : {"x", "y", "z"}) {
      const auto found = std::find_if(element.properties.begin(),
                                      element.properties.end(),
                                      [&](const Property& p) { return p.name == axis && !p.count_type; });
      if (found == element.properties.end()) source.fail_at_line(std::string("vertices without ") + axis);
    }
  }
  for (std::size_t n = 0; n < element.count; ++n) {
    Vec3 p;
    for (const Property& property : element.properties) {
      if (property.count_type) {
        const std::vector<double> values = read_list(source, format, property);
        const bool corners = property.name == "vertex_indices" || property.name == "vertex_index";
        if (element.name == "face" && corners) add_polygon(source, values, set);
        continue;
      }
      const double value = read_value(source, format, property.type, "an element");
      if (property.name == "x") p.x = value;
      if (property.name == "y") p.y = value;
      if (property.name == "z") p.z = value;
    }
    if (is_vertex) set.vertices_mm.push_back(p);
  }
}

}  // namespace

TriangleSet read_ply(MeshSource& source) {
  const Header header = read_header(source);
  TriangleSet set;
  for (const Element& element : header.elements) {
    // A property takes at least a byte, so a count no file could hold is refused before memory is used.
    if (!element.properties.empty() && element.count > source.remaining())
      source.fail_at_byte("too short for " + std::to_string(element.count) + " of \"" +
                          element.name.substr(0, 40) + '"');
    if (!element.properties.empty()) read_element(source, header.format, element, set);
  }
  return set;
}

}  // namespace focalhip::simulator
