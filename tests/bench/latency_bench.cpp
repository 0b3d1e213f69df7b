// How long from the last C-STORE response to the SR at the sender, by stage, through the real programs:
//   latency_bench                                  300 slices, 5 repeats
//   FOCALHIP_BENCH_SLICES=180 FOCALHIP_BENCH_REPEATS=3 latency_bench
// Quiet time is counted apart: it is configured, not worked. Budget (DESIGN.md): p50 <= 16 s, p95 <= 22 s, <=
// 700 MiB.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <sys/stat.h>

#include "listener/support/utc_clock.h"
#include "tests/integration/node_fixture.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

long number_from_environment(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

// Milliseconds of the day of the first line with this event; -1: none. A run over midnight is not measured.
std::int64_t event_ms(const std::string& log, const std::string& event) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int milli = 0;
    if (line.find("] " + event + " ") == std::string::npos) continue;
    if (std::sscanf(line.c_str(), "%*d-%*d-%*dT%d:%d:%d.%dZ", &hour, &minute, &second, &milli) != 4) continue;
    return ((hour * 60LL + minute) * 60 + second) * 1000 + milli;
  }
  return -1;
}

std::string field_of(const std::string& log, const std::string& event, const std::string& key) {
  const std::size_t line = log.find("] " + event + " ");
  if (line == std::string::npos) return {};
  const std::size_t at = log.find(" " + key + "=", line);
  if (at == std::string::npos || at > log.find('\n', line)) return {};
  const std::size_t value = at + key.size() + 2;
  return log.substr(value, log.find_first_of(" \n", value) - value);
}

struct Latency {
  std::map<std::string, double> stage_s;
  double total_s = 0.0;  // without quiet
  double peak_mib = 0.0;
};

Latency latency_of(const std::string& log, double quiet_s) {
  const std::int64_t ended = event_ms(log, "ASSOCIATION_ENDED");
  const std::int64_t added = event_ms(log, "JOB_ADDED");
  const std::int64_t started = event_ms(log, "JOB_STARTED");
  const std::int64_t done = event_ms(log, "JOB_DONE");
  const std::int64_t delivered = event_ms(log, "DELIVERED");
  const auto seconds = [](std::int64_t from, std::int64_t to) {
    return static_cast<double>(to - from) / 1000.0;
  };
  Latency run;
  run.stage_s["1 decide (less quiet)"] = seconds(ended, added) - quiet_s;
  run.stage_s["2 claim"] = seconds(added, started);
  std::istringstream stages(field_of(log, "JOB_DONE", "stages"));
  for (std::string stage; std::getline(stages, stage, ',');) {
    const std::size_t colon = stage.find(':');
    run.stage_s["3 " + stage.substr(0, colon)] = std::stod(stage.substr(colon + 1)) / 1000.0;
  }
  run.stage_s["4 outbox and store"] = std::stod(field_of(log, "JOB_DONE", "store_ms")) / 1000.0;
  run.stage_s["5 send"] = seconds(done, delivered);
  run.total_s = seconds(ended, delivered) - quiet_s;
  run.peak_mib = std::stod(field_of(log, "JOB_DONE", "peak_kib")) / 1024.0;
  return run;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// One node for each repeat, with an empty data folder: the series is new to it.
class SlowLatency : public NodeTest {
 public:
  static const fs::path& series() {
    static const testing_support::TemporaryFolder place;
    static const fs::path dicom = [] {
      ChildProcess simulate({FOCALHIP_SIMULATE_PROGRAM,
                             "--out",
                             (place.path() / "hip").string(),
                             "--seed",
                             "5",
                             "--slices",
                             std::to_string(number_from_environment("FOCALHIP_BENCH_SLICES", 300))},
                            place.path() / "simulate.log");
      EXPECT_EQ(simulate.wait(600s), 0) << simulate.output();
      return place.path() / "hip" / "dicom";
    }();
    return dicom;
  }
  static std::vector<Latency>& runs() {
    static std::vector<Latency> all;
    return all;
  }
};

class EachRepeat : public SlowLatency, public testing::WithParamInterface<long> {};

TEST_P(EachRepeat, FromTheLastResponseToTheReport) {
  const fs::path& dicom = series();
  start_sink();
  start_node();
  ASSERT_EQ(send(dicom), 0);
  static_cast<void>(wait_for_reports(1, 300s));
  ASSERT_TRUE(wait_until([&] { return event_ms(logs(), "DELIVERED") >= 0; }, 10s));
  constexpr double complete_quiet_s = 1.0;  // of NodeTest's configuration
  runs().push_back(latency_of(logs(), complete_quiet_s));
}

INSTANTIATE_TEST_SUITE_P(Repeats,
                         EachRepeat,
                         testing::Range(0L, number_from_environment("FOCALHIP_BENCH_REPEATS", 5)));

class PrintLatency : public testing::Environment {
 public:
  void TearDown() override {
    const std::vector<Latency>& runs = SlowLatency::runs();
    if (runs.empty()) return;
    std::map<std::string, std::vector<double>> stages;
    std::vector<double> totals;
    double peak_mib = 0.0;
    for (const Latency& run : runs) {
      for (const auto& [stage, seconds] : run.stage_s) stages[stage].push_back(seconds);
      totals.push_back(run.total_s);
      peak_mib = std::max(peak_mib, run.peak_mib);
    }
    std::printf("\n%zu repeats, medians in seconds\n", runs.size());
    for (const auto& [stage, seconds] : stages)
      std::printf("  %-24s %6.2f\n", stage.c_str(), median(seconds));
    std::printf("  %-24s %6.2f  worst %.2f\n",
                "sum",
                median(totals),
                *std::max_element(totals.begin(), totals.end()));
    std::printf("  peak memory of the worker %.0f MiB\n", peak_mib);
  }
};

[[maybe_unused]] const testing::Environment* const printing =
    testing::AddGlobalTestEnvironment(std::make_unique<PrintLatency>().release());

}  // namespace
}  // namespace focalhip
