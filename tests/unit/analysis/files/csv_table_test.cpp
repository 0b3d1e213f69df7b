#include "analysis/files/csv_table.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

class CsvTableTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& text) {
    const std::filesystem::path path = folder_.path() / "t.csv";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  template <typename Read>
  std::string complaint(const std::string& text, const Read& read) {
    const std::filesystem::path path = file(text);
    try {
      read(path);
    } catch (const InputError& error) {
      return std::string(error.what()).substr(path.string().size());
    }
    return "no complaint";
  }
  std::string table_complaint(const std::string& text) {
    return complaint(text, [](const auto& path) { (void)read_csv_table(path); });
  }
  std::string numeric_complaint(const std::string& text) {
    return complaint(text, [](const auto& path) { (void)read_numeric_csv(path); });
  }

 private:
  testing_support::TemporaryFolder folder_;
};

TEST_F(CsvTableTest, ReadsQuotesLineEndsAndMissingValues) {
  const CsvTable table =
      read_csv_table(file("\xEF\xBB\xBF\"id\",name,x\r\n1,\"a,\"\"b\"\"\",2.5\r\n2, c ,\r\n\r\n"));
  EXPECT_EQ(table.header, (std::vector<std::string>{"id", "name", "x"}));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0][1], "a,\"b\"");
  EXPECT_EQ(table.rows[1][1], "c");
  EXPECT_EQ(table.number(0, 2), 2.5);
  EXPECT_EQ(table.number(1, 2), std::nullopt);
  EXPECT_EQ(table.lines, (std::vector<std::size_t>{2, 3}));
}

TEST_F(CsvTableTest, NamesLineAndColumnOfWhatIsWrong) {
  EXPECT_EQ(table_complaint("a,b\n1,2\n1\n"), ":3: 1 fields, the first row has 2");
  EXPECT_EQ(table_complaint("a,a\n1,2\n"), ":1: two columns are named \"a\"");
  EXPECT_EQ(table_complaint("a,b\n1,\"2\n"), ":2: a quote that is opened here is never closed");
  EXPECT_EQ(table_complaint("a,b\n\n1,2\n"), ":2: the line is empty");
  EXPECT_EQ(table_complaint(""), ": the file is empty");
  EXPECT_EQ(numeric_complaint("a,b\n1,2\n1,x\n"), ":3: column 2 (b): \"x\" is not a finite number");
  EXPECT_EQ(numeric_complaint("1,2\n1,nan\n"), ":2: column 2: \"nan\" is not a finite number");
  EXPECT_EQ(numeric_complaint("nan,nan\n1,2\n"), ":1: column 1: \"nan\" is not a finite number");
}

TEST_F(CsvTableTest, NumbersMayHaveAHeaderOrNone) {
  EXPECT_EQ(read_numeric_csv(file("1,2\n3,4\n")).values.rows(), 2);
  const NumericCsv table = read_numeric_csv(file("x,y\n1,2e-3"));
  EXPECT_EQ(table.values.rows(), 1);
  EXPECT_DOUBLE_EQ(table.values(0, 1), 2e-3);
  EXPECT_EQ(complaint("a\n0\n7\n", [](const auto& path) { (void)read_integer_csv(path, 1, 0, 6); }),
            ":3: column 1 (a): a whole number from 0 to 6 is needed");
}

TEST_F(CsvTableTest, LooksAtTheSizeBeforeReading) {
  EXPECT_EQ(complaint("a\n12345678\n",
                      [](const auto& path) { (void)read_csv_table(path, {.file_bytes = 8, .columns = 9}); }),
            ": 11 bytes, more than the 8 allowed");
}

}  // namespace
}  // namespace focalhip
