#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "analysis/files/input_error.h"

namespace focalhip {

struct CsvLimits {
  std::size_t file_bytes = std::size_t{1} << 28U;  // looked at before anything is read
  std::size_t columns = 4096;
};

// Comma-separated text (RFC 4180: quoted fields, doubled quotes), LF or CRLF, optional byte order mark. Every
// row has as many fields as the first; empty lines are allowed at the end only.
struct CsvTable {
  std::filesystem::path file;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;  // line of the file at which rows[i] starts, from 1

  // Index of a column; InputError naming the columns there are.
  [[nodiscard]] std::size_t column(const std::string& name) const;
  // A finite number, or nothing for an empty field or NA; InputError for anything else.
  [[nodiscard]] std::optional<double> number(std::size_t row, std::size_t column) const;
  // The same, but a number must stand there.
  [[nodiscard]] double required_number(std::size_t row, std::size_t column) const;
  // "FILE:LINE: column N (NAME): reason"
  [[nodiscard]] InputError error(std::size_t row, std::size_t column, const std::string& reason) const;
};

// The first row is the header; its names are not empty and differ. InputError.
[[nodiscard]] CsvTable read_csv_table(const std::filesystem::path& file, const CsvLimits& limits = {});

// Numbers only, rows x columns, with or without a header row (a first row in which no field is a number).
struct NumericCsv {
  std::filesystem::path file;
  std::vector<std::string> header;  // empty when there is none
  Eigen::MatrixXd values;           // all finite
  std::vector<std::size_t> lines;
};
[[nodiscard]] NumericCsv read_numeric_csv(const std::filesystem::path& file, const CsvLimits& limits = {});

// Whole numbers within [least, most], as above, of exactly `columns` columns (triangles, masks, row lists).
struct IntegerCsv {
  std::filesystem::path file;
  int columns = 0;
  std::vector<int> values;  // row by row
  std::vector<std::size_t> lines;
};
[[nodiscard]] IntegerCsv read_integer_csv(
    const std::filesystem::path& file, int columns, int least, int most, const CsvLimits& limits = {});

// The whole text as a finite number; nothing otherwise. Independent of the locale.
[[nodiscard]] std::optional<double> whole_number(std::string_view text);

// One field as it must be written: quoted where commas, quotes or line ends ask for it.
[[nodiscard]] std::string csv_field(const std::string& text);

}  // namespace focalhip
