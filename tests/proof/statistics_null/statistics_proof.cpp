// statistics_proof [--maps N] [--threads N] [--seed N]: how often the corrected P values call a map without
// any effect significant. Prints a table with exact intervals beside the figures of science spm 9; status 1
// when the corrected P of peaks does not hold its level, 2 on wrong usage.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "analysis/statistics/infer_map.h"
#include "analysis/statistics/linear_model.h"
#include "tests/proof/proof_table.h"
#include "tests/proof/statistics_null/null_fields.h"
#include "tests/support/exact_intervals.h"

namespace focalhip::proof {
namespace {

constexpr double level = 0.05;
constexpr std::array<double, 3> forming_p = {0.001, 0.01, 0.05};
constexpr int controls = 34;

struct Size {
  int maps = 2000;
  int threads = 2;
  std::uint64_t seed = 4711;
};

struct Design {
  std::string name;
  int cases = 26;  // 1: one new case against the controls' fit
  // Rates of [spm 9], 1,670 maps: P-vertex, P-cluster at the forming P above; empty: none there.
  std::vector<double> science;
};

// Whether something in the map has a corrected P below the level.
struct Verdict {
  bool vertex = false;
  std::array<bool, 3> cluster{};
  double resels = 0.0;
};

Eigen::MatrixXd group_design(int cases) {
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(controls + cases, cases > 0 ? 2 : 1);
  x.col(0).setOnes();
  if (cases > 0) x.bottomRows(cases).col(1).setOnes();
  return x;
}

Verdict judge(const NullFields& fields, const Design& design, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const SearchRegion& region = fields.region();
  const int subjects = controls + design.cases;
  const auto points = static_cast<std::size_t>(region.points);
  FieldData data{.subjects = subjects, .points = region.points, .values = {}};
  data.values.resize(static_cast<std::size_t>(subjects) * points);
  for (std::size_t i = 0; i < static_cast<std::size_t>(subjects); ++i) {
    fields.draw(random, std::span(data.values).subspan(i * points, points));
  }
  const bool is_single = design.cases == 1;
  const LinearModel model(group_design(is_single ? 0 : design.cases));
  std::vector<int> rows(static_cast<std::size_t>(model.subjects()));
  std::iota(rows.begin(), rows.end(), 0);
  const FieldFit fit = fit_field(model, data, rows, region);
  ContrastMap map;
  if (is_single) {
    map = test_new_case(model, fit, Eigen::VectorXd::Ones(1), std::span(data.values).last(points));
  } else {
    map = test_contrast(model, fit, Eigen::Vector2d(0.0, -1.0));
  }
  const RegionRoughness roughness = measure_roughness(region, fit.edge_roughness, fields.mask());
  Verdict verdict{.resels = roughness.resels[static_cast<std::size_t>(region.dimensions)]};
  for (std::size_t k = 0; k < forming_p.size(); ++k) {
    const MapInference inference = infer_map(region,
                                             roughness,
                                             map.t,
                                             model.df(),
                                             fields.mask(),
                                             {.cluster_forming = ClusterFormingP{forming_p[k]}});
    if (k == 0) verdict.vertex = std::ranges::any_of(inference.p_vertex, [](double p) { return p < level; });
    verdict.cluster[k] =
        std::ranges::any_of(inference.clusters, [](const Cluster& c) { return c.p < level; });
  }
  return verdict;
}

class Progress {
 public:
  Progress(std::string name, int of) : name_(std::move(name)), of_(of) {}
  void one_more() {
    const std::scoped_lock lock(mutex_);
    ++done_;
    if (done_ % std::max(1, of_ / 100) != 0 && done_ != of_) return;
    const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    std::fprintf(
        stderr, "\r%s: %d of %d, %.0f s left   ", name_.c_str(), done_, of_, spent / done_ * (of_ - done_));
    if (done_ == of_) std::fputc('\n', stderr);
  }

 private:
  std::mutex mutex_;
  std::string name_;
  int of_;
  int done_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Map i depends on the seed and i alone, not on the number of threads.
std::vector<Verdict> judge_all(const NullFields& fields, const Design& design, const Size& size) {
  std::vector<Verdict> verdicts(static_cast<std::size_t>(size.maps));
  std::atomic<std::size_t> next = 0;
  Progress progress(design.name, size.maps);
  std::vector<std::jthread> threads;
  for (int t = 0; t < size.threads; ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < verdicts.size(); i = next++) {
        std::seed_seq mixed{
            size.seed, static_cast<std::uint64_t>(design.cases), static_cast<std::uint64_t>(i)};
        std::array<std::uint32_t, 2> words{};
        mixed.generate(words.begin(), words.end());
        verdicts[i] = judge(fields, design, (std::uint64_t{words[0]} << 32U) | words[1]);
        progress.one_more();
      }
    });
  }
  threads.clear();
  return verdicts;
}

std::string percent_of(double rate) { return text(100.0 * rate, 1) + " %"; }

// Their 1,670 maps and ours: do the two exact intervals meet?
std::string beside_science(double science, const test::Interval& ours) {
  constexpr int science_maps = 1670;
  const auto theirs =
      test::rate_interval(static_cast<int>(std::lround(science * science_maps)), science_maps);
  const bool meet = theirs.low <= ours.high && ours.low <= theirs.high;
  return "; spm 9: " + percent_of(science) + (meet ? ", intervals meet" : ", intervals apart");
}

void print_rates(const Design& design, const std::vector<Verdict>& verdicts, ProofTable& table) {
  const int of = static_cast<int>(verdicts.size());
  double resels = 0.0;
  for (const Verdict& v : verdicts) resels += v.resels / of;
  const auto row = [&](const std::string& name,
                       std::size_t place,
                       const std::function<bool(const Verdict&)>& is) {
    const int found = static_cast<int>(std::ranges::count_if(verdicts, is));
    const double rate = static_cast<double>(found) / of;
    const test::Interval interval = test::rate_interval(found, of);
    const std::string beside =
        place < design.science.size() ? beside_science(design.science[place], interval) : "";
    const std::string range = text(100.0 * interval.low, 1) + " .. " + text(100.0 * interval.high, 1);
    const std::string measured =
        percent_of(rate) + " (" + std::to_string(found) + " of " + std::to_string(of) + ")";
    if (place == 0) {
      table.row(
          design.name + ": " + name, "<= 5 % (interval)", measured + beside, range, interval.low <= level);
    } else {
      table.told(design.name + ": " + name, measured + ", " + range + beside);
    }
  };
  table.told(design.name + ": mean resels", text(resels, 1));
  row("P-vertex", 0, [](const Verdict& v) { return v.vertex; });
  for (std::size_t k = 0; k < forming_p.size(); ++k) {
    row("P-cluster, forming P " + text(forming_p[k], 3), k + 1, [k](const Verdict& v) {
      return v.cluster[k];
    });
  }
}

// A whole number within the bounds.
long number_of(const std::string& name, const std::string& word, long low, long high) {
  long value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < low || value > high) {
    throw std::invalid_argument(name + " " + word + " is no whole number from " + std::to_string(low) +
                                " to " + std::to_string(high));
  }
  return value;
}

Size size_from(const std::vector<std::string>& words) {
  Size size;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string& name = words[i];
    if (name != "--maps" && name != "--threads" && name != "--seed") {
      throw std::invalid_argument("unknown option " + name);
    }
    if (i + 1 == words.size()) throw std::invalid_argument(name + " without value");
    const std::string& word = words[i + 1];
    if (name == "--maps") size.maps = static_cast<int>(number_of(name, word, 1, 1'000'000));
    if (name == "--threads") size.threads = static_cast<int>(number_of(name, word, 1, 64));
    if (name == "--seed") {
      size.seed = static_cast<std::uint64_t>(number_of(name, word, 0, 1'000'000'000'000));
    }
  }
  return size;
}

int run(const Size& size) {
  ProofTable table(std::cout);
  const SphereFields sphere(SphereFields::Caps::kept);
  const SphereFields belt(SphereFields::Caps::cut);
  const LatticeFields lattice;
  const auto prove = [&](const NullFields& fields, const Design& design) {
    print_rates(design, judge_all(fields, design, size), table);
  };
  prove(sphere, {.name = "surface, 26 v 34", .cases = 26, .science = {0.042, 0.067, 0.056, 0.072}});
  prove(sphere, {.name = "surface, one case v 34", .cases = 1, .science = {0.051, 0.085, 0.070, 0.050}});
  prove(belt, {.name = "surface with boundary, 26 v 34", .cases = 26, .science = {}});
  prove(belt, {.name = "surface with boundary, one case v 34", .cases = 1, .science = {}});
  prove(lattice, {.name = "lattice, 26 v 34", .cases = 26, .science = {}});
  prove(lattice, {.name = "lattice, one case v 34", .cases = 1, .science = {}});
  return table.all_met() ? 0 : 1;
}

}  // namespace
}  // namespace focalhip::proof

int main(int argc, char** argv) {
  try {
    return focalhip::proof::run(focalhip::proof::size_from({argv + std::min(argc, 1), argv + argc}));
  } catch (const std::invalid_argument& error) {
    std::cerr << "statistics_proof: " << error.what()
              << "\nusage: statistics_proof [--maps N] [--threads N] [--seed N]\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "statistics_proof: " << error.what() << '\n';
    return 1;
  }
}
