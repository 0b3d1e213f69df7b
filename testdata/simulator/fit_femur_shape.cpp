#include "testdata/simulator/fit_femur_shape.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "testdata/simulator/femur_shape.h"
#include "testdata/simulator/solve_normal_equations.h"

namespace focalhip::simulator {
namespace {

constexpr double measurement_sd_mm = 1.0;
constexpr double largest_residual_mm = 6.0;
constexpr std::size_t points_used = 1600;

// What the fit may change: the value in the family and how far it strays from its mean.
struct Unknown {
  std::function<double&(FemurParameters&)> value;
  double mean = 0.0;
  double sd = 1.0;  // of people, wide: a prior, not a bound
  double low = -1e9;
  double high = 1e9;
};

// Sizes are means for the head's radius.
std::vector<Unknown> unknowns(double size) {
  using F = FemurParameters;
  std::vector<Unknown> u{
      {[](F& f) -> double& { return f.neck_shaft_angle_rad; }, 131.0 * degree, 8.0 * degree, 1.8, 2.8},
      {[](F& f) -> double& { return f.neck_length_mm; }, 56.0 * size, 8.0 * size, 25.0, 100.0},
      {[](F& f) -> double& { return f.head_offset_mm.y; }, 0.8, 3.0, -12.0, 12.0},
      {[](F& f) -> double& { return f.head_offset_mm.z; }, 0.0, 3.0, -12.0, 12.0},
      {[](F& f) -> double& { return f.neck_radius_si_mm; }, 15.0 * size, 3.0, 7.0, 28.0},
      {[](F& f) -> double& { return f.neck_ap_si_ratio; }, 0.85, 0.15, 0.5, 1.3},
      {[](F& f) -> double& { return f.shaft_radius_mm; }, 14.6 * size, 3.0, 8.0, 26.0},
      {[](F& f) -> double& { return f.shaft_ap_ml_ratio; }, 0.97, 0.15, 0.6, 1.5},
      {[](F& f) -> double& { return f.trochanter_height_mm; }, 34.5 * size, 8.0, 10.0, 70.0},
      {[](F& f) -> double& { return f.trochanter_lateral_mm; }, 25.5 * size, 6.0, 12.0, 45.0},
      {[](F& f) -> double& { return f.trochanter_posterior_mm; }, 9.0 * size, 6.0, -5.0, 30.0},
      {[](F& f) -> double& { return f.lesser_level_mm; }, -26.5 * size, 8.0, -60.0, -5.0},
      {[](F& f) -> double& { return f.lesser_size; }, 1.0, 0.3, 0.4, 1.8},
      {[](F& f) -> double& { return f.blend_mm; }, 8.0, 3.0, 3.0, 18.0},
      {[](F& f) -> double& { return f.head_along_neck; }, 0.0, 0.03, -0.1, 0.1},
      {[](F& f) -> double& { return f.head_forward; }, 0.0, 0.02, -0.08, 0.08},
      {[](F& f) -> double& { return f.crest_mm; }, 1.0, 2.0, -3.0, 6.0},
      {[](F& f) -> double& { return f.linea_aspera_mm; }, 1.5, 1.0, 0.05, 5.0},
      {[](F& f) -> double& { return f.relief.neck_waist; }, 0.53, 0.15, 0.2, 0.9},
      {[](F& f) -> double& { return f.relief.neck_flare_base; }, 0.10, 0.15, -0.1, 0.7},
      {[](F& f) -> double& { return f.relief.neck_flare_head; }, 0.10, 0.15, -0.1, 0.7},
      {[](F& f) -> double& { return f.relief.neck_forward_mm; }, 0.0, 2.5, -8.0, 8.0},
      {[](F& f) -> double& { return f.relief.neck_up_mm; }, 0.0, 2.5, -8.0, 8.0},
      {[](F& f) -> double& { return f.relief.neck_roll_rad; }, 0.0, 0.4, -1.2, 1.2},
      {[](F& f) -> double& { return f.relief.shaft_flare; }, 0.04, 0.15, -0.3, 0.6},
      {[](F& f) -> double& { return f.relief.shaft_flare_ap; }, 0.0, 0.1, -0.4, 0.4},
      {[](F& f) -> double& { return f.relief.shaft_lateral_mm; }, 0.0, 3.0, -12.0, 12.0},
      {[](F& f) -> double& { return f.relief.shaft_forward_mm; }, 0.0, 3.0, -12.0, 12.0},
      {[](F& f) -> double& { return f.relief.shaft_roll_rad; }, 0.0, 0.4, -1.0, 1.0},
      {[](F& f) -> double& { return f.relief.shaft_top_mm; }, 10.0, 5.0, -5.0, 25.0},
      {[](F& f) -> double& { return f.relief.trochanter_base_radius_mm; }, 12.8, 2.5, 6.0, 20.0},
      {[](F& f) -> double& { return f.relief.trochanter_tip_radius_mm; }, 8.6, 2.0, 4.0, 14.0},
      {[](F& f) -> double& { return f.relief.trochanter_base_forward; }, -0.25, 0.6, -2.5, 2.5},
      {[](F& f) -> double& { return f.relief.trochanter_base_up_mm; }, 10.5, 4.0, -5.0, 25.0},
      {[](F& f) -> double& { return f.relief.trochanter_overhang_mm; }, 0.0, 4.0, -10.0, 15.0},
      {[](F& f) -> double& { return f.relief.trochanter_front_mm; }, 4.0, 5.0, 0.05, 20.0},
      {[](F& f) -> double& { return f.relief.trochanter_fossa_mm; }, 3.0, 4.0, 0.05, 20.0},
      {[](F& f) -> double& { return f.relief.crest_back_mm; }, 0.0, 3.0, -8.0, 8.0},
      {[](F& f) -> double& { return f.relief.crest_lateral_mm; }, 0.0, 4.0, -10.0, 10.0},
      {[](F& f) -> double& { return f.relief.lesser_turn_rad; }, 0.0, 0.35, -1.0, 1.0},
      {[](F& f) -> double& { return f.relief.lesser_out_mm; }, 0.0, 2.5, -7.0, 8.0},
      {[](F& f) -> double& { return f.relief.lesser_length_mm; }, 13.0, 5.0, 4.0, 28.0},
  };
  for (std::size_t i = 0; i < FemurRelief{}.hill_mm.size(); ++i)
    u.push_back({[i](F& f) -> double& { return f.relief.hill_mm[i]; }, 0.0, 1.5, -8.0, 8.0});
  return u;
}

Mat3 rotation(Vec3 r) {
  const double angle = length(r);
  if (angle < 1e-12) return {};
  const Vec3 k = (1.0 / angle) * r;
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const double v = 1.0 - c;
  return {{c + k.x * k.x * v, k.x * k.y * v - k.z * s, k.x * k.z * v + k.y * s},
          {k.y * k.x * v + k.z * s, c + k.y * k.y * v, k.y * k.z * v - k.x * s},
          {k.z * k.x * v - k.y * s, k.z * k.y * v + k.x * s, c + k.z * k.z * v}};
}

struct State {
  FemurParameters parameters;
  Vec3 turn;  // rotation vector
};

struct Problem {
  std::vector<Vec3> points;
  std::vector<Unknown> unknowns;

  [[nodiscard]] std::size_t size() const { return unknowns.size() + 3; }
  [[nodiscard]] std::vector<double> residuals(const State& state, bool exact = false) const {
    const FemurShape shape(state.parameters);
    const Mat3 turn = rotation(state.turn);
    std::vector<double> r;
    r.reserve(points.size() + size());
    for (const Vec3 p : points) {
      const Vec3 q = shape.head_centre_mm() + turn * p;
      const double d = exact ? shape.distance_mm(q) : shape.implicit(q);
      r.push_back(std::clamp(d, -largest_residual_mm, largest_residual_mm) / measurement_sd_mm);
    }
    // The priors weigh as much as a share of the points.
    const double weight = std::sqrt(0.004 * static_cast<double>(points.size()));
    FemurParameters copy = state.parameters;
    for (const Unknown& u : unknowns) r.push_back(weight * (u.value(copy) - u.mean) / u.sd);
    for (const double angle : {state.turn.x, state.turn.y, state.turn.z})
      r.push_back(weight * angle / (15.0 * degree));
    return r;
  }
  [[nodiscard]] State moved(State state, const std::vector<double>& step) const {
    for (std::size_t i = 0; i < unknowns.size(); ++i) {
      double& value = unknowns[i].value(state.parameters);
      value = std::clamp(value + unknowns[i].sd * step[i], unknowns[i].low, unknowns[i].high);
    }
    const std::size_t n = unknowns.size();
    state.turn = state.turn + Vec3{0.1 * step[n], 0.1 * step[n + 1], 0.1 * step[n + 2]};
    return state;
  }
};

double sum_of_squares(const std::vector<double>& r) {
  double sum = 0.0;
  for (const double v : r) sum += v * v;
  return sum;
}

// Steps are in units of the unknowns' spreads.
State minimised(const Problem& problem, State state) {
  constexpr double h = 1e-3;
  constexpr int most_steps = 40;
  double damping = 1e-2;
  std::vector<double> r = problem.residuals(state);
  double cost = sum_of_squares(r);
  for (int iteration = 0; iteration < most_steps; ++iteration) {
    std::vector<std::vector<double>> columns;
    for (std::size_t i = 0; i < problem.size(); ++i) {
      std::vector<double> step(problem.size());
      step[i] = h;
      std::vector<double> column = problem.residuals(problem.moved(state, step));
      for (std::size_t n = 0; n < r.size(); ++n) column[n] = (column[n] - r[n]) / h;
      columns.push_back(std::move(column));
    }
    const double before = cost;
    for (int attempt = 0; attempt < 8; ++attempt) {
      const State next = problem.moved(state, damped_step(columns, r, damping));
      std::vector<double> there = problem.residuals(next);
      const double next_cost = sum_of_squares(there);
      if (next_cost < cost) {
        state = next;
        r = std::move(there);
        cost = next_cost;
        damping = std::max(1e-6, 0.3 * damping);
        break;
      }
      damping *= 4.0;
    }
    if (before - cost < 1e-4 * before) break;
  }
  return state;
}

}  // namespace

Vec3 femur_from_placed(const FittedFemur& fit, Vec3 p) {
  return FemurShape(fit.parameters).head_centre_mm() + fit.femur_from_placed * p;
}

FittedFemur fit_femur_shape(const std::vector<Vec3>& points_mm, double head_radius_mm) {
  Problem problem;
  problem.unknowns = unknowns(head_radius_mm / 22.0);
  const double stride = std::max(1.0, static_cast<double>(points_mm.size()) / points_used);
  for (double n = 0.0; n < static_cast<double>(points_mm.size()); n += stride)
    problem.points.push_back(points_mm[static_cast<std::size_t>(n)]);
  State state;
  state.parameters.head_radius_mm = head_radius_mm;
  state.parameters.head_offset_mm = {0.0, 0.0, 0.0};
  for (const Unknown& u : problem.unknowns) u.value(state.parameters) = u.mean;
  state = minimised(problem, state);

  FittedFemur fit;
  fit.parameters = state.parameters;
  fit.femur_from_placed = rotation(state.turn);
  problem.points = points_mm;
  std::vector<double> r = problem.residuals(state, true);
  r.resize(points_mm.size());
  fit.rms_mm = measurement_sd_mm * std::sqrt(sum_of_squares(r) / static_cast<double>(r.size()));
  for (double& v : r) v = std::abs(v);
  std::sort(r.begin(), r.end());
  fit.p95_mm = measurement_sd_mm * r[r.size() * 95 / 100];
  return fit;
}

SidedFit fit_either_side(const std::vector<Vec3>& points_mm, double head_radius_mm) {
  std::vector<Vec3> mirrored = points_mm;
  for (Vec3& p : mirrored) p.y = -p.y;
  FittedFemur right = fit_femur_shape(points_mm, head_radius_mm);
  FittedFemur left = fit_femur_shape(mirrored, head_radius_mm);
  if (right.rms_mm <= left.rms_mm) return {std::move(right), Side::right, left.rms_mm};
  return {std::move(left), Side::left, right.rms_mm};
}

}  // namespace focalhip::simulator
