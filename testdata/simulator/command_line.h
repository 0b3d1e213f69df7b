#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/write_series.h"

namespace focalhip::simulator {

enum class SecondReconstruction { none, thick, sharp };

// What focalhip-simulate was asked for.
struct SimulateRequest {
  bool help = false;
  bool version = false;
  std::string out_folder;
  std::optional<std::uint64_t> seed;
  Sex sex = Sex::female;
  std::optional<double> age_years;
  std::uint64_t study_seed = 1;
  std::string patient_id;  // empty = made from the seed
  int threads = 2;
  Protocol protocol;
  TransferSyntax transfer_syntax = TransferSyntax::explicit_little_endian;
  bool localizer = false;
  bool feet_first = false;
  bool reversed_instance_numbers = false;
  int rescale_intercept = 0;
  SecondReconstruction second = SecondReconstruction::none;
  bool rods_only = false;
  std::vector<std::function<void(PhantomParameters&)>> phantom_changes;  // to the drawn person's phantom
  // Every option given that can change the files, with its value.
  std::map<std::string, std::string, std::less<>> identity;
  std::optional<bool> progress;  // absent = only on a terminal
};

struct ParsedRequest {
  SimulateRequest request;
  std::vector<std::string> problems;  // one line each; empty = usable
};
[[nodiscard]] ParsedRequest parse_command_line(std::span<const char* const> arguments);
[[nodiscard]] std::string help_text();

}  // namespace focalhip::simulator
