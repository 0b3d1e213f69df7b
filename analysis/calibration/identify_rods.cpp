#include "analysis/calibration/identify_rods.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

constexpr double clearly_better = 0.5;  // of the runner-up's residual [science qct 2.3]
constexpr double explained_residual_hu = 15.0;
constexpr double explained_r_squared = 0.998;
// What no scanner reads [science qct 2.4, 2.5]: water off by more than this, a slope beyond that of the
// lowest and the highest energy with a tenth to spare. Equal steps fit every certificate of equal steps
// otherwise.
constexpr double largest_zero_hu = 30.0;
constexpr double smallest_sigma_ct = 0.9;
constexpr double largest_sigma_ct = 1.95;
constexpr std::size_t most_rods_permuted = 6;

using Order = std::vector<std::size_t>;  // rod of each place

struct Judgement {
  Order order;
  double residual_sd_hu = 0.0;  // of the fit, one bad rod of at least five left out
  bool rising = false;          // denser is brighter
  bool possible = false;        // for a scanner
  bool explained = false;       // within the limits of a usable calibration
};

std::vector<RodReading> readings_in(std::span<const std::optional<double>> hu_of_place,
                                    const Phantom& phantom,
                                    const Order& order) {
  std::vector<RodReading> readings;
  for (std::size_t place = 0; place < hu_of_place.size(); ++place) {
    if (hu_of_place[place]) readings.push_back({phantom.rods[order[place]], {*hu_of_place[place]}});
  }
  return readings;
}

bool is_explained(const RodFit& fit) {
  return fit.r_squared >= explained_r_squared && fit.residual_max_hu <= explained_residual_hu;
}

bool is_possible(const RodFit& fit, MineralBasis basis) {
  const DensityScale scale = density_scale(fit.slope_hu_per_mg_cm3, fit.intercept_hu, basis, {});
  return std::abs(scale.beta_ct_hu) <= largest_zero_hu && scale.sigma_ct_hu_per_mg_cm3 >= smallest_sigma_ct &&
         scale.sigma_ct_hu_per_mg_cm3 <= largest_sigma_ct;
}

Judgement judge(std::span<const std::optional<double>> hu_of_place,
                const Phantom& phantom,
                const Order& order,
                bool may_ignore_one) {
  const std::vector<RodReading> readings = readings_in(hu_of_place, phantom, order);
  RodFit best = fit_rods(readings);
  for (std::size_t i = 0; may_ignore_one && readings.size() >= 5 && i < readings.size(); ++i) {
    RodFit fit = fit_rods(without(readings, i));
    if (fit.residual_sd_hu < best.residual_sd_hu) best = std::move(fit);
  }
  return {.order = order,
          .residual_sd_hu = best.residual_sd_hu,
          .rising = best.slope_hu_per_mg_cm3 > 0.0,
          .possible = is_possible(best, phantom.basis),
          .explained = is_explained(best)};
}

std::vector<Order> certificate_orders(std::size_t places, std::size_t rods) {
  std::vector<Order> orders;
  for (std::size_t offset = 0; offset + places <= rods; ++offset) {
    Order order(places);
    std::iota(order.begin(), order.end(), offset);
    orders.push_back(order);
    std::reverse(order.begin(), order.end());
    orders.push_back(order);
  }
  return orders;
}

std::string named(const Phantom& phantom, const Order& order) {
  std::string text;
  for (const std::size_t rod : order) text += (text.empty() ? "" : " ") + phantom.rods[rod].name;
  return text;
}

// An order outside the certificate that explains all rods of the row, if there is one.
std::optional<Order> foreign_order(std::span<const std::optional<double>> hu_of_place,
                                   const Phantom& phantom) {
  if (hu_of_place.size() != phantom.rods.size() || phantom.rods.size() > most_rods_permuted) {
    return std::nullopt;
  }
  Order order(phantom.rods.size());
  std::iota(order.begin(), order.end(), 0);
  std::optional<Judgement> best;
  do {
    Judgement judgement = judge(hu_of_place, phantom, order, false);
    if (judgement.rising && judgement.explained &&
        (!best || judgement.residual_sd_hu < best->residual_sd_hu)) {
      best = std::move(judgement);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  if (!best) return std::nullopt;
  return best->order;
}

[[noreturn]] void refuse_two_orders(const Phantom& phantom, const Judgement& best, const Judgement& second) {
  throw Refusal(RefusalCode::phantom_ambiguous,
                "the rods read almost equally well as " + named(phantom, best.order) + " (" +
                    fixed(best.residual_sd_hu, 1) + " HU) and as " + named(phantom, second.order) + " (" +
                    fixed(second.residual_sd_hu, 1) + " HU) of " + phantom.name);
}

}  // namespace

RodIdentity identify_rods(std::span<const std::optional<double>> hu_of_place, const Phantom& phantom) {
  expects(hu_of_place.size() <= phantom.rods.size(), "not more places than rods");
  const auto read =
      std::count_if(hu_of_place.begin(), hu_of_place.end(), [](const auto& hu) { return hu.has_value(); });
  const std::size_t needed = std::min(least_rods_judged, phantom.rods.size());
  if (static_cast<std::size_t>(read) < needed) {
    throw Refusal(RefusalCode::calibration_failed,
                  std::to_string(read) + " of " + std::to_string(phantom.rods.size()) +
                      " rods inside the field of view, at least " + std::to_string(needed) + " needed");
  }
  std::vector<Judgement> judgements;
  for (const Order& order : certificate_orders(hu_of_place.size(), phantom.rods.size())) {
    judgements.push_back(judge(hu_of_place, phantom, order, true));
  }
  std::stable_sort(judgements.begin(), judgements.end(), [](const Judgement& left, const Judgement& right) {
    if (left.rising != right.rising) return left.rising;
    if (left.possible != right.possible) return left.possible;
    return left.residual_sd_hu < right.residual_sd_hu;
  });
  const Judgement& best = judgements.front();
  const Judgement& second = judgements[1];
  // An order that no scanner can read is no rival. Where not even the best order fits there is nothing to
  // mistake.
  if (best.explained && second.rising && second.possible == best.possible &&
      best.residual_sd_hu > clearly_better * second.residual_sd_hu) {
    refuse_two_orders(phantom, best, second);
  }
  if (!best.explained) {
    if (const auto foreign = foreign_order(hu_of_place, phantom)) {
      throw Refusal(RefusalCode::phantom_ambiguous,
                    "the rods stand in the order " + named(phantom, *foreign) +
                        " from the patient's right, which is not the order of " + phantom.name);
    }
  }
  return {.rod_of_place = best.order,
          .residual_sd_hu = best.residual_sd_hu,
          .is_possible = best.rising && best.possible,
          .is_explained = best.rising && best.possible && best.explained};
}

}  // namespace focalhip
