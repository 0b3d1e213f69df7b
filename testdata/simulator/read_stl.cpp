#include <array>
#include <bit>
#include <cstring>
#include <map>

#include "testdata/simulator/mesh_source.h"

namespace focalhip::simulator {
namespace {

constexpr std::size_t header_bytes = 84;
constexpr std::size_t facet_bytes = 50;

// Joins corners with the same coordinates.
class Corners {
 public:
  explicit Corners(TriangleSet& set) : set_(set) {}
  int index(Vec3 p) {
    const auto [place, fresh] =
        known_.try_emplace({p.x, p.y, p.z}, static_cast<int>(set_.vertices_mm.size()));
    if (fresh) set_.vertices_mm.push_back(p);
    return place->second;
  }

 private:
  TriangleSet& set_;
  std::map<std::array<double, 3>, int> known_;
};

std::uint32_t little_endian_32(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  return value;
}

float float_at(const char* bytes) { return std::bit_cast<float>(little_endian_32(bytes)); }

void add_triangle(TriangleSet& set, const std::array<int, 3>& t) {
  if (t[0] != t[1] && t[1] != t[2] && t[0] != t[2]) set.triangles.push_back(t);
}

TriangleSet read_binary(MeshSource& source, std::size_t count) {
  TriangleSet set;
  Corners corners(set);
  (void)source.take(header_bytes, "the header");
  for (std::size_t n = 0; n < count; ++n) {
    const std::string_view facet = source.take(facet_bytes, "a facet");
    std::array<int, 3> t{};
    for (std::size_t c = 0; c < 3; ++c) {
      const char* at = facet.data() + 12 + 12 * c;
      const Vec3 p{float_at(at), float_at(at + 4), float_at(at + 8)};
      if (!(std::abs(p.x) + std::abs(p.y) + std::abs(p.z) < 1e6))
        source.fail_at_byte("a corner that is not finite or too far");
      t[c] = corners.index(p);
    }
    add_triangle(set, t);
  }
  return set;
}

void expect(MeshSource& source, const char* keyword) {
  const std::string word(source.word());
  if (word != keyword)
    source.fail_at_line("expected \"" + std::string(keyword) + "\", not \"" + word.substr(0, 40) + '"');
}

TriangleSet read_ascii(MeshSource& source) {
  TriangleSet set;
  Corners corners(set);
  (void)source.line();  // solid NAME
  while (true) {
    const std::string word(source.word());
    if (word == "endsolid") return set;
    if (word != "facet") source.fail_at_line("expected \"facet\", not \"" + word.substr(0, 40) + '"');
    expect(source, "normal");
    for (int i = 0; i < 3; ++i) (void)source.word();
    expect(source, "outer");
    expect(source, "loop");
    std::array<int, 3> t{};
    for (int& corner : t) {
      expect(source, "vertex");
      Vec3 p;
      p.x = source.number("a corner");
      p.y = source.number("a corner");
      p.z = source.number("a corner");
      corner = corners.index(p);
    }
    expect(source, "endloop");
    expect(source, "endfacet");
    add_triangle(set, t);
    if (set.triangles.size() > most_mesh_elements) source.fail_at_line("more than 4 million triangles");
  }
}

}  // namespace

TriangleSet read_stl(MeshSource& source) {
  const std::string_view all = source.rest();
  // A binary file may begin with "solid" too: its length decides.
  if (all.size() >= header_bytes) {
    const std::size_t count = little_endian_32(all.data() + 80);
    if (count <= most_mesh_elements && all.size() == header_bytes + facet_bytes * count)
      return read_binary(source, count);
  }
  if (all.substr(0, 5) == "solid") return read_ascii(source);
  source.fail_at_byte("neither PLY nor STL (or an STL whose length does not fit its facet count)");
}

}  // namespace focalhip::simulator
