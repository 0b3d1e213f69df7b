#include <array>
#include <utility>

#include "testdata/simulator/command_options.h"
#include "testdata/simulator/option_values.h"

namespace focalhip::simulator {
namespace {

using R = SimulateRequest;
using T = std::string_view;
using P = Protocol;

Option number_option(std::string_view name,
                     std::string_view unit,
                     std::string_view help,
                     double low,
                     double high,
                     void (*store)(Protocol&, double)) {
  return {name, unit, help, [=](R& r, T t) {
            return set_double(t, low, high, [&](double v) { store(r.protocol, v); });
          }};
}

std::string set_kernel(R& r, T t) {
  for (const KernelPreset& preset : kernel_presets()) {
    if (preset.name != t) continue;
    r.kernel = preset;
    return {};
  }
  return "must be soft, standard, sharp or bone";
}

std::string set_implants(R& r, T t) {
  constexpr std::array<std::pair<std::string_view, Implants>, 3> sides{
      {{"right", Implants::right}, {"left", Implants::left}, {"both", Implants::both}}};
  for (const auto& [name, implants] : sides) {
    if (name != t) continue;
    r.protocol.implants = implants;
    return {};
  }
  return "must be right, left or both";
}

// SHIFT[,LEVEL]
std::string set_motion(R& r, T t) {
  constexpr const char* rule = "must be a shift of -20 .. 20 mm, then optionally a level of -200 .. 200 mm";
  const std::vector<std::string> parts = split_at(t, ',');
  const auto stored = [&](std::size_t i, double limit, double& value) {
    return set_double(parts[i], -limit, limit, [&](double v) { value = v; }).empty();
  };
  if (parts.size() > 2 || !stored(0, 20.0, r.protocol.motion.shift_mm)) return rule;
  if (parts.size() == 2 && !stored(1, 200.0, r.protocol.motion.level_mm)) return rule;
  return {};
}

std::vector<Option> beam_options() {
  return {
      number_option(
          "--kvp", "KV", "tube voltage, default 120", 80, 140, [](P& p, double v) { p.tube_kvp = v; }),
      number_option("--energy",
                    "KEV",
                    "monochromatic beam; default: spectrum of the tube behind the person",
                    45,
                    110,
                    [](P& p, double v) { p.effective_energy_kev = v; }),
      number_option("--energy-error",
                    "KEV",
                    "true effective energy above that of the tube voltage",
                    -10,
                    10,
                    [](P& p, double v) { p.energy_error_kev = v; }),
      number_option("--kappa-error",
                    "PERCENT",
                    "true HA / K2HPO4 above that of the attenuation tables",
                    -30,
                    30,
                    [](P& p, double v) { p.kappa_error = 0.01 * v; }),
      number_option("--water-offset",
                    "HU",
                    "HU of water in this scanner, default: drawn, 0 +- 3",
                    -50,
                    50,
                    [](P& p, double v) { p.water_offset_hu = v; }),
      number_option("--drift-slope",
                    "PERCENT",
                    "change of the scanner's slope per 100 mm towards cranial",
                    -50,
                    50,
                    [](P& p, double v) { p.drift.slope_percent_per_100_mm = v; }),
      number_option("--drift-offset",
                    "HU",
                    "change of the scanner's offset per 100 mm towards cranial",
                    -100,
                    100,
                    [](P& p, double v) { p.drift.offset_hu_per_100_mm = v; }),
      number_option("--beam-hardening",
                    "X",
                    "1: bone loses 3 % per doubling of the width, the middle 10 HU",
                    0,
                    3,
                    [](P& p, double v) { p.beam_hardening = v; }),
  };
}

std::vector<Option> image_options() {
  return {
      {"--kernel",
       "NAME",
       "soft, standard (default), sharp or bone: blur, overshoot, noise, kernel name",
       set_kernel},
      number_option("--psf",
                    "MM",
                    "in-plane FWHM at the isocentre, default 1.3",
                    0.5,
                    4,
                    [](P& p, double v) { p.psf_fwhm_mm = v; }),
      number_option("--psf-y-ratio",
                    "X",
                    "FWHM along y / along x, default 1",
                    0.5,
                    2,
                    [](P& p, double v) { p.psf_y_ratio = v; }),
      number_option("--psf-growth",
                    "PERCENT",
                    "of the FWHM per 100 mm from the isocentre",
                    0,
                    100,
                    [](P& p, double v) { p.psf_growth_per_100_mm = 0.01 * v; }),
      number_option("--overshoot",
                    "PERCENT",
                    "of an edge, default 0",
                    0,
                    20,
                    [](P& p, double v) { p.overshoot = 0.01 * v; }),
      number_option("--noise",
                    "HU",
                    "standard deviation at the centre, default 27",
                    0,
                    200,
                    [](P& p, double v) { p.noise_sd_hu = v; }),
      {"--motion",
       "MM[,LEVEL]",
       "the person above a level (mm above the heads) is displaced to the left and forward",
       set_motion},
      {"--implant",
       "SIDE",
       "right, left or both: nail and screw of steel, clipped, with streaks",
       set_implants},
  };
}

}  // namespace

const std::array<KernelPreset, 4>& kernel_presets() {
  static constexpr std::array<KernelPreset, 4> presets{{{"soft", "FC08", 1.6, 0.0, 0.75},
                                                        {"standard", "FC13", 1.3, 0.0, 1.0},
                                                        {"sharp", "FC30", 0.8, 0.05, 1.9},
                                                        {"bone", "FC81", 0.7, 0.10, 2.6}}};
  return presets;
}

std::vector<Option> physics_options() {
  std::vector<Option> options = beam_options();
  const std::vector<Option> more = image_options();
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace focalhip::simulator
