// The cortical map of simulated hips from end to end against the truth measured along the normals; focal
// defects; regional means of a population; repeated scans; planted densities. Exit status 1 when a target is
// missed or was not measured, 2 when it cannot be run.

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/support/parallel_for.h"
#include "tests/proof/cortex_hips/hip_cases.h"
#include "tests/proof/cortex_hips/hip_rows.h"

namespace focalhip::proof {
namespace {

constexpr std::string_view usage =
    "cortex_hip_proof [--persons N] [--meshes N] [--rescans N] [--defects N] [--densities N] [--kernels N]\n"
    "                 [--patches N] [--troubles N] [--threads N] [--first-seed N] [--meshes-folder FOLDER] "
    "[--resume FILE]\n";

struct Command {
  HipProofSize size;
  std::string resume;
};

std::optional<Command> command_of(int argc, char** argv) {
  Command command;
  HipProofSize& size = command.size;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return std::nullopt;
    const std::string_view option = argv[i];
    const char* value = argv[i + 1];
    if (option == "--persons") {
      size.persons = std::atoi(value);
    } else if (option == "--meshes") {
      size.meshes = std::atoi(value);
    } else if (option == "--rescans") {
      size.rescans = std::atoi(value);
    } else if (option == "--defects") {
      size.defects = std::atoi(value);
    } else if (option == "--densities") {
      size.densities = std::atoi(value);
    } else if (option == "--kernels") {
      size.kernels = std::atoi(value);
    } else if (option == "--patches") {
      size.patches = std::atoi(value);
    } else if (option == "--troubles") {
      size.troubles = std::atoi(value);
    } else if (option == "--threads") {
      size.threads = std::max(1, std::atoi(value));
    } else if (option == "--first-seed") {
      size.first_seed = std::strtoull(value, nullptr, 10);
    } else if (option == "--meshes-folder") {
      size.bones.meshes_folder = value;
    } else if (option == "--resume") {
      command.resume = value;
    } else {
      return std::nullopt;
    }
  }
  return command;
}

int run(const Command& command) {
  const HipProofSize& size = command.size;
  FemurResults results(command.resume);
  bool all_met = true;
  for (const std::string column : {"mesh", "implicit"}) {
    const int persons = column == "mesh" ? size.meshes : size.persons;
    if (persons == 0) continue;
    std::atomic<int> done{0};
    parallel_for(persons, size.threads, [&](int person) {
      run_person(size, column, person, results);
      std::cerr << column << ' ' << ++done << " of " << persons << '\n';
    });
    std::cout << "\n" << column << "\n\n";
    ProofTable table(std::cout);
    hip_rows(table, size, column, results);
    all_met = all_met && table.all_met();
  }
  return all_met ? 0 : 1;
}

}  // namespace
}  // namespace focalhip::proof

int main(int argc, char** argv) {
  const std::optional<focalhip::proof::Command> command = focalhip::proof::command_of(argc, argv);
  if (!command) {
    std::cerr << focalhip::proof::usage;
    return 2;
  }
  try {
    return focalhip::proof::run(*command);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
