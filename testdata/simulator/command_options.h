#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "testdata/simulator/command_line.h"

namespace focalhip::simulator {

// Sets a value from its text; returns the broken rule or nothing.
using Setter = std::function<std::string(SimulateRequest&, std::string_view)>;

struct Option {
  std::string_view name;
  std::string_view value;  // placeholder; empty = a switch
  std::string_view help;
  Setter set;
};

// Options of the objects that are written: identity, encoding, what is wrong with them, what lies beside
// them.
[[nodiscard]] std::vector<Option> series_options();

// Options of beam, kernel, noise and artefacts.
[[nodiscard]] std::vector<Option> physics_options();

// Options of what is wrong with the hips and how the legs lie.
[[nodiscard]] std::vector<Option> case_options();

// Options of the calibration phantom.
[[nodiscard]] std::vector<Option> phantom_options();

// Every option of focalhip-simulate, in the order of the help text.
[[nodiscard]] const std::vector<Option>& all_options();

}  // namespace focalhip::simulator
