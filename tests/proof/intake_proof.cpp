// Proves intake and calibration on simulated series: the rows of science qct 8.2 for traps, rods, sigma and
// beta, bad phantoms, blur and internal calibration, with exact confidence intervals. Same seeds, same table.
//
//   intake_proof [--series N] [--threads N] [--first-seed N] [--rows all|calibration]
//
// Exit status: 0 every target met, 1 a row MISSED or failure, 2 wrong usage.

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/proof/calibration_rows.h"
#include "tests/proof/proof_table.h"
#include "tests/proof/trap_rows.h"

namespace focalhip::proof {
namespace {

int whole_number(const std::string& word) {
  std::size_t used = 0;
  const int value = std::stoi(word, &used);
  if (used != word.size() || value < 1 || value > 1'000'000'000) throw std::invalid_argument(word);
  return value;
}

int run_program(const std::vector<std::string>& args) {
  ProofSize size;
  bool with_traps = true;
  for (std::size_t i = 0; i < args.size(); i += 2) {
    const bool has_value = i + 1 < args.size();
    if (args[i] == "--series" && has_value) {
      size.series = whole_number(args[i + 1]);
    } else if (args[i] == "--threads" && has_value) {
      size.threads = whole_number(args[i + 1]);
    } else if (args[i] == "--first-seed" && has_value) {
      size.first_seed = static_cast<std::uint64_t>(whole_number(args[i + 1]));
    } else if (args[i] == "--rows" && has_value && (args[i + 1] == "all" || args[i + 1] == "calibration")) {
      with_traps = args[i + 1] == "all";
    } else {
      std::cout
          << "usage: intake_proof [--series N] [--threads N] [--first-seed N] [--rows all|calibration]\n"
             "Simulated series against the targets of the science; N = 300 as recorded.\n";
      return args[i] == "--help" ? 0 : 2;
    }
  }
  ProofTable table(std::cout);
  if (with_traps) prove_traps(table, size);
  prove_calibration(table, size);
  prove_bad_phantoms(table, size);
  std::cout << (table.all_met() ? "every target met\n" : "some targets MISSED\n");
  return table.all_met() ? 0 : 1;
}

}  // namespace
}  // namespace focalhip::proof

int main(int count, char** words) {
  try {
    return focalhip::proof::run_program({words + std::min(count, 1), words + count});
  } catch (const std::exception& error) {
    std::cerr << "intake_proof: " << error.what() << '\n';
    return 1;
  }
}
