#include "testdata/simulator/command_line.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>

#include "testdata/simulator/command_options.h"
#include "testdata/simulator/simulate.h"

namespace focalhip::simulator {
namespace {

bool changes_files(std::string_view option) {
  constexpr std::array<std::string_view, 4> harmless{"--out", "--threads", "--quiet", "--progress"};
  return std::find(harmless.begin(), harmless.end(), option) == harmless.end();
}

// "--name=value" or "--name value"; moves `position` past what it used.
std::string apply(SimulateRequest& request, std::span<const char* const> arguments, std::size_t& position) {
  const std::string_view argument = arguments[position++];
  const std::size_t equals = argument.find('=');
  const std::string_view name = argument.substr(0, equals);
  const auto& options = all_options();
  const auto option =
      std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
  if (option == options.end()) return std::string(argument) + ": unknown option (see --help)";
  std::string_view value;
  if (option->value.empty()) {
    if (equals != std::string_view::npos) return std::string(name) + ": takes no value";
  } else if (equals != std::string_view::npos) {
    value = argument.substr(equals + 1);
  } else if (position < arguments.size()) {
    value = arguments[position++];
  } else {
    return std::string(name) + ": needs a value (" + std::string(option->value) + ")";
  }
  const std::string rule = option->set(request, value);
  if (changes_files(name)) {
    std::string& given = request.identity[std::string(name)];
    given.append(given.empty() ? "" : "|").append(value);  // some options may be given for either side
  }
  return rule.empty() ? rule : std::string(name) + ": " + rule + ", not \"" + std::string(value) + '"';
}

void apply_kernel(SimulateRequest& request) {
  const auto given = [&](std::string_view option) { return request.identity.count(option) > 0; };
  Protocol& protocol = request.protocol;
  if (!given("--psf")) protocol.psf_fwhm_mm = request.kernel.psf_fwhm_mm;
  if (!given("--overshoot")) protocol.overshoot = request.kernel.overshoot;
  if (!given("--noise")) protocol.noise_sd_hu *= request.kernel.relative_noise;
}

}  // namespace

ParsedRequest parse_command_line(std::span<const char* const> arguments) {
  ParsedRequest parsed;
  parsed.request.threads = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 256);
  for (std::size_t position = 0; position < arguments.size();) {
    std::string problem = apply(parsed.request, arguments, position);
    if (!problem.empty()) parsed.problems.push_back(std::move(problem));
  }
  apply_kernel(parsed.request);
  if (parsed.request.help || parsed.request.version) return parsed;
  if (parsed.request.out_folder.empty()) parsed.problems.emplace_back("--out: missing");
  if (!parsed.request.seed) parsed.problems.emplace_back("--seed: missing");
  for (const std::string& problem : problems_in(parsed.request.protocol)) parsed.problems.push_back(problem);
  const SimulateRequest& r = parsed.request;
  if (r.traps.axes &&
      (r.protocol.gantry_tilt_deg != 0.0 || r.protocol.shear_deg != 0.0 || r.second_acquisition))
    parsed.problems.emplace_back("--axes: not with --gantry-tilt, --shear or --second-acquisition");
  if (r.traps.axes && !r.traps.axes->axial() && r.object_kind != ObjectKind::ct_image)
    parsed.problems.emplace_back("--axes: a multi-frame object takes axial images only");
  return parsed;
}

std::string help_text() {
  std::string text =
      "focalhip-simulate --out DIR --seed N [options]\n"
      "Simulates the CT series of a hip with everything that is true about it:\n"
      "  DIR/dicom/*.dcm      the series\n"
      "  DIR/truth.json       calibration, landmarks, regions with their density\n"
      "  DIR/mask.nrrd        1 = right, 2 = left femur\n"
      "  DIR/density.nrrd     HA mg/cm3 inside the femora, no blur, no noise\n"
      "  DIR/surface_right.vtk, surface_left.vtk   periosteal surface with the true cortical thickness\n\n";
  for (const Option& option : all_options()) {
    std::string left = "  ";
    left += option.name;
    left += ' ';
    left += option.value;
    left.resize(std::max<std::size_t>(left.size() + 2, 40), ' ');
    text += left + std::string(option.help) + '\n';
  }
  text += "\nExit status: 0 done, 1 failure, 2 wrong usage.\n";
  return text;
}

}  // namespace focalhip::simulator
