// Time of every stage of the femur on one simulated series, one side in one thread, and of both sides as the
// product runs them. Only the shares of one run are compared with each other.
//   femur_bench [SLICES [REPEATS]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "analysis/femur/cut_femur.h"
#include "analysis/femur/femur_frame.h"
#include "analysis/femur/find_femoral_heads.h"
#include "analysis/femur/joint_space.h"
#include "analysis/femur/measure_densitometry.h"
#include "analysis/femur/outline_femur.h"
#include "analysis/femur/refine_surface.h"
#include "analysis/femur/segment_femora.h"
#include "analysis/femur/separate_femur.h"
#include "analysis/volume/smooth_gaussian.h"
#include "testdata/simulator/simulate.h"
#include "tests/bench/stage_times.h"
#include "tests/support/simulated_volume.h"

namespace {

using namespace focalhip;
using bench::median;
using bench::StageTimes;

constexpr double budget_s = 5.0;  // DESIGN.md: segmentation, landmarks, regions, both sides, 2 cores

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run_stages(const CtVolume& ct, const Calibration& calibration, StageTimes& times) {
  const FemurOptions options{.threads = 1};
  FemoralHeads heads;
  times.run("find heads (both)", [&] { heads = find_femoral_heads(ct, block_means(ct, 2.0), options); });
  HipRegion wide;
  times.run("cut hip region", [&] { wide = cut_hip_region(ct, Side::right, *heads.head[0]); });
  std::vector<std::uint8_t> bone(wide.hu.size());
  times.run("coarse bone", [&] {
    std::vector<float> smooth = wide.hu;
    smooth_gaussian(wide.grid, smooth, 1.0);
    for (std::size_t i = 0; i < bone.size(); ++i) bone[i] = smooth[i] > options.bone_threshold_hu ? 1 : 0;
  });
  const SocketBarrier barrier{.neck_direction = estimate_neck_direction(wide, bone)};
  times.run("part from pelvis", [&] { bone = part_from_pelvis(wide, bone, barrier); });
  const IndexBox box = box_around(wide.grid, bone, 14.0);
  const HipRegion hip = cropped(wide, box);
  PriorSurface prior;
  times.run("close, fill, distance", [&] {
    prior = prior_surface(hip, solid_femur(hip, cropped_values(wide.grid, bone, box)), barrier);
  });
  std::vector<std::uint8_t> mask;
  times.run("narrow-band cut", [&] { mask = cut_femur(hip, prior, {}); });
  RefinedSurface surface;
  times.run("sub-voxel surface", [&] { surface = refine_surface(hip, mask, {}); });
  times.run("joint space", [&] { (void)map_joint_space(hip, barrier.neck_direction, surface.blur, {}); });
  times.run("landmarks and frame", [&] {
    const BoneSolid solid = make_bone_solid(hip.grid, mask, surface.distance_mm);
    (void)find_femur_frame(
        solid, fit_head_to_mask(solid, hip.head, barrier.neck_direction), barrier.neck_direction);
  });
  const std::array<FemurOutcome, 2> femora = segment_femora(ct, options);
  times.run("regions and density", [&] {
    if (const auto* femur = std::get_if<SegmentedFemur>(&femora[0])) {
      (void)measure_densitometry(ct, calibration, *femur, {});
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  simulator::Protocol protocol;
  if (argc > 1) protocol.slices = std::atoi(argv[1]);
  const int repeats = argc > 2 ? std::atoi(argv[2]) : 3;
  const simulator::SimulatedScan scan =
      simulator::simulate(simulator::draw_hip(1, simulator::Sex::female), protocol, 1, 2);
  const CtVolume ct = test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp);
  Calibration calibration;
  calibration.sigma_ct_hu_per_mg_cm3 = scan.truth.calibration.sigma_hu_per_mg_cm3;
  calibration.beta_ct_hu = scan.truth.calibration.beta_hu;
  std::printf("%d x %d x %d, medians of %d\n", ct.grid.size[0], ct.grid.size[1], ct.grid.size[2], repeats);
  StageTimes times;
  std::vector<double> both_s;
  for (int n = 0; n < repeats; ++n) {
    run_stages(ct, calibration, times);
    both_s.push_back(seconds_of([&] {
      for (const FemurOutcome& outcome : segment_femora(ct, {})) {
        if (const auto* femur = std::get_if<SegmentedFemur>(&outcome)) {
          (void)measure_densitometry(ct, calibration, *femur, {});
        }
      }
    }));
  }
  times.print();
  const double both = median(both_s);
  std::printf("both sides, two threads: %.2f s | budget %.0f s | %s\n",
              both,
              budget_s,
              both <= budget_s ? "met" : "missed");
  return 0;
}
