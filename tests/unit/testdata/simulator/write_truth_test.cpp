#include "testdata/simulator/write_truth.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "testdata/simulator/json_writer.h"

namespace focalhip::simulator {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

fs::path temporary(const std::string& name) {
  return fs::temp_directory_path() / ("focalhip_truth_" + std::to_string(getpid()) + "_" + name);
}

TEST(WriteTruth, NrrdHoldsTheVoxelsInPatientSpace) {
  ScanGrid grid;
  grid.columns = 5;
  grid.rows = 4;
  grid.slices = 3;
  grid.pixel_mm = 0.5;
  grid.slice_spacing_mm = 2.0;
  grid.origin_patient_mm = {-10.25, 4.0, -700.5};
  std::vector<std::int16_t> values(grid.voxel_count());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::int16_t>(300 * static_cast<int>(i) - 9000);
  const fs::path file = temporary("v.nrrd");
  write_nrrd(file, grid, values);
  const std::string text = contents(file);
  fs::remove(file);
  EXPECT_NE(text.find("space: left-posterior-superior\n"), std::string::npos);
  EXPECT_NE(text.find("sizes: 5 4 3\n"), std::string::npos);
  EXPECT_NE(text.find("space directions: (0.5,0,0) (0,0.5,0) (0,0,2)\n"), std::string::npos);
  EXPECT_NE(text.find("space origin: (-10.25,4,-700.5)\n"), std::string::npos);
  const std::size_t data = text.find("\n\n") + 2;
  std::vector<std::int16_t> read(values.size());
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::vector<unsigned char> packed(text.begin() + static_cast<std::ptrdiff_t>(data), text.end());
  stream.next_in = packed.data();
  stream.avail_in = static_cast<unsigned>(packed.size());
  stream.next_out = reinterpret_cast<unsigned char*>(read.data());
  stream.avail_out = static_cast<unsigned>(2 * read.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  EXPECT_EQ(read, values);
}

TEST(WriteTruth, JsonHoldsWhatIsTrue) {
  const HipParameters hip = draw_hip(3, Sex::male);
  Protocol protocol;
  protocol.matrix = 64;
  protocol.slices = 1;
  const SimulatedScan scan = simulate(hip, protocol, 1, 2);
  const fs::path file = temporary("truth.json");
  write_truth_json(file, hip, protocol, scan);
  const nlohmann::json json = nlohmann::json::parse(contents(file));
  fs::remove(file);
  EXPECT_EQ(json["subject"]["sex"], "M");
  EXPECT_EQ(json["calibration"]["rods"].size(), 5U);
  EXPECT_NEAR(json["calibration"]["sigma_ct_hu_per_mg_cm3"].get<double>(),
              scan.truth.calibration.sigma_hu_per_mg_cm3,
              1e-6);
  for (const SideTruth* side : {&scan.truth.right, &scan.truth.left}) {
    const auto& j = json[side->side == Side::right ? "right" : "left"];
    EXPECT_NEAR(j["vois"]["TH"]["vbmd_mg_cm3"].get<double>(), side->th.vbmd_mg_cm3, 1e-4);
    EXPECT_NEAR(j["head_centre_mm"][0].get<double>(), side->head_centre.x, 1e-4);
  }
  // Right is at negative x (LPS).
  EXPECT_LT(json["right"]["head_centre_mm"][0].get<double>(), 0.0);
}

TEST(WriteTruth, FilesThatCannotBeWrittenAreNamed) {
  EXPECT_THROW(write_vtk("/no/such/folder/a.vtk", SurfaceMesh{}), std::runtime_error);
}

TEST(JsonWriter, EscapesTextAndWritesMissingNumbersAsNull) {
  JsonWriter json;
  json.begin_object();
  json.value("a", std::string_view("x\"y\\z\n"));
  json.value("b", std::nan(""));
  json.end();
  const nlohmann::json read = nlohmann::json::parse(json.text());
  EXPECT_EQ(read["a"], "x\"y\\z");
  EXPECT_TRUE(read["b"].is_null());
}

}  // namespace
}  // namespace focalhip::simulator
