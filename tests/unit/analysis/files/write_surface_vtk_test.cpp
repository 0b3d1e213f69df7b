#include "analysis/files/write_surface_vtk.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

// A tetrahedron whose second vertex was not measured.
CortexMeasurement four_vertices() {
  CortexMeasurement cortex;
  cortex.surface.mesh.vertices_mm = {{0.25, 0, -700}, {1, 0, -700}, {0, 1, -700}, {0, 0, -699}};
  cortex.surface.mesh.triangles = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
  cortex.surface.outward.assign(4, Eigen::Vector3d::UnitZ());
  cortex.surface.region = {SurfaceRegion::fn, SurfaceRegion::none, SurfaceRegion::it, SurfaceRegion::head};
  CorticalMap& map = cortex.map;
  map.cth_mm = {1.5F, missing, 2.5F, 0.75F};
  map.cm_mg_cm2 = {150.0F, missing, 250.0F, 75.0F};
  map.cbmd_mg_cm3 = {1000.0F, missing, 1001.0F, 1002.0F};
  map.ectd_mg_cm3 = {-20.0F, missing, 90.0F, 300.0F};
  map.cth_sd_mm = map.cm_sd_mg_cm2 = map.cbmd_sd_mg_cm3 = {0.1F, missing, 0.2F, 0.3F};
  map.ectd_sd_mg_cm3 = {11.0F, missing, 12.0F, 13.0F};
  map.information_share = {0.1F, missing, 0.9F, 0.0F};
  map.state = {VertexState::measured, VertexState::left_out, VertexState::measured, VertexState::failed};
  map.has_value = {1, 0, 1, 1};
  cortex.unmeasured = {Unmeasured::measured, Unmeasured::rim, Unmeasured::measured, Unmeasured::no_fit};
  return cortex;
}

// Read by the format's rules alone.
struct LegacyVtk {
  std::vector<float> points;
  std::vector<int> polygons;
  std::map<std::string, std::vector<float>> reals;
  std::map<std::string, std::vector<int>> flags;
  std::vector<float> normals;
};

class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string line() {
    const std::size_t end = bytes_.find('\n', at_);
    std::string text = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
  }
  std::uint32_t word() {
    std::uint32_t bits = 0;
    for (int i = 0; i < 4; ++i) bits = (bits << 8U) | static_cast<unsigned char>(bytes_.at(at_++));
    return bits;
  }
  std::vector<float> reals(std::size_t n) {
    std::vector<float> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(std::bit_cast<float>(word()));
    line();
    return values;
  }
  std::vector<int> integers(std::size_t n) {
    std::vector<int> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(static_cast<int>(word()));
    line();
    return values;
  }
  [[nodiscard]] bool at_end() const { return at_ >= bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

LegacyVtk read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  Reader reader(all.str());
  EXPECT_EQ(reader.line(), "# vtk DataFile Version 3.0");
  EXPECT_LT(reader.line().size(), 256U);
  EXPECT_EQ(reader.line(), "BINARY");
  EXPECT_EQ(reader.line(), "DATASET POLYDATA");
  EXPECT_EQ(reader.line(), "POINTS 4 float");
  LegacyVtk vtk;
  vtk.points = reader.reals(12);
  EXPECT_EQ(reader.line(), "POLYGONS 4 16");
  vtk.polygons = reader.integers(16);
  EXPECT_EQ(reader.line(), "POINT_DATA 4");
  while (!reader.at_end()) {
    std::istringstream head(reader.line());
    std::string kind;
    std::string name;
    std::string type;
    head >> kind >> name >> type;
    if (kind == "NORMALS") {
      vtk.normals = reader.reals(12);
      continue;
    }
    EXPECT_EQ(kind, "SCALARS");
    EXPECT_EQ(reader.line(), "LOOKUP_TABLE default");
    if (type == "float") {
      vtk.reals[name] = reader.reals(4);
    } else {
      vtk.flags[name] = reader.integers(4);
    }
  }
  return vtk;
}

TEST(WriteSurfaceVtk, KeepsEveryValueAndTheMissingOnes) {
  const testing_support::TemporaryFolder folder;
  write_surface_vtk(folder.path() / "surface.vtk", four_vertices());
  const LegacyVtk vtk = read(folder.path() / "surface.vtk");
  EXPECT_EQ(vtk.points[0], 0.25F);
  EXPECT_EQ(vtk.points[11], -699.0F);
  EXPECT_EQ(std::vector<int>(vtk.polygons.begin(), vtk.polygons.begin() + 8),
            (std::vector<int>{3, 0, 2, 1, 3, 0, 1, 3}));
  ASSERT_TRUE(vtk.reals.contains("cth_mm"));
  EXPECT_EQ(vtk.reals.at("cth_mm")[0], 1.5F);
  EXPECT_TRUE(std::isnan(vtk.reals.at("cth_mm")[1]));
  EXPECT_EQ(vtk.reals.at("cth_mm")[3], 0.75F);
  EXPECT_EQ(vtk.reals.at("ectd_mg_cm3")[0], -20.0F);
  EXPECT_EQ(vtk.reals.at("ectd_sd_mg_cm3")[2], 12.0F);
  for (const char* name : {"cm_mg_cm2", "cbmd_mg_cm3", "cth_sd_mm", "cm_sd_mg_cm2", "cbmd_sd_mg_cm3"})
    EXPECT_TRUE(vtk.reals.contains(name)) << name;
  EXPECT_EQ(vtk.flags.at("valid"), (std::vector<int>{1, 0, 1, 0}));
  EXPECT_EQ(vtk.flags.at("stood_in"), (std::vector<int>{0, 0, 0, 1}));
  EXPECT_EQ(vtk.flags.at("unmeasured"), (std::vector<int>{0, 1, 0, 5}));
  EXPECT_EQ(vtk.flags.at("region"), (std::vector<int>{1, 0, 3, 4}));
  ASSERT_EQ(vtk.normals.size(), 12U);
  EXPECT_EQ(vtk.normals[2], 1.0F);
}

}  // namespace
}  // namespace focalhip
