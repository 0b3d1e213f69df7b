#include "tests/proof/cortex/density_honesty.h"

#include <array>
#include <cmath>
#include <vector>

#include "analysis/cortex/bone_prior.h"
#include "analysis/cortex/map_cortex.h"
#include "analysis/support/parallel_for.h"
#include "tests/proof/cortex/cortex_cases.h"

namespace focalhip::proof {

namespace {

constexpr double plain_density = 1150.0;  // mg/cm3
constexpr double noise = 25.0;
constexpr int lines = 40;
constexpr double prior_dominated = 0.5;
constexpr std::array tilts_rad{0.0, 0.5235987755982988, 1.0471975511965976};
const MeasureLayerOptions options{.slice = {.thickness_mm = 1.0, .sd_mm = 0.0}, .noise = noise};

std::vector<CortexCase> cylinders(const std::vector<double>& thicknesses_mm,
                                  double density,
                                  std::uint64_t seed,
                                  int threads) {
  const int tilts = static_cast<int>(tilts_rad.size());
  std::vector<std::vector<CortexCase>> parts(thicknesses_mm.size() * tilts_rad.size());
  parallel_for(static_cast<int>(parts.size()), threads, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    parts[at] = cases_of({.thickness_mm = thicknesses_mm[static_cast<std::size_t>(i / tilts)],
                          .tilt_rad = tilts_rad[static_cast<std::size_t>(i % tilts)],
                          .cortex = density,
                          .seed = seed + static_cast<std::uint64_t>(i)},
                         {.noise = noise},
                         lines);
  });
  std::vector<CortexCase> all;
  for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(all));
  return all;
}

// What the analysis would know of a bone that has every thickness.
BonePrior prior_of_bone(double density, std::uint64_t seed, int threads) {
  const std::vector<CortexCase> bone =
      cylinders({0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.1, 2.6, 3.2, 4.0}, density, seed, threads);
  std::vector<CortexProfile> profiles;
  std::vector<LayerSamples> samples;
  for (const CortexCase& one : bone) {
    profiles.push_back(one.line);
    samples.push_back(one.voxels);
  }
  return estimate_bone(profiles, samples, options, {}, threads).prior;
}

struct Reading {
  double cth_mm = 0.0;
  double cbmd = 0.0;
  double cm = 0.0;
  double prior_share = 0.0;
};

// Means over lines of one thickness.
Reading read(double thickness_mm, double density, const BonePrior& prior, std::uint64_t seed, int threads) {
  Reading sum;
  double n = 0.0;
  for (const CortexCase& one : cylinders({thickness_mm}, density, seed, threads)) {
    const MeasuredLayer layer = measure_to_depth(one.line, one.voxels, prior, {.measure = options});
    if (layer.state != LayerState::valid) continue;
    n += 1.0;
    sum.cth_mm += layer.fit.model.thickness_mm;
    sum.cbmd += layer.fit.model.cortex;
    sum.cm += 0.1 * layer.fit.model.cortex * layer.fit.model.thickness_mm;
    sum.prior_share += layer.information_share.value_or(0.0) < prior_dominated ? 1.0 : 0.0;
  }
  if (!(n > 0.0)) return {};
  return {
      .cth_mm = sum.cth_mm / n, .cbmd = sum.cbmd / n, .cm = sum.cm / n, .prior_share = sum.prior_share / n};
}

std::string percent(double now, double before) { return text(100.0 * (now / before - 1.0), 1) + " %"; }

}  // namespace

void density_honesty(ProofTable& table, std::uint64_t first_seed, int threads) {
  constexpr std::array factors{1.12, 0.88};
  const BonePrior plain = prior_of_bone(plain_density, first_seed, threads);
  std::array<BonePrior, 2> changed;
  for (std::size_t f = 0; f < factors.size(); ++f)
    changed[f] = prior_of_bone(factors[f] * plain_density, first_seed + 100 * (f + 1), threads);
  table.told("yc_hat of the bone, plain, +12 %, -12 %, mg/cm3 (true 1150, 1288, 1012)",
             text(plain.cortex, 0) + ", " + text(changed[0].cortex, 0) + ", " + text(changed[1].cortex, 0));
  std::uint64_t seed = first_seed + 1000;
  for (const double thickness : {0.7, 1.0, 1.5, 2.0, 3.0}) {
    const Reading before = read(thickness, plain_density, plain, seed, threads);
    const std::string at = "CTh " + text(thickness, 1) + " mm, ";
    for (const bool local : {true, false}) {
      std::array<std::string, 2> shares;
      std::array<std::string, 2> others;
      for (std::size_t f = 0; f < factors.size(); ++f) {
        const double planted = factors[f] * plain_density;
        seed += 10;
        const Reading now = read(thickness, planted, local ? plain : changed[f], seed, threads);
        shares[f] = text(100.0 * (now.cbmd - before.cbmd) / (planted - plain_density), 0) + " %";
        others[f] = percent(now.cth_mm, before.cth_mm) + " / " + percent(now.cm, before.cm);
      }
      table.told(at + "density +12 %, -12 % " + (local ? "here" : "in the whole bone") +
                     ": recovered by CBMD; (changes of CTh / CM)",
                 shares[0] + ", " + shares[1] + " (" + others[0] + ", " + others[1] + ")");
    }
    seed += 10;
    const Reading thin = read(0.7 * thickness, plain_density, plain, seed, threads);
    table.told(at + "30 % thinner, density unchanged: false change of CBMD; prior dominates before, after",
               percent(thin.cbmd, before.cbmd) + "; " + text(100.0 * before.prior_share, 0) + " %, " +
                   text(100.0 * thin.prior_share, 0) + " %");
  }
}

}  // namespace focalhip::proof
