#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"
#include "testdata/simulator/simulate.h"
#include "testdata/simulator/write_series.h"

// What real archives do to a series, written as DICOM, and what science qct 1 asks of a reader.
namespace focalhip::proof {

// The scan a trap is made from.
enum class ScanKind { supine, prone, tilted, sheared };

// A person scanned once.
struct TrapScan {
  simulator::HipParameters hip;
  simulator::Protocol protocol;
  simulator::StudyHeader study;
  simulator::SimulatedScan scan;
};

// What a right reading finds: these CT numbers at these places (-2000 = padding), but for the slices that
// were left out.
struct TrapTruth {
  simulator::ScanGrid grid;
  std::vector<std::int16_t> hu;
  std::set<int> missing_slices;
};

// Puts the scan into a folder.
using WriteTrap = std::function<TrapTruth(const TrapScan&, const std::filesystem::path& folder)>;

struct Trap {
  std::string name;
  WriteTrap write;
  std::optional<RefusalCode> refused = {};  // absent: to be read
  ScanKind kind = ScanKind::supine;
  bool is_resampled = false;  // a right reading has other voxels than the scan
  bool moves_slices = false;  // geometry in another form than in a plain series: left and right are looked at
  bool swaps_sides = false;   // the tags call the right femur left: any reading is a wrong side
  bool declares_phantom = false;  // the site's configuration says on which side the first rod lies
  std::string impossible = {};    // why it cannot be met, where that is known
};

// Every trap with what is expected of it, fixed from the science before the first run.
[[nodiscard]] std::vector<Trap> all_traps();

}  // namespace focalhip::proof
