// Proves segmentation, landmarks, regions and choice of the side on simulated hips: the rows of science
// qct 8.2 from "head centre / radius" to "time/memory", with confidence intervals. Same seeds, same table.
//
//   femur_proof [--persons N] [--meshes N] [--pairs N] [--threads N] [--first-seed N] [--rows NAME,...]
//               [--meshes-folder DIR] [--resume FILE]
//   femur_proof --print FILE
//
// Exit status: 0 every target met, 1 a row MISSED or failure, 2 wrong usage.

#include <algorithm>
#include <atomic>
#include <exception>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/oflog/oflog.h>

#include "tests/proof/femur/femur_results.h"
#include "tests/proof/femur/femur_table.h"
#include "tests/proof/femur/run_femur_case.h"

namespace focalhip::proof {
namespace {

constexpr const char* usage =
    "usage: femur_proof [--persons N] [--meshes N] [--pairs N] [--threads N] [--first-seed N]\n"
    "                   [--rows NAME,...] [--meshes-folder DIR] [--resume FILE]\n"
    "       femur_proof --print FILE [--worst yes]\n"
    "Simulated hips against the targets of the science. --resume appends every case to FILE and leaves out\n"
    "those that are there; --print makes the table from FILE alone.\n";

struct Arguments {
  FemurProofSize size;
  std::string resume;
  std::string print;
  bool worst = false;
};

int whole_number(const std::string& word) {
  std::size_t used = 0;
  const int value = std::stoi(word, &used);
  if (used != word.size() || value < 0 || value > 1'000'000'000) throw std::invalid_argument(word);
  return value;
}

std::vector<std::string> groups_named(const std::string& words) {
  std::vector<std::string> groups;
  std::istringstream stream(words);
  for (std::string word; std::getline(stream, word, ',');) {
    if (std::ranges::find(femur_groups(), word) == femur_groups().end()) {
      throw std::invalid_argument("no rows called " + word);
    }
    groups.push_back(word);
  }
  return groups;
}

Arguments read_arguments(const std::vector<std::string>& words) {
  if (words.size() % 2 != 0) throw std::invalid_argument("an option without value");
  Arguments arguments;
  FemurProofSize& size = arguments.size;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string& option = words[i];
    const std::string& value = words[i + 1];
    if (option == "--persons") {
      size.persons = whole_number(value);
    } else if (option == "--meshes") {
      size.meshes = whole_number(value);
    } else if (option == "--pairs") {
      size.pairs = whole_number(value);
    } else if (option == "--threads") {
      size.threads = std::max(1, whole_number(value));
    } else if (option == "--first-seed") {
      size.first_seed = static_cast<std::uint64_t>(whole_number(value));
    } else if (option == "--rows") {
      size.groups = groups_named(value);
    } else if (option == "--meshes-folder") {
      size.meshes_folder = value;
    } else if (option == "--resume") {
      arguments.resume = value;
    } else if (option == "--print") {
      arguments.print = value;
    } else if (option == "--worst") {
      arguments.worst = value == "yes";
    } else {
      throw std::invalid_argument("unknown option " + option);
    }
  }
  return arguments;
}

// All cases that are not there yet, a case per thread at a time.
void measure(const FemurProofSize& size, FemurResults& results) {
  std::vector<FemurCase> open = planned_cases(size);
  std::erase_if(open, [&](const FemurCase& one) { return results.has(one); });
  std::vector<FemurCase> alone;  // measures time and memory of the process
  std::ranges::copy_if(
      open, std::back_inserter(alone), [](const FemurCase& one) { return one.group == "speed"; });
  std::erase_if(open, [](const FemurCase& one) { return one.group == "speed"; });
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failing;
  const auto work = [&] {
    for (std::size_t i = next++; i < open.size(); i = next++) {
      try {
        results.add(run_femur_case(open[i], size));
      } catch (...) {
        const std::scoped_lock lock(failing);
        failure = std::current_exception();
        next = open.size();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int thread = 0; thread < size.threads; ++thread) workers.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
  for (const FemurCase& one : alone) results.add(run_femur_case(one, size));
}

bool print_tables(const FemurResults& results, FemurProofSize size, bool worst) {
  size.groups.clear();
  if (size.meshes_folder.empty()) size.meshes_folder = "planned";
  const std::vector<FemurCase> planned = planned_cases(size);
  bool met = true;
  for (const char* column : {"mesh", "implicit"}) {
    std::cout << (std::string(column) == "mesh" ? "\nHips with real bone surfaces (this column decides)\n\n"
                                                : "\nHips of the simulator's own shapes\n\n");
    const bool column_met = print_femur_table(std::cout, results, column, planned);
    if (std::string(column) == "mesh") met = column_met;
    if (std::string(column) == "mesh") print_bones(std::cout, results);
    if (worst) print_worst(std::cout, results, column);
  }
  std::cout << (met ? "every target met\n" : "some targets MISSED\n");
  return met;
}

int run_program(const std::vector<std::string>& words) {
  Arguments arguments;
  try {
    arguments = read_arguments(words);
  } catch (const std::logic_error& error) {
    std::cerr << "femur_proof: " << error.what() << '\n' << usage;
    return 2;
  }
  if (!arguments.print.empty()) {
    return print_tables(FemurResults(arguments.print), arguments.size, arguments.worst) ? 0 : 1;
  }
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);  // DCMTK tells of every file
  FemurResults results(arguments.resume);
  measure(arguments.size, results);
  return print_tables(results, arguments.size, arguments.worst) ? 0 : 1;
}

}  // namespace
}  // namespace focalhip::proof

int main(int count, char** words) {
  try {
    return focalhip::proof::run_program({words + std::min(count, 1), words + count});
  } catch (const std::exception& error) {
    std::cerr << "femur_proof: " << error.what() << '\n';
    return 1;
  }
}
