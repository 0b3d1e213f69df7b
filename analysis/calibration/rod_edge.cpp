#include "analysis/calibration/rod_edge.h"

#include <cmath>
#include <numbers>

#include <Eigen/Dense>

namespace focalhip {

namespace {

constexpr double inner_share = 0.4;
constexpr double outer_reach_mm = 2.5;  // the holder is thin
constexpr double least_contrast_hu = 25.0;
constexpr double smallest_sigma_mm = 0.15;
constexpr double largest_sigma_mm = 2.0;
constexpr int most_iterations = 50;

struct Sample {
  double radius_mm;
  double hu;
  double weight;
};

std::vector<Sample> samples_between(const RadialProfile& profile, double low_mm, double high_mm) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < profile.count.size(); ++i) {
    if (profile.count[i] <= 0.0) continue;
    const double radius = profile.sum_radius_mm[i] / profile.count[i];
    if (radius < low_mm || radius > high_mm) continue;
    samples.push_back({radius, profile.sum_hu[i] / profile.count[i], profile.count[i]});
  }
  return samples;
}

// Unknowns: radius, sigma, inside, outside.
double model_hu(const Eigen::Vector4d& p, double radius_mm) {
  return p[3] + (p[2] - p[3]) * 0.5 * std::erfc((radius_mm - p[0]) / (std::numbers::sqrt2 * p[1]));
}

Eigen::Vector4d model_slope(const Eigen::Vector4d& p, double radius_mm) {
  const double t = (radius_mm - p[0]) / p[1];
  const double bell = std::exp(-0.5 * t * t) / (std::sqrt(2.0 * std::numbers::pi) * p[1]);
  const double share = 0.5 * std::erfc(t / std::numbers::sqrt2);
  const double contrast = p[2] - p[3];
  return {contrast * bell, contrast * bell * t, share, 1.0 - share};
}

double misfit(const std::vector<Sample>& samples, const Eigen::Vector4d& p) {
  double sum = 0.0;
  for (const Sample& sample : samples) {
    const double difference = sample.hu - model_hu(p, sample.radius_mm);
    sum += sample.weight * difference * difference;
  }
  return sum;
}

// Levenberg-Marquardt; returns whether it settled.
bool minimise(const std::vector<Sample>& samples, Eigen::Vector4d& p) {
  double damping = 1e-3;
  double best = misfit(samples, p);
  for (int iteration = 0; iteration < most_iterations; ++iteration) {
    Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
    Eigen::Vector4d right = Eigen::Vector4d::Zero();
    for (const Sample& sample : samples) {
      const Eigen::Vector4d slope = model_slope(p, sample.radius_mm);
      normal += sample.weight * slope * slope.transpose();
      right += sample.weight * slope * (sample.hu - model_hu(p, sample.radius_mm));
    }
    normal.diagonal() *= 1.0 + damping;
    const Eigen::Vector4d step = normal.ldlt().solve(right);
    if (!step.allFinite()) return false;
    const Eigen::Vector4d tried = p + step;
    if (tried[1] < smallest_sigma_mm / 2.0 || misfit(samples, tried) > best) {
      damping *= 8.0;
      if (damping > 1e9) return false;
      continue;
    }
    p = tried;
    best = misfit(samples, p);
    damping = std::max(damping / 8.0, 1e-9);
    if (std::abs(step[0]) < 1e-5 && std::abs(step[1]) < 1e-5) return true;
  }
  return false;
}

double mean_hu(const std::vector<Sample>& samples) {
  double sum = 0.0;
  double weight = 0.0;
  for (const Sample& sample : samples) {
    sum += sample.weight * sample.hu;
    weight += sample.weight;
  }
  return weight > 0.0 ? sum / weight : 0.0;
}

}  // namespace

void RadialProfile::add(double radius_mm, double hu) {
  const std::size_t ring = static_cast<std::size_t>(radius_mm / ring_mm);
  if (ring >= count.size()) {
    sum_hu.resize(ring + 1, 0.0);
    sum_radius_mm.resize(ring + 1, 0.0);
    count.resize(ring + 1, 0.0);
  }
  sum_hu[ring] += hu;
  sum_radius_mm[ring] += radius_mm;
  count[ring] += 1.0;
}

std::optional<RodEdge> fit_rod_edge(const RadialProfile& profile, double radius_guess_mm) {
  const double outer = radius_guess_mm + outer_reach_mm;
  const std::vector<Sample> samples = samples_between(profile, inner_share * radius_guess_mm, outer);
  if (samples.size() < 8) return std::nullopt;
  const double inside = mean_hu(samples_between(profile, 0.0, 0.7 * radius_guess_mm));
  const double outside = mean_hu(samples_between(profile, radius_guess_mm + 1.5, outer));
  if (std::abs(inside - outside) < least_contrast_hu) return std::nullopt;
  Eigen::Vector4d p(radius_guess_mm, 0.6, inside, outside);
  if (!minimise(samples, p)) return std::nullopt;
  const bool sensible = p[1] >= smallest_sigma_mm && p[1] <= largest_sigma_mm &&
                        std::abs(p[0] - radius_guess_mm) <= 1.5 && std::abs(p[2] - p[3]) >= least_contrast_hu;
  if (!sensible) return std::nullopt;
  return RodEdge{.radius_mm = p[0], .sigma_mm = p[1], .inside_hu = p[2], .outside_hu = p[3]};
}

}  // namespace focalhip
