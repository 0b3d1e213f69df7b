#pragma once

#include <string>
#include <vector>

namespace focalhip {

// What a worker needs to know of a study, written by the collector into the job row as JSON.
struct JobInput {
  std::vector<std::string> files;  // of the chosen volume, relative to the data folder
  std::vector<std::string>
      other_series;          // what was received but not chosen, one plain line each, no patient data
  std::string refusal_code;  // not empty: nothing measurable; the code and detail to report
  std::string refusal_detail;
};
[[nodiscard]] std::string to_json(const JobInput& input);
[[nodiscard]] JobInput job_input_from_json(const std::string& text);  // throws std::runtime_error

}  // namespace focalhip
