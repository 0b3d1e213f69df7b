#include <array>
#include <cmath>
#include <sstream>

#include "listener/programs/find_series.h"
#include "listener/series/read_ct_volume.h"
#include "tests/proof/femur/compare_femur.h"
#include "tests/proof/femur/femur_experiments.h"
#include "tests/proof/femur/measure_series.h"
#include "tests/proof/femur/simulated_person.h"
#include "tests/support/simulated_volume.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// Where columns, rows and slices of a stored volume grow to: an axis of the patient (0 x, 1 y, 2 z) and a
// sign.
struct AxisCode {
  std::array<int, 3> axis{0, 1, 2};
  std::array<bool, 3> reversed{false, false, false};
};

std::vector<AxisCode> all_axis_codes() {
  std::vector<AxisCode> codes;
  for (const std::array<int, 3> axis : {std::array{0, 1, 2},
                                        std::array{0, 2, 1},
                                        std::array{1, 0, 2},
                                        std::array{1, 2, 0},
                                        std::array{2, 0, 1},
                                        std::array{2, 1, 0}}) {
    for (int signs = 0; signs < 8; ++signs) {
      codes.push_back({.axis = axis, .reversed = {(signs & 1) != 0, (signs & 2) != 0, (signs & 4) != 0}});
    }
  }
  return codes;
}

// Index along the patient's axes of a stored voxel.
std::array<int, 3> place_of(const AxisCode& code, const VoxelGrid& grid, std::array<int, 3> stored) {
  std::array<int, 3> place{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto axis = static_cast<std::size_t>(code.axis[i]);
    place[axis] = code.reversed[i] ? grid.size[axis] - 1 - stored[i] : stored[i];
  }
  return place;
}

std::string direction(const AxisCode& code, std::size_t i) {
  std::array<int, 3> unit{};
  unit[static_cast<std::size_t>(code.axis[i])] = code.reversed[i] ? -1 : 1;
  return std::to_string(unit[0]) + '\\' + std::to_string(unit[1]) + '\\' + std::to_string(unit[2]);
}

// The volume as a CT series stored along the code; positions and orientation tell the truth.
void write_along(const AxisCode& code, const CtVolume& ct, const std::filesystem::path& folder) {
  const VoxelGrid& grid = ct.grid;
  const auto axis = [&](std::size_t i) { return static_cast<std::size_t>(code.axis[i]); };
  const auto spacing = [&](std::size_t i) { return grid.spacing_mm[code.axis[i]]; };
  test::TestSeries series;
  series.columns = grid.size[axis(0)];
  series.rows = grid.size[axis(1)];
  series.slices = grid.size[axis(2)];
  series.column_spacing_mm = spacing(0);
  series.row_spacing_mm = spacing(1);
  series.spacing_mm = spacing(2);
  series.orientation = direction(code, 0) + '\\' + direction(code, 1);
  series.word = [&](int column, int row, int slice) {
    const std::array<int, 3> at = place_of(code, grid, {column, row, slice});
    return static_cast<std::uint16_t>(ct.hu[grid.index(at[0], at[1], at[2])]);
  };
  series.adjust = [&](DcmDataset& dataset, int slice) {
    const std::array<int, 3> at = place_of(code, grid, {0, 0, slice});
    const Eigen::Vector3d p = grid.patient_from_voxel(Eigen::Vector3d(at[0], at[1], at[2]));
    std::ostringstream position;
    position << p.x() << '\\' << p.y() << '\\' << p.z();
    test::put(dataset, DCM_ImagePositionPatient, position.str());
    test::put(dataset, DCM_RescaleIntercept, "0");
    test::put(dataset, DCM_SliceThickness, std::to_string(*ct.acquisition.slice_thickness_mm));
  };
  test::write_series(series, folder);
}

// As `focalhip analyze` reads; throws Refusal where it would refuse.
CtVolume read_folder(const std::filesystem::path& folder) {
  const FoundSeries found = find_series(folder, 1, {});
  const auto refuse = [](const std::optional<NotMeasured>& reason) {
    if (reason) throw Refusal(reason->code, reason->detail);
  };
  refuse(found.unreadable);
  refuse(found.work.refusal);
  if (!found.work.volume) throw Refusal(RefusalCode::no_images, "no volume");
  refuse(found.work.volume->problem);
  return read_ct_volume(*found.work.volume, 1).ct;
}

// Both heads where they belong.
bool is_right_way(const CtVolume& ct, const sim::ScanTruth& truth) {
  const std::array<FemurOutcome, 2> femora = segment_femora(ct, {.threads = 1});
  for (const Side side : {Side::right, Side::left}) {
    const auto* femur = std::get_if<SegmentedFemur>(&femora[static_cast<std::size_t>(side)]);
    if (femur == nullptr) return false;
    const sim::Vec3 own = side == Side::right ? truth.right.head_centre : truth.left.head_centre;
    constexpr double largest_error_mm = 3.0;
    if ((femur->frame.head_centre_patient_mm - Eigen::Vector3d(own.x, own.y, own.z)).norm() >
        largest_error_mm) {
      return false;
    }
  }
  return true;
}

CaseResults run_axis_codes(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  const sim::Protocol protocol = coarse_protocol(hip);
  const sim::SimulatedScan scan = sim::simulate(hip, protocol, noise_seed(one), 1);
  const CtVolume ct = test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp);
  Values values{{"axial", 0}, {"right_way", 0}, {"not_axial", 0}, {"refused", 0}};
  for (const AxisCode& code : all_axis_codes()) {
    const bool axial = code.axis[2] == 2;
    values[axial ? "axial" : "not_axial"] += 1;
    const testing_support::TemporaryFolder folder;
    write_along(code, ct, folder.path());
    try {
      const CtVolume read = read_folder(folder.path());
      if (axial && is_right_way(read, scan.truth)) values["right_way"] += 1;
    } catch (const Refusal& refusal) {
      if (!axial && refusal.code() == RefusalCode::not_axial) values["refused"] += 1;
    }
  }
  return {{.of = one, .side = '-', .value = values}};
}

}  // namespace

CaseResults run_turned(const FemurCase& one, const FemurProofSize& size) {
  if (one.variant == "axis codes") return run_axis_codes(one, size);
  const sim::HipParameters hip = person_of(one, size);
  sim::Protocol protocol = coarse_protocol(hip);
  protocol.prone = true;
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::left_out);
}

}  // namespace focalhip::proof
