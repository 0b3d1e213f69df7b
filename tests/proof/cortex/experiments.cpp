#include "tests/proof/cortex/experiments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "analysis/cortex/map_cortex.h"
#include "analysis/support/parallel_for.h"
#include "tests/proof/cortex/cortex_cases.h"

namespace focalhip::proof {

namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double noise = 25.0;

struct Setting {
  CylinderPhantom phantom;
  PhantomScan scan;
};

std::vector<CortexCase> all_cases(const std::vector<Setting>& settings, int lines, int threads) {
  std::vector<std::vector<CortexCase>> parts(settings.size());
  parallel_for(static_cast<int>(settings.size()), threads, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    parts[at] = cases_of(settings[at].phantom, settings[at].scan, lines);
  });
  std::vector<CortexCase> all;
  for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(all));
  return all;
}

// With the true density and blur as priors: what is left is the fit's own error.
MeasuredLayer layer_of(const CortexCase& one, double slice_mm) {
  return measure_to_depth(one.line,
                          one.voxels,
                          {.outside = 0.0, .cortex = 1150.0, .blur_sd_mm = 0.5},
                          {.measure = {.slice = {.thickness_mm = slice_mm, .sd_mm = 0.0}, .noise = noise}});
}

// Errors of the lines that could be read, and of how many.
struct ReadLines {
  std::vector<double> errors;
  int tried = 0;
  [[nodiscard]] double share() const {
    return tried > 0 ? static_cast<double>(errors.size()) / static_cast<double>(tried) : 0.0;
  }
};

ReadLines read_lines(const std::vector<CortexCase>& cases,
                     double slice_mm,
                     const std::function<bool(const CortexCase&)>& chosen) {
  ReadLines lines;
  for (const CortexCase& one : cases) {
    if (!chosen(one)) continue;
    ++lines.tried;
    const MeasuredLayer layer = layer_of(one, slice_mm);
    if (layer.state == LayerState::valid)
      lines.errors.push_back(layer.fit.model.thickness_mm - one.thickness_mm);
  }
  return lines;
}

// Met when the bias is small and no more lines are lost than the tier allows.
void bias_row(ProofTable& table, const std::string& name, const ReadLines& lines, double most) {
  constexpr double least_read = 0.98;
  const Moments m = moments(lines.errors);
  const double half = 1.96 * m.sd / std::sqrt(std::max(1, m.count));
  table.row(name + "; lines read, %",
            "<= " + text(most, 2) + "; >= 98",
            text(m.mean, 3) + " +- " + text(m.sd, 3) + " (n " + std::to_string(m.count) + "); " +
                text(100.0 * lines.share(), 1),
            text(m.mean - half, 3) + " .. " + text(m.mean + half, 3),
            std::abs(m.mean) <= most && lines.share() >= least_read);
}

void obliquity(ProofTable& table, std::uint64_t seed, int threads) {
  for (const double slice : {1.0, 2.0, 3.0}) {
    std::vector<Setting> settings;
    for (const double thickness : {1.0, 1.5, 2.2, 3.0}) {
      for (int repeat = 0; repeat < 2; ++repeat) {
        settings.push_back(
            {{.thickness_mm = thickness, .tilt_rad = 90.0 * degree, .seed = seed + settings.size()},
             {.slice_mm = slice}});
      }
    }
    const std::vector<CortexCase> cases = all_cases(settings, 220, threads);
    for (const double angle : {5.0, 15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 83.0}) {
      const double reach = angle > 80.0 ? 2.5 : 5.0;
      const auto chosen = [&](const CortexCase& one) {
        return std::abs(std::asin(std::min(1.0, one.slice_sine)) / degree - angle) <= reach;
      };
      bias_row(table,
               "CTh bias 1-3 mm, " + text(angle, 0) + " degrees out of " + text(slice, 0) + " mm slices, mm",
               read_lines(cases, slice, chosen),
               slice < 1.5 ? 0.05 : 0.15);
    }
  }
}

void neighbour(ProofTable& table, std::uint64_t seed, int threads) {
  for (const double gap : {1.0, 2.0, 3.0, 5.0}) {
    std::vector<Setting> settings;
    for (const double thickness : {0.4, 0.6, 1.0, 1.6, 2.5}) {
      settings.push_back(
          {{.thickness_mm = thickness, .neighbour_gap_mm = gap, .seed = seed + settings.size()}, {}});
    }
    const auto everything = [](const CortexCase&) { return true; };
    const ReadLines lines = read_lines(all_cases(settings, 60, threads), 1.0, everything);
    const std::string name = "CTh bias, another bone " + text(gap, 0) + " mm away, mm";
    if (gap >= 2.0) {
      bias_row(table, name, lines, 0.1);
      continue;
    }
    table.told(name,
               text(moments(lines.errors).mean, 3) + " +- " + text(moments(lines.errors).sd, 3) + " (n " +
                   std::to_string(lines.errors.size()) + " of " + std::to_string(lines.tried) + ")");
  }
}

void curvature(ProofTable& table, std::uint64_t seed, int threads) {
  for (const double radius : {6.0, 10.0, 15.0, 30.0}) {
    std::vector<Setting> settings;
    for (const double thickness : {0.6, 1.0, 1.6, 2.5}) {
      settings.push_back(
          {{.radius_mm = radius, .thickness_mm = thickness, .seed = seed + settings.size()}, {}});
    }
    const std::vector<CortexCase> cases = all_cases(settings, 60, threads);
    const auto everything = [](const CortexCase&) { return true; };
    bias_row(
        table, "CTh bias, radius " + text(radius, 0) + " mm, mm", read_lines(cases, 1.0, everything), 0.05);
  }
}

void linearity(ProofTable& table, std::uint64_t seed, int threads) {
  std::vector<Setting> settings;
  for (const double inside : {0.0, 100.0, 200.0, 300.0, 400.0}) {
    for (const double thickness : {0.8, 1.6, 3.0}) {
      settings.push_back({{.thickness_mm = thickness, .inside = inside, .seed = seed + settings.size()}, {}});
    }
  }
  double sx = 0.0;
  double sy = 0.0;
  double sxx = 0.0;
  double sxy = 0.0;
  double n = 0.0;
  const std::vector<CortexCase> cases = all_cases(settings, 40, threads);
  for (const CortexCase& one : cases) {
    const MeasuredLayer layer = layer_of(one, 1.0);
    if (layer.state != LayerState::valid) continue;
    n += 1.0;
    sx += one.inside;
    sy += layer.fit.model.inside;
    sxx += one.inside * one.inside;
    sxy += one.inside * layer.fit.model.inside;
  }
  const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  const double read = n / static_cast<double>(cases.size());
  table.row("slope of ECTD over 0-400 mg/cm3; lines read, %",
            "1.00 +- 0.03; >= 98",
            text(slope, 4) + "; " + text(100.0 * read, 1),
            "",
            std::abs(slope - 1.0) <= 0.03 && read >= 0.98);
}

void units(ProofTable& table, std::uint64_t seed, int threads) {
  double worst = 0.0;
  for (const CortexCase& one :
       all_cases({{{.thickness_mm = 1.2, .seed = seed}, {}}, {{.thickness_mm = 0.5, .seed = seed + 1}, {}}},
                 40,
                 threads)) {
    CortexProfile hu = one.line;
    for (double& value : hu.density) value = 1.35 * value - 7.0;
    const MeasuredLayer mg = measure_layer(one.line, {.outside = 10.0, .cortex = 1150.0}, {.noise = noise});
    const MeasuredLayer other =
        measure_layer(hu, {.outside = 6.5, .cortex = 1545.5}, {.noise = 1.35 * noise});
    worst = std::max(worst, std::abs(mg.fit.model.thickness_mm - other.fit.model.thickness_mm));
  }
  table.row("CTh in HU against mg/cm3, largest difference, mm",
            "<= 1e-6",
            text(1e6 * worst, 3) + "e-6",
            "",
            worst <= 1e-6);
}

}  // namespace

void run_experiments(ProofTable& table, std::uint64_t first_seed, int threads) {
  table.told("experiments of cbm 8.4: given to the fit", "true cortical density, true blur, true curvature");
  obliquity(table, first_seed, threads);
  neighbour(table, first_seed + 100, threads);
  curvature(table, first_seed + 200, threads);
  linearity(table, first_seed + 300, threads);
  units(table, first_seed + 400, threads);
}

}  // namespace focalhip::proof
