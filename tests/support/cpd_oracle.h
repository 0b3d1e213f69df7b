#pragma once

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/registration/points.h"

namespace focalhip::test {

// The numbers of an oracle file of known good form: three columns, separated by commas, no header.
inline Points read_oracle_points(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::vector<double> numbers;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) numbers.push_back(std::stod(cell));
  }
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>;
  return Eigen::Map<const Rows>(numbers.data(), static_cast<Eigen::Index>(numbers.size() / 3), 3);
}

// Where a problem of the Coherent Point Drift oracles is: committed, beside the source tree, or nowhere
// (empty path).
inline std::filesystem::path cpd_oracle_folder(const std::string& problem) {
  namespace fs = std::filesystem;
  for (const fs::path& folder :
       {fs::path(FOCALHIP_SOURCE_DIR) / "tests/reference/registration/data" / problem,
        fs::path(FOCALHIP_SHARED_DIR) / "oracles" / "cpd" / problem}) {
    if (fs::exists(folder)) return folder;
  }
  return {};
}

// The state an oracle run ended in.
struct OracleEnd {
  int iterations = 0;
  double sigma2_normalised = 0.0;
  double sigma2_mm2 = 0.0;
};

inline OracleEnd read_oracle_end(const std::filesystem::path& folder, const std::string& case_name) {
  std::ifstream stream(folder / "reference.csv");
  for (std::string line; std::getline(stream, line);) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
    if (cells.size() != 10 || cells[0] != case_name) continue;
    return {.iterations = std::stoi(cells[5]),
            .sigma2_normalised = std::stod(cells[7]),
            .sigma2_mm2 = std::stod(cells[8])};
  }
  throw std::runtime_error("no case " + case_name + " in " + folder.string());
}

}  // namespace focalhip::test
