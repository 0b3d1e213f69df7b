#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/write_series.h"

namespace focalhip::simulator {

// Levels above the heads, mm.
struct SliceRange {
  double from_mm = 0.0;
  double to_mm = 0.0;
};

// A reconstruction kernel: name in the header, blur, and noise relative to the standard one.
struct KernelPreset {
  std::string_view name = "standard";
  std::string_view convolution_kernel = "FC13";
  double psf_fwhm_mm = 1.3;
  double overshoot = 0.0;
  double relative_noise = 1.0;
};
[[nodiscard]] const std::array<KernelPreset, 4>& kernel_presets();

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
  KernelPreset kernel;  // its blur and noise where they are not given
  TransferSyntax transfer_syntax = TransferSyntax::explicit_little_endian;
  ObjectKind object_kind = ObjectKind::ct_image;
  PatientPosition position = PatientPosition::hfs;
  int rescale_intercept = 0;
  SeriesTraps traps;
  std::optional<SliceRange> second_acquisition;
  // Beside the series.
  bool localizer = false;
  bool dose_objects = false;
  bool coronal = false;
  bool second_thick = false;
  bool second_sharp = false;
  bool rods_only = false;
  std::vector<std::function<void(HipParameters&)>> person_changes;       // to the drawn person
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
