#include "testdata/simulator/triangle_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>

namespace focalhip::simulator {
namespace {

using ::testing::HasSubstr;

class File {
 public:
  explicit File(const std::string& bytes)
      : path_(std::filesystem::temp_directory_path() / ("triangles_" + std::to_string(getpid()))) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string reason(const std::string& bytes) {
  const File file(bytes);
  try {
    (void)read_triangles(file.path());
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

std::string raw(float value, bool big) {
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &value, 4);
  return big ? std::string(bytes.rbegin(), bytes.rend()) : bytes;
}

std::string raw(std::int32_t value, bool big) {
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &value, 4);
  return big ? std::string(bytes.rbegin(), bytes.rend()) : bytes;
}

std::string ply_header(const std::string& format, const std::string& vertices = "4") {
  return "ply\nformat " + format + " 1.0\ncomment x\nelement vertex " + vertices +
         "\nproperty float x\nproperty float y\nproperty float z\n"
         "element face 1\nproperty list uchar int vertex_indices\nend_header\n";
}

void expect_square(const TriangleSet& set) {
  ASSERT_EQ(set.vertices_mm.size(), 4U);
  ASSERT_EQ(set.triangles.size(), 2U);
  EXPECT_EQ(set.triangles[1], (std::array<int, 3>{0, 2, 3}));
  EXPECT_EQ(set.vertices_mm[2].x, 1.5);
  EXPECT_EQ(set.vertices_mm[2].y, 2.5);
}

TEST(ReadTriangles, ReadsAnAsciiPlyAndMakesAFanOfAPolygon) {
  const File file(ply_header("ascii") + "0 0 0\n1.5 0 0\n1.5 2.5 0\n0 2.5 0\n4 0 1 2 3\n");
  expect_square(read_triangles(file.path()));
}

TEST(ReadTriangles, ReadsABinaryPlyOfEitherByteOrder) {
  for (const bool big : {false, true}) {
    std::string bytes = ply_header(big ? "binary_big_endian" : "binary_little_endian");
    for (const float v : {0.F, 0.F, 0.F, 1.5F, 0.F, 0.F, 1.5F, 2.5F, 0.F, 0.F, 2.5F, 0.F})
      bytes += raw(v, big);
    bytes += '\4';
    for (const std::int32_t i : {0, 1, 2, 3}) bytes += raw(i, big);
    const File file(bytes);
    expect_square(read_triangles(file.path()));
    EXPECT_THAT(reason(bytes.substr(0, bytes.size() - 3)), HasSubstr("byte"));
  }
}

TEST(ReadTriangles, JoinsTheEqualCornersOfAnStlOfEitherKind) {
  std::string binary = "solid that is binary all the same";
  binary.resize(80, ' ');
  binary += raw(std::int32_t{2}, false);
  std::string ascii = "solid square\n";
  for (const auto& corners :
       {std::array<float, 6>{0, 0, 1, 0, 1, 1}, std::array<float, 6>{0, 0, 1, 1, 0, 1}}) {
    binary += std::string(12, '\0');
    ascii += "facet normal 0 0 1\nouter loop\n";
    for (std::size_t c = 0; c < 3; ++c) {
      binary += raw(corners[2 * c], false) + raw(corners[2 * c + 1], false) + raw(0.F, false);
      ascii += "vertex " + std::to_string(corners[2 * c]) + ' ' + std::to_string(corners[2 * c + 1]) + " 0\n";
    }
    binary += std::string(2, '\0');
    ascii += "endloop\nendfacet\n";
  }
  ascii += "endsolid\n";
  for (const std::string& bytes : {binary, ascii}) {
    const File file(bytes);
    const TriangleSet set = read_triangles(file.path());
    EXPECT_EQ(set.vertices_mm.size(), 4U);
    EXPECT_EQ(set.triangles.size(), 2U);
  }
}

TEST(ReadTriangles, SaysWhereAndWhyAFileIsRefused) {
  EXPECT_THAT(reason(""), HasSubstr("neither PLY nor STL"));
  EXPECT_THAT(reason(ply_header("ascii") + "0 0 0\n1 x 0\n"), HasSubstr("line 12: an element is no number"));
  EXPECT_THAT(reason(ply_header("ascii", "4000000") + "0 0 0\n"), HasSubstr("too short for 4000000"));
  EXPECT_THAT(reason(ply_header("ascii", "99999999999")), HasSubstr("at most 4 million"));
  EXPECT_THAT(reason(ply_header("ascii", "-1")), HasSubstr("at most 4 million"));
  EXPECT_THAT(reason(ply_header("middle_endian")), HasSubstr("line 3: unknown format"));
  EXPECT_THAT(reason(ply_header("ascii") + "0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 4\n"),
              HasSubstr("names a vertex that is not there"));
  EXPECT_THAT(reason("solid s\nfacet normal 0 0 1\nouter loop\nvertex 0 0 inf\n"), HasSubstr("is no number"));
  EXPECT_THAT(reason("solid s\nfacet normal 0 0 1\n"), HasSubstr("expected \"outer\""));
  EXPECT_THAT(reason("ply\nformat ascii 1.0\nend_header\n"), HasSubstr("holds no triangle"));
}

}  // namespace
}  // namespace focalhip::simulator
