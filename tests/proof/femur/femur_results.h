#pragma once

#include <fstream>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/proof/femur/femur_case.h"

namespace focalhip::proof {

// Results by case in a text file, so that a proof can be measured in pieces: a line per side,
//   group,column,bone,seed,variant,side,name=value;name=value;...
// A case is written as a whole; a line that a crash cut off is removed.
class FemurResults {
 public:
  // Reads what is there. Empty path: nothing is kept on disk. Throws on a line that cannot be read.
  explicit FemurResults(const std::string& path);

  [[nodiscard]] bool has(const FemurCase& one) const { return done_.contains(one); }
  void add(const std::vector<CaseValues>& values);  // from any thread

  [[nodiscard]] const std::vector<CaseValues>& all() const { return all_; }
  [[nodiscard]] std::vector<CaseValues> of(const std::string& group, const std::string& column) const;

 private:
  std::string path_;
  std::mutex mutex_;
  std::vector<CaseValues> all_;
  std::set<FemurCase> done_;
};

}  // namespace focalhip::proof
