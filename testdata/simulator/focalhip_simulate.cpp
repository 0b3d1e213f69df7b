// focalhip-simulate: a hip CT series with ground truth. See testdata/README.md.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <filesystem>

#include "testdata/simulator/command_line.h"
#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/simulate.h"
#include "testdata/simulator/simulate_rods.h"
#include "testdata/simulator/write_series.h"
#include "testdata/simulator/write_truth.h"

namespace {

using namespace focalhip::simulator;

Progress progress_on_terminal(bool wanted) {
  if (!wanted) return {};
  return [](std::string_view stage, double done) {
    std::fprintf(stderr,
                 "\r%-10.*s %3d %%  ",
                 static_cast<int>(stage.size()),
                 stage.data(),
                 static_cast<int>(100.0 * done));
    std::fflush(stderr);
  };
}

// Identities of a series depend on everything that can change its pixels or header.
SeriesHeader series_header(const SimulateRequest& request, const StudyHeader& study, int number) {
  SeriesHeader series;
  series.number = number;
  series.kernel = request.kernel.convolution_kernel;
  series.description = "HIP QCT 1.0 " + series.kernel;
  series.position = request.position;
  series.rescale_intercept = request.rescale_intercept;
  series.transfer_syntax = request.transfer_syntax;
  series.object_kind = request.object_kind;
  series.traps = request.traps;
  std::string key = study.study_instance_uid + "/" FOCALHIP_VERSION "/series/" + std::to_string(number);
  for (const auto& [name, value] : request.identity) key += '/' + name + '=' + value;
  series.series_instance_uid = derived_uid(key);
  return series;
}

SimulatedScan scanned(const SimulateRequest& request,
                      const HipParameters& hip,
                      const Protocol& protocol,
                      std::uint64_t scan_seed,
                      const Progress& progress) {
  return request.rods_only ? simulate_rods(hip, protocol, scan_seed, request.threads, progress)
                           : simulate(hip, protocol, scan_seed, request.threads, progress);
}

struct Study {
  const SimulateRequest& request;
  const HipParameters& hip;
  const StudyHeader& header;
  std::uint64_t scan_seed;
  std::filesystem::path folder;
};

void write_second_reconstruction(const Study& study, bool thick) {
  Protocol protocol = study.request.protocol;
  if (thick) {
    protocol.slice_spacing_mm = 5.0;
    protocol.slice_thickness_mm = 5.0;
    protocol.noise_sd_hu *= 0.5;
    if (protocol.slices) {
      protocol.slices =
          std::max(1, static_cast<int>(*protocol.slices * study.request.protocol.slice_spacing_mm / 5.0));
    }
  } else {
    protocol.psf_fwhm_mm = 0.8;
    protocol.overshoot = 0.05;
    protocol.noise_sd_hu *= 1.9;
  }
  SeriesHeader series = series_header(study.request, study.header, thick ? 3 : 4);
  series.kernel = thick ? "FC13" : "FC30";
  series.description = thick ? "HIP 5.0 FC13" : "HIP 1.0 FC30";
  series.file_prefix = thick ? "THICK" : "SHARP";
  const SimulatedScan scan = scanned(study.request, study.hip, protocol, study.scan_seed, {});
  write_ct_series(study.folder, study.hip, protocol, study.header, series, scan.grid, scan.hu);
}

// The series itself, with its second pass if there is one.
void write_main_series(const Study& study, const SimulatedScan& scan) {
  const SimulateRequest& request = study.request;
  const SeriesHeader series = series_header(request, study.header, 2);
  std::vector<AcquiredVolume> volumes{{scan.grid, scan.hu}};
  SimulatedScan second;
  if (request.second_acquisition) {
    Protocol protocol = request.protocol;
    const SliceRange range = *request.second_acquisition;
    protocol.lowest_above_heads_mm = range.from_mm;
    protocol.slices = 1 + static_cast<int>((range.to_mm - range.from_mm) / protocol.slice_spacing_mm);
    protocol.water_offset_hu = scan.truth.water_offset_hu;
    second = scanned(request, study.hip, protocol, mix_bits(study.scan_seed, 2, 2), {});
    volumes.push_back({second.grid, second.hu});
  }
  write_ct_series(study.folder, study.hip, request.protocol, study.header, series, volumes);
}

void write_companions(const Study& study, const SimulatedScan& scan) {
  const SimulateRequest& request = study.request;
  const auto companion = [&](int number, const char* description, const char* prefix) {
    SeriesHeader series = series_header(request, study.header, number);
    series.description = description;
    series.file_prefix = prefix;
    return series;
  };
  if (request.localizer)
    write_localizer(study.folder,
                    study.hip,
                    request.protocol,
                    study.header,
                    companion(1, "LOCALIZER", "LOC"),
                    scan.grid,
                    scan.hu);
  if (request.second_thick) write_second_reconstruction(study, true);
  if (request.second_sharp) write_second_reconstruction(study, false);
  if (request.coronal)
    write_coronal_reformat(study.folder,
                           study.hip,
                           request.protocol,
                           study.header,
                           companion(5, "CORONAL MPR", "COR"),
                           scan.grid,
                           scan.hu);
  if (!request.dose_objects) return;
  write_dose_report(study.folder, study.hip, study.header, companion(997, "DOSE REPORT", "DOSESR"));
  write_dose_page(study.folder, study.hip, study.header, companion(998, "DOSE PAGE", "DOSESC"));
}

// Old files of another run would become part of this series.
void prepare_dicom_folder(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".dcm") std::filesystem::remove(entry.path());
  }
}

void run(const SimulateRequest& request) {
  const std::filesystem::path out(request.out_folder);
  const std::filesystem::path dicom = out / "dicom";
  prepare_dicom_folder(dicom);
  const Progress progress = progress_on_terminal(request.progress.value_or(isatty(STDERR_FILENO) != 0));
  HipParameters hip = draw_hip(*request.seed, request.sex);
  if (request.age_years) hip.age_years = *request.age_years;
  const std::uint64_t scan_seed = mix_bits(*request.seed, 17, request.study_seed);
  for (const auto& change : request.person_changes) change(hip);
  for (const auto& change : request.phantom_changes) change(hip.phantom);
  const SimulatedScan scan = scanned(request, hip, request.protocol, scan_seed, progress);

  const std::string digits = std::to_string(*request.seed);
  const std::string made_id = "SIM" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
  const StudyHeader study =
      study_header(hip, request.study_seed, request.patient_id.empty() ? made_id : request.patient_id);
  if (progress) progress("files", 0.0);
  const Study objects{request, hip, study, scan_seed, dicom};
  write_main_series(objects, scan);
  write_companions(objects, scan);
  write_truth_json(out / "truth.json", hip, request.protocol, scan);
  if (request.rods_only) return;
  write_nrrd(out / "mask.nrrd", scan.grid, scan.mask);
  write_nrrd(out / "density.nrrd", scan.grid, scan.density_mg_cm3);
  const FemurSurfaces surfaces = simulate_surfaces(hip, request.protocol, request.threads);
  write_vtk(out / "surface_right.vtk", surfaces.right);
  write_vtk(out / "surface_left.vtk", surfaces.left);
  if (progress) std::fprintf(stderr, "\r%-30s\r", "");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::span<const char* const> arguments(argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
    const ParsedRequest parsed = parse_command_line(arguments);
    for (const std::string& problem : parsed.problems)
      std::fprintf(stderr, "focalhip-simulate: %s\n", problem.c_str());
    if (!parsed.problems.empty()) return 2;
    if (parsed.request.help) {
      std::fputs(help_text().c_str(), stdout);
      return 0;
    }
    if (parsed.request.version) {
      std::puts("focalhip-simulate " FOCALHIP_VERSION);
      return 0;
    }
    run(parsed.request);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "focalhip-simulate: %s\n", error.what());
    return 1;
  }
}
