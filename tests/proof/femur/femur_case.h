#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace focalhip::proof {

// One simulated series of the proof; everything it is made of follows from these five.
struct FemurCase {
  std::string group;       // the experiment, a group of rows of the table
  std::string column;      // implicit or mesh
  int bone = 0;            // number of the real bone, 0 = implicit
  std::uint64_t seed = 0;  // of the person
  std::string variant;     // what distinguishes the series of one person: "first", "kvp 100", ...
  auto operator<=>(const FemurCase&) const = default;
};

// What one series told about one side (R, L, or - for the series as a whole), by name of the quantity.
using Values = std::map<std::string, double>;
struct CaseValues {
  FemurCase of;
  char side = '-';
  Values value;
};

// How much is simulated; the defaults are what the recorded table was made with.
struct FemurProofSize {
  int persons = 50;  // implicit, of the main rows
  int meshes = 14;   // persons of the main rows who wear real bones, dealt in turn; two hips each
  int pairs = 300;   // coarse series of each question about sides
  int threads = 2;   // series at a time
  std::uint64_t first_seed = 8100000;
  std::string meshes_folder;        // empty = no mesh-based hips
  std::vector<std::string> groups;  // empty = all
};

}  // namespace focalhip::proof
