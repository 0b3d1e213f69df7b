// What the intake of one series costs a worker: scan and sort, read into a CtVolume, calibrate; beside what
// cannot be avoided on the same files in the same run: reading their bytes, and DCMTK loading and decoding
// them.
//   intake_bench [SLICES [REPEATS]]
// Budget of DESIGN.md for read, geometry, calibration and PSF together: 1 s wall on 2 cores.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <sys/resource.h>

#include "analysis/calibration/calibrate.h"
#include "listener/series/read_ct_volume.h"
#include "listener/spool/scanned_instance.h"
#include "listener/support/durable_file.h"
#include "listener/support/log.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

using namespace testing_support;
namespace fs = std::filesystem;
using Files = std::vector<fs::path>;

constexpr int threads = 2;
constexpr double budget_s = 1.0;

struct Cost {
  double wall_s = 0.0;
  double cpu_s = 0.0;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Cost cost_of(const std::function<void()>& work) {
  const double cpu_before = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
          cpu_seconds() - cpu_before};
}

void run(const std::vector<std::string>& command, const fs::path& log) {
  ChildProcess process(command, log);
  if (process.wait(std::chrono::seconds(600)) != 0) throw std::runtime_error(process.output());
}

Files files_in(const fs::path& folder) {
  Files files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

Files simulate(const fs::path& place, int slices) {
  run({FOCALHIP_SIMULATE_PROGRAM,
       "--out",
       (place / "hip").string(),
       "--seed",
       "5",
       "--slices",
       std::to_string(slices)},
      place / "simulate.log");
  return files_in(place / "hip" / "dicom");
}

Files compress(const fs::path& place, const Files& native) {
  fs::create_directories(place / "jpegls");
  for (const fs::path& file : native)
    run({"dcmcjpls", file.string(), (place / "jpegls" / file.filename()).string()}, place / "dcmcjpls.log");
  return files_in(place / "jpegls");
}

using Samples = std::map<std::string, std::vector<Cost>>;

void measure(const std::string& encoding, const Files& files, Samples& samples) {
  const auto keep = [&](const char* stage, const std::function<void()>& work) {
    samples[encoding + " " + stage].push_back(cost_of(work));
  };
  keep("0 bytes", [&] {
    for (const fs::path& file : files) static_cast<void>(read_small_file(file));
  });
  keep("0 DCMTK, one thread", [&] {
    for (const fs::path& file : files) {
      DcmFileFormat format;
      const Uint16* words = nullptr;
      if (format.loadFile(file.c_str()).bad() ||
          format.getDataset()->chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad() ||
          format.getDataset()->findAndGetUint16Array(DCM_PixelData, words).bad())
        throw std::runtime_error("DCMTK cannot read " + file.string());
    }
  });
  StudyVolumes volumes;
  keep("1 scan and sort", [&] {
    std::vector<ScannedInstance> instances;
    for (const fs::path& file : files)
      instances.push_back(std::get<ScannedInstance>(scan_instance(file, {.digest_pixels = false})));
    volumes = group_volumes(instances);
  });
  if (volumes.candidates.empty() || volumes.candidates.front().problem)
    throw std::runtime_error("no volume was found");
  std::optional<ReadSeries> series;
  keep("2 read", [&] { series = read_ct_volume(volumes.candidates.front(), threads); });
  keep("3 calibrate", [&] { static_cast<void>(calibrate(series->ct, {.threads = threads})); });
}

Cost median(std::vector<Cost> costs) {
  const auto middle = [&](auto field) {
    std::sort(costs.begin(), costs.end(), [&](const Cost& a, const Cost& b) { return field(a) < field(b); });
    return field(costs[costs.size() / 2]);
  };
  return {middle([](const Cost& cost) { return cost.wall_s; }),
          middle([](const Cost& cost) { return cost.cpu_s; })};
}

void print(const std::string& encoding, const Samples& samples) {
  const Cost bytes = median(samples.at(encoding + " 0 bytes"));
  const Cost dcmtk = median(samples.at(encoding + " 0 DCMTK, one thread"));
  Cost sum;
  for (const auto& [name, costs] : samples) {
    if (!name.starts_with(encoding)) continue;
    const Cost cost = median(costs);
    const std::string stage = name.substr(encoding.size() + 1);
    if (stage.front() != '0') {
      sum.wall_s += cost.wall_s;
      sum.cpu_s += cost.cpu_s;
    }
    std::printf(
        "%-8s %-22s wall %6.3f s  cpu %6.3f s\n", encoding.c_str(), stage.c_str(), cost.wall_s, cost.cpu_s);
  }
  std::printf("%-8s %-22s wall %6.3f s  cpu %6.3f s  = %.1f x bytes, %.2f x DCMTK (cpu)  budget %.1f s: %s\n",
              encoding.c_str(),
              "intake and calibration",
              sum.wall_s,
              sum.cpu_s,
              sum.cpu_s / bytes.cpu_s,
              sum.cpu_s / dcmtk.cpu_s,
              budget_s,
              sum.wall_s <= budget_s ? "met" : "MISSED");
}

int bench(int slices, int repeats) {
  const TemporaryFolder place;
  silence_dcmtk_log();
  DJLSDecoderRegistration::registerCodecs();
  const Files native = simulate(place.path(), slices);
  const bool jpegls = has_program("dcmcjpls");
  const Files compressed = jpegls ? compress(place.path(), native) : Files{};
  Samples samples;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    measure("native", native, samples);
    if (jpegls) measure("jpeg-ls", compressed, samples);
  }
  std::printf("%d slices of 512 x 512, %d interleaved repeats, medians\n", slices, repeats);
  print("native", samples);
  if (jpegls) print("jpeg-ls", samples);
  return 0;
}

}  // namespace
}  // namespace focalhip

int main(int argc, char** argv) {
  const int slices = argc > 1 ? std::max(1, std::atoi(argv[1])) : 300;
  const int repeats = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
  try {
    return focalhip::bench(slices, repeats);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
