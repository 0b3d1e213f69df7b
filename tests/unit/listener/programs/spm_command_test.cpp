// `focalhip spm` on a small surface: what is wrong with a file is said with file, line and reason, and
// nothing is written.
#include "listener/programs/spm_command.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/files/csv_table.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// An octahedron: 6 vertices, 8 triangles; 12 subjects in two groups.
constexpr int points = 6;
constexpr int subjects = 12;
const std::string octahedron = "0,2,4\n2,1,4\n1,3,4\n3,0,4\n2,0,5\n1,2,5\n3,1,5\n0,3,5\n";

class SpmCommand : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < subjects; ++i) {
      for (int p = 0; p < points; ++p) values_.push_back(static_cast<float>((i * 7 + p * 5 + i * p) % 11));
    }
  }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
    return (folder_.path() / name).string();
  }
  static std::string design(const std::string& third_column = "") {
    std::string text = third_column.empty() ? "const,case\n" : "const,case,other\n";
    for (int i = 0; i < subjects; ++i) {
      text += i < 5 ? "1,1" : "1,0";
      if (third_column == "control") text += i < 5 ? ",0" : ",1";
      text += '\n';
    }
    return text;
  }
  static std::string shape(int rows, int columns) {
    return R"({"dtype": "float32", "byte_order": "little", "shape": [)" + std::to_string(rows) + ", " +
           std::to_string(columns) + "]}";
  }
  int run(std::vector<std::string> more = {}) {
    const std::string bytes(reinterpret_cast<const char*>(values_.data()), values_.size() * sizeof(float));
    std::vector<std::string> args = {"--data",
                                     file("data.bin", bytes),
                                     "--data-shape",
                                     file("data.json", shape_),
                                     "--design",
                                     file("X.csv", design_),
                                     "--out",
                                     result().string()};
    if (contrast_.empty() == false) args.push_back("--contrast=" + contrast_);
    if (!triangles_.empty()) args.insert(args.end(), {"--triangles", file("triangles.csv", triangles_)});
    args.insert(args.end(), more.begin(), more.end());
    said_.str("");
    errors_.str("");
    return spm_command(args, said_, errors_);
  }
  // This status, this sentence, nothing written.
  void expect_refusal(int status, const std::string& sentence, const std::vector<std::string>& more = {}) {
    EXPECT_EQ(run(more), status) << sentence;
    EXPECT_THAT(errors_.str(), HasSubstr(sentence));
    EXPECT_FALSE(fs::exists(result())) << sentence;
  }
  [[nodiscard]] fs::path result() const { return folder_.path() / "out"; }
  [[nodiscard]] std::string summary(const std::string& quantity) const {
    const CsvTable table = read_csv_table(result() / "summary.csv");
    for (const auto& row : table.rows) {
      if (row[0] == quantity) return row[1];
    }
    return "none";
  }

  std::vector<float> values_;
  std::string shape_ = shape(subjects, points);
  std::string design_ = design();
  std::string contrast_ = "0,-1";
  std::string triangles_ = octahedron;
  testing_support::TemporaryFolder folder_;
  std::ostringstream said_;
  std::ostringstream errors_;
};

TEST_F(SpmCommand, WritesFourTables) {
  ASSERT_EQ(run(), 0) << errors_.str();
  EXPECT_EQ(errors_.str(), "");
  for (const char* name : {"vertex.csv", "clusters.csv", "peaks.csv", "summary.csv"})
    EXPECT_TRUE(fs::exists(result() / name)) << name;
  EXPECT_EQ(summary("df"), "10");
}

TEST_F(SpmCommand, NamesLineAndReasonOfABadDesign) {
  design_ = "const,case\n1,0\n1,1,4\n";
  expect_refusal(2, "X.csv:3: 3 fields, the first row has 2");
  design_ = "const,case\n1,0\n1,nan\n";
  expect_refusal(2, "X.csv:3: column 2 (case): \"nan\" is not a finite number");
  design_ = "const,case\n1,0\n\n1,1\n";
  expect_refusal(2, "X.csv:3: the line is empty");
  design_ = "const,case\n";
  expect_refusal(2, "X.csv: there are no subjects");
  design_ = "";
  expect_refusal(2, "X.csv: the file is empty");
}

TEST_F(SpmCommand, RefusesCountsThatDoNotFit) {
  contrast_ = "0,-1,0";
  expect_refusal(2, "--contrast has 3 numbers, the design has 2 columns");
  contrast_ = "0,0";
  expect_refusal(2, "--contrast is zero");
  contrast_ = "0,x";
  expect_refusal(2, "--contrast: number 2 is not a number");
  contrast_ = "";
  expect_refusal(2, "--contrast is missing");
  contrast_ = "0,-1";
  shape_ = shape(subjects, points + 1);
  expect_refusal(2, "data.bin: 288 bytes, its shape needs 336");
  shape_ = shape(subjects, 0);
  expect_refusal(2, "data.json: shape must be 2 whole numbers from 1");
  shape_ = shape(subjects / 2, points * 2);
  expect_refusal(2, "X.csv: 12 rows, the data have 6; name those to use by --rows");
}

TEST_F(SpmCommand, RefusesRowListsAndMasksThatDoNotFit) {
  expect_refusal(2,
                 "rows.csv:3: data row 0 is named twice",
                 {"--rows", file("rows.csv", "row\n0\n0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n")});
  expect_refusal(2,
                 "rows.csv:2: column 1: a whole number from 0 to 11 is needed",
                 {"--rows", file("rows.csv", "0\n12\n")});
  expect_refusal(2, "rows.csv: 2 rows, the design has 12", {"--rows", file("rows.csv", "0\n1\n")});
  expect_refusal(2, "mask.csv: the mask is empty", {"--mask", file("mask.csv", "0\n0\n0\n0\n0\n0\n")});
  expect_refusal(2, "mask.csv: 2 rows, the data have 6 points", {"--mask", file("mask.csv", "1\n1\n")});
  expect_refusal(2,
                 "mask.csv:2: column 1: a whole number from 0 to 1 is needed",
                 {"--mask", file("mask.csv", "1\n2\n")});
}

TEST_F(SpmCommand, RefusesCollinearDesignsAndContrastsThatCannotBeEstimated) {
  design_ = design("control");
  contrast_ = "0,-1,1";
  expect_refusal(2, "X.csv:2: column 3 (other): the design is collinear");
  EXPECT_EQ(run({"--allow-collinear"}), 0) << errors_.str();
  fs::remove_all(result());
  contrast_ = "0,-1,0";
  expect_refusal(2, "the contrast cannot be estimated", {"--allow-collinear"});
  design_ = "1,0\n1,1\n";
  contrast_ = "0,-1";
  expect_refusal(
      2, "2 subjects leave no degrees of freedom for 2 columns", {"--rows", file("rows.csv", "0\n1\n")});
}

TEST_F(SpmCommand, NamesTheTriangleThatIsWrong) {
  triangles_ = octahedron + "0,2,4\n";
  expect_refusal(2, "triangles.csv:9: the triangle stands in the list twice");
  triangles_ = octahedron + "0,2,1\n";
  expect_refusal(2, "triangles.csv:9: a third triangle at the edge 0-2; the surface is not a manifold");
  triangles_ = octahedron + "0,0,1\n";
  expect_refusal(2, "triangles.csv:9: a triangle names a vertex twice");
  triangles_ = octahedron + "0,1,6\n";
  expect_refusal(2, "triangles.csv:9: vertex 6 does not exist; there are 6");
  triangles_ = "0,2\n2,1\n";
  expect_refusal(2, "triangles.csv:1: 2 columns, 3 are needed");
  triangles_ = "a,b,c\n";
  expect_refusal(2, "triangles.csv: there are no triangles");
  triangles_ = "0,1,2.5\n";
  expect_refusal(2, "triangles.csv:1: column 3: a whole number");
}

TEST_F(SpmCommand, LeavesOutPointsThatAreNotNumbersOrDoNotVaryAndCountsThem) {
  values_[3] = std::numeric_limits<float>::quiet_NaN();
  for (int i = 0; i < subjects; ++i) values_[static_cast<std::size_t>(i * points + 4)] = 7.0F;
  ASSERT_EQ(run(), 0) << errors_.str();
  EXPECT_EQ(summary("n_mask"), "4");
  EXPECT_EQ(summary("n_left_out_not_finite"), "1");
  EXPECT_EQ(summary("n_left_out_zero_variance"), "1");
  EXPECT_THAT(said_.str(), HasSubstr("1 points that are not numbers and 1 points without variance"));
}

TEST_F(SpmCommand, RefusesDataInWhichNothingVaries) {
  std::ranges::fill(values_, 2.5F);
  expect_refusal(3, "refused: no point of the mask varies");
}

// Every map is the same number everywhere: no roughness, so nothing is known of clusters and none is
// significant.
TEST_F(SpmCommand, FindsNoSignificantClusterWhereAllPointsAreEqual) {
  for (int i = 0; i < subjects; ++i) {
    for (int p = 0; p < points; ++p)
      values_[static_cast<std::size_t>(i * points + p)] = static_cast<float>((i < 5 ? 0 : 20) + i % 3);
  }
  ASSERT_EQ(run(), 0) << errors_.str();
  const CsvTable clusters = read_csv_table(result() / "clusters.csv");
  ASSERT_EQ(clusters.rows.size(), 1U);
  EXPECT_EQ(clusters.rows[0][1], "6");
  EXPECT_EQ(clusters.rows[0][3], "1");
  EXPECT_EQ(summary("extent_resels_p05"), "NaN");
}

TEST_F(SpmCommand, TestsASinglePoint) {
  file("lattice.bin", std::string(1, '\1'));
  triangles_ = "";
  values_.resize(subjects);
  shape_ = shape(subjects, 1);
  const std::string lattice =
      file("lattice.json", R"({"file": "lattice.bin", "dtype": "uint8", "dims": [1, 1, 1]})");
  ASSERT_EQ(run({"--lattice", lattice}), 0) << errors_.str();
  EXPECT_EQ(summary("n_voxels"), "1");
  // One point searched: the corrected threshold is the uncorrected one.
  EXPECT_NEAR(std::stod(summary("t_peak_p05")), std::stod(summary("t_uncorrected_p05")), 1e-9);
}

TEST_F(SpmCommand, WritesNoTableWhenOneCannotBeWritten) {
  fs::create_directories(result() / "summary.csv.tmp");  // where the last table would be written first
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(errors_.str(), HasSubstr("cannot write"));
  EXPECT_THAT(errors_.str(), HasSubstr("summary.csv"));
  int left = 0;
  for (const auto& entry : fs::directory_iterator(result())) left += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(left, 0);
}

TEST_F(SpmCommand, RefusesALatticeThatDoesNotFit) {
  triangles_ = "";
  const std::string json = R"({"file": "lattice.bin", "dtype": "uint8", "dims": [2, 3, 1]})";
  const std::string lattice = file("lattice.json", json);
  file("lattice.bin", std::string(6, '\0'));
  expect_refusal(2, "lattice.bin: no voxel is inside", {"--lattice", lattice});
  file("lattice.bin", std::string("\1\1\1\1\1\0", 6));
  expect_refusal(2, "lattice.json: 5 voxels are inside, the data have 6", {"--lattice", lattice});
  file("lattice.bin", std::string("\1\1\1\1\1\2", 6));
  expect_refusal(2, "lattice.bin: byte 5 is neither 0 nor 1", {"--lattice", lattice});
  file("lattice.bin", std::string(5, '\1'));
  expect_refusal(2, "lattice.bin: 5 bytes, its shape needs 6", {"--lattice", lattice});
  expect_refusal(2, "lattice.json:2: not JSON", {"--lattice", file("lattice.json", "{\n\"file\" 3}")});
}

}  // namespace
}  // namespace focalhip
