#include "testdata/simulator/simulate.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/imaging_chain.h"

namespace focalhip::simulator {
namespace {

constexpr double below_lesser_mm = 30.0;    // "3 cm below the lesser trochanter"
constexpr double above_head_mm = 42.0;      // the roof of the socket and what a careful operator adds
constexpr double field_centre_y_mm = 34.0;  // the table is lowered until person and phantom are centred

// Lowest level of the scan, relative to the frame in which the heads are at z = 0.
double lowest_level(const HipParameters& hip) {
  double low = 1e9;
  for (const FemurParameters* f : {&hip.right, &hip.left}) {
    const FemurShape shape(*f);
    const FemurPose pose(shape, f == &hip.right ? Side::right : Side::left);
    const LesserTrochanter lesser = find_lesser_trochanter(shape);
    low = std::min(low, pose.patient_from_femur({0.0, 0.0, lesser.distal_z_mm}).z);
  }
  return low - below_lesser_mm;
}

double highest_level(const HipParameters& hip) {
  return std::max(hip.right.head_centre_patient_mm.z + hip.right.head_radius_mm,
                  hip.left.head_centre_patient_mm.z + hip.left.head_radius_mm) +
         above_head_mm;
}

ScanGrid plan_grid(const HipParameters& hip, const Protocol& protocol) {
  const double heads_z = 0.5 * (hip.right.head_centre_patient_mm.z + hip.left.head_centre_patient_mm.z);
  const double low =
      protocol.lowest_above_heads_mm ? heads_z + *protocol.lowest_above_heads_mm : lowest_level(hip);
  ScanGrid grid;
  grid.columns = protocol.matrix;
  grid.rows = protocol.matrix;
  grid.slices = protocol.slices.value_or(
      static_cast<int>(std::ceil((highest_level(hip) - low) / protocol.slice_spacing_mm)) + 1);
  grid.pixel_mm = protocol.field_of_view_mm / protocol.matrix;
  grid.slice_spacing_mm = protocol.slice_spacing_mm;
  grid.slice_thickness_mm = protocol.slice_thickness_mm;
  grid.field_of_view_mm = protocol.field_of_view_mm;
  grid.slices = std::max(grid.slices, 1);
  const double tilt = protocol.gantry_tilt_deg * degree;
  grid.column_direction = {0.0, std::cos(tilt), std::sin(tilt)};
  grid.slice_direction = {0.0, std::tan(protocol.shear_deg * degree), 1.0};
  const double centre_y_mm = protocol.prone ? -field_centre_y_mm : field_centre_y_mm;
  grid.isocentre_mm = {0.0, centre_y_mm, low};
  const Vec3 centre = grid.isocentre_mm + Vec3{protocol.field_shift_x_mm, protocol.field_shift_y_mm, 0.0};
  const double corner = -0.5 * protocol.field_of_view_mm + 0.5 * grid.pixel_mm;
  grid.origin_patient_mm = centre + Vec3{corner, 0.0, 0.0} + corner * grid.column_direction;
  return grid;
}

// The person is placed at the table's z.
HipParameters placed(HipParameters hip, double table_z_mm) {
  hip.right.head_centre_patient_mm.z += table_z_mm;
  hip.left.head_centre_patient_mm.z += table_z_mm;
  return hip;
}

Extent extent_of(const ScanGrid& grid) {
  const double margin = grid.slice_spacing_mm * 2.0 + grid.slice_thickness_mm + 3.0 + grid.half_rise_mm();
  return {grid.level_mm(0) - margin, grid.level_mm(grid.slices - 1) + margin};
}

}  // namespace

double drawn_water_offset_hu(const Protocol& protocol, std::uint64_t seed) {
  RandomStream random(seed, 900);
  return protocol.water_offset_hu.value_or(random.normal(0.0, 3.0));
}

SimulatedScan simulate(const HipParameters& hip,
                       const Protocol& protocol,
                       std::uint64_t seed,
                       int threads,
                       const Progress& progress) {
  const auto report = [&](std::string_view stage, double done) {
    if (progress) progress(stage, done);
  };
  report("anatomy", 0.0);
  const HipParameters person = placed(hip, protocol.table_z_mm);
  SimulatedScan scan;
  scan.grid = plan_grid(person, protocol);
  const Scene scene =
      build_scene(person, protocol, drawn_water_offset_hu(protocol, seed), extent_of(scan.grid), threads);
  report("truth", 0.0);
  scan.truth = find_truth(scene, protocol, threads);
  place_rods_in_image(scan.truth, scan.grid, protocol);
  Images images = acquire(scene, protocol, scan.grid, mix_bits(seed, 4, 2), threads, [&](double done) {
    report("images", done);
  });
  scan.hu = std::move(images.hu);
  scan.mask = std::move(images.mask);
  scan.density_mg_cm3 = std::move(images.density_mg_cm3);
  return scan;
}

ScanGrid plan_scan(const HipParameters& hip, const Protocol& protocol) {
  return plan_grid(placed(hip, protocol.table_z_mm), protocol);
}

FemurSurfaces simulate_surfaces(const HipParameters& hip, const Protocol& protocol, int threads) {
  const HipParameters person = placed(hip, protocol.table_z_mm);
  const ScanGrid grid = plan_grid(person, protocol);
  const double low = grid.level_mm(0);
  FemurSurfaces surfaces;
#pragma omp parallel for schedule(static, 1) num_threads(threads)
  for (int i = 0; i < 2; ++i) {
    const FemurParameters& f = i == 0 ? person.right : person.left;
    const FemurShape shape(f);
    const double lowest = shape.head_centre_mm().z - (f.head_centre_patient_mm.z - low) - 20.0;
    const FemurModel femur(f, i == 0 ? Side::right : Side::left, lowest, 1);
    (i == 0 ? surfaces.right : surfaces.left) = extract_surface(femur, low);
  }
  return surfaces;
}

std::vector<std::string> problems_in(const Protocol& p) {
  std::vector<std::string> problems;
  const auto require = [&](bool good, const char* rule) {
    if (!good) problems.emplace_back(rule);
  };
  const auto within = [](double value, double low, double high) { return value >= low && value <= high; };
  require(within(p.tube_kvp, 80.0, 140.0), "tube voltage must be 80 .. 140 kVp");
  require(!p.effective_energy_kev || within(*p.effective_energy_kev, 45.0, 110.0),
          "effective energy must be 45 .. 110 keV");
  require(within(p.energy_error_kev, -10.0, 10.0), "energy error must be -10 .. 10 keV");
  require(within(p.kappa_error, -0.3, 0.3), "kappa error must be -0.3 .. 0.3");
  require(within(p.psf_y_ratio, 0.5, 2.0), "PSF ratio must be 0.5 .. 2");
  require(within(p.psf_growth_per_100_mm, 0.0, 1.0), "PSF growth must be 0 .. 1 per 100 mm");
  require(within(p.beam_hardening, 0.0, 3.0), "beam hardening must be 0 .. 3");
  require(within(p.motion.shift_mm, -20.0, 20.0), "motion must be -20 .. 20 mm");
  require(within(p.field_of_view_mm, 200.0, 700.0), "field of view must be 200 .. 700 mm");
  require(within(p.field_shift_x_mm, -250.0, 250.0), "field shift must be -250 .. 250 mm");
  require(within(p.field_shift_y_mm, -250.0, 250.0), "field shift must be -250 .. 250 mm");
  require(within(p.drift.slope_percent_per_100_mm, -50.0, 50.0), "drift of the slope must be -50 .. 50 %");
  require(within(p.drift.offset_hu_per_100_mm, -100.0, 100.0), "drift of the offset must be -100 .. 100 HU");
  require(within(p.gantry_tilt_deg, -30.0, 30.0), "gantry tilt must be -30 .. 30 degrees");
  require(within(p.shear_deg, -45.0, 45.0), "shear must be -45 .. 45 degrees");
  require(p.matrix >= 64 && p.matrix <= 1024, "matrix must be 64 .. 1024");
  require(within(p.slice_spacing_mm, 0.4, 10.0), "slice spacing must be 0.4 .. 10 mm");
  require(within(p.slice_thickness_mm, 0.4, 10.0), "slice thickness must be 0.4 .. 10 mm");
  require(!p.slices || (*p.slices >= 1 && *p.slices <= 2000), "slices must be 1 .. 2000");
  require(!p.slices || *p.slices * p.slice_spacing_mm <= 600.0, "slices x spacing must not exceed 600 mm");
  require(!p.lowest_above_heads_mm || within(*p.lowest_above_heads_mm, -200.0, 150.0),
          "lowest slice must be -200 .. 150 mm above the heads");
  const double slices = p.slices.value_or(static_cast<int>(200.0 / std::max(p.slice_spacing_mm, 0.1)));
  require(slices * p.matrix * p.matrix <= 5e8, "at most 500 million voxels");
  require(within(p.fine_in_plane_mm, 0.2, 1.5), "in-plane sampling must be 0.2 .. 1.5 mm");
  require(within(p.fine_along_z_mm, 0.2, 1.5), "sampling along z must be 0.2 .. 1.5 mm");
  require(within(p.psf_fwhm_mm, 0.5, 4.0), "PSF FWHM must be 0.5 .. 4 mm");
  require(within(p.overshoot, 0.0, 0.2), "overshoot must be 0 .. 0.2");
  require(within(p.noise_sd_hu, 0.0, 200.0), "noise must be 0 .. 200 HU");
  require(!p.water_offset_hu || within(*p.water_offset_hu, -50.0, 50.0), "water offset must be -50 .. 50 HU");
  return problems;
}

}  // namespace focalhip::simulator
