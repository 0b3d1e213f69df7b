#include "tests/proof/femur/femur_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "tests/support/agreement.h"

namespace focalhip::proof {

namespace {

std::string from_to(const test::Interval& interval, int decimals) {
  return text(interval.low, decimals) + " .. " + text(interval.high, decimals);
}

// Both femora of a person share noise, rods and body: intervals are as wide as if they were one.
constexpr std::size_t femora_of_a_person = 2;
int persons_in(std::size_t femora) { return std::max(1, static_cast<int>(femora / femora_of_a_person)); }
int persons_in(int femora) { return persons_in(static_cast<std::size_t>(femora)); }

std::string student(const std::vector<double>& found, int decimals) {
  const int persons = persons_in(found.size());
  return persons < 2 ? "too few values" : from_to(test::mean_interval(found, persons), decimals);
}

double worst_of(const std::vector<double>& found) {
  return *std::ranges::max_element(found, {}, [](double value) { return std::abs(value); });
}

std::string count(const std::vector<double>& found) { return " (n " + std::to_string(found.size()) + ')'; }

}  // namespace

std::vector<double> values(const std::vector<CaseValues>& cases, const std::string& quantity) {
  std::vector<double> found;
  for (const CaseValues& one : cases) {
    if (one.value.contains(quantity)) found.push_back(one.value.at(quantity));
  }
  return found;
}

std::vector<double> magnitudes(const std::vector<CaseValues>& cases, const std::string& quantity) {
  std::vector<double> found = values(cases, quantity);
  for (double& value : found) value = std::abs(value);
  return found;
}

int flagged(const std::vector<CaseValues>& cases, const std::string& quantity) {
  return static_cast<int>(std::ranges::count_if(cases, [&](const CaseValues& one) {
    return one.value.contains(quantity) && one.value.at(quantity) != 0.0;
  }));
}

std::vector<double> sums(const std::vector<CaseValues>& cases, const std::vector<std::string>& quantities) {
  std::vector<double> found;
  for (const CaseValues& one : cases) {
    if (!std::ranges::all_of(quantities, [&](const std::string& name) { return one.value.contains(name); })) {
      continue;
    }
    double sum = 0.0;
    for (const std::string& name : quantities) sum += one.value.at(name);
    found.push_back(sum);
  }
  return found;
}

const CaseValues* same_side(const std::vector<CaseValues>& cases, const CaseValues& one) {
  const auto found = std::ranges::find_if(cases, [&](const CaseValues& other) {
    return other.of.seed == one.of.seed && other.of.bone == one.of.bone && other.side == one.side;
  });
  return found == cases.end() ? nullptr : &*found;
}

std::vector<std::vector<double>> joined(const std::vector<CaseValues>& first,
                                        const std::vector<CaseValues>& others,
                                        const std::string& quantity) {
  std::map<std::tuple<int, std::uint64_t, char>, std::vector<double>> by_femur;
  for (const CaseValues& other : others) {
    const CaseValues* start = same_side(first, other);
    if (start == nullptr || !start->value.contains(quantity) || !other.value.contains(quantity)) continue;
    std::vector<double>& series = by_femur[{other.of.bone, other.of.seed, other.side}];
    if (series.empty()) series.push_back(start->value.at(quantity));
    series.push_back(other.value.at(quantity));
  }
  std::size_t most = 0;
  for (const auto& [femur, series] : by_femur) most = std::max(most, series.size());
  std::vector<std::vector<double>> repeats;
  for (const auto& [femur, series] : by_femur) {
    if (series.size() == most) repeats.push_back(series);
  }
  return repeats;
}

void FemurRows::quantile(const std::string& name, const std::vector<double>& found, double most) {
  if (found.empty()) return open(name, "<= " + text(most, 1));
  table_.quantile(name, found, 0.95, most, 2);
}

void FemurRows::mean_at_most(const std::string& name, const std::vector<double>& found, double most) {
  const std::string target = "<= " + text(most, 2);
  if (found.empty()) return open(name, target);
  table_.row(name,
             target,
             text(test::mean(found), 3) + ", worst " + text(worst_of(found), 2) + count(found),
             student(found, 3),
             test::mean(found) <= most);
}

void FemurRows::mean_at_least(const std::string& name,
                              const std::vector<double>& found,
                              double least,
                              int decimals) {
  const std::string target = ">= " + text(least, 3);
  if (found.empty()) return open(name, target);
  table_.row(name,
             target,
             text(test::mean(found), decimals) + count(found),
             student(found, decimals),
             test::mean(found) >= least);
}

void FemurRows::bias(const std::string& name, const std::vector<double>& found, double most) {
  const std::string target = "+-" + text(most, 1);
  if (found.empty()) return open(name, target);
  table_.row(name,
             target,
             text(test::mean(found), 2) + ", SD " + text(test::standard_deviation(found), 2) + ", worst " +
                 text(worst_of(found), 1) + count(found),
             student(found, 2),
             std::abs(test::mean(found)) <= most);
}

void FemurRows::least(const std::string& name, const std::vector<double>& found, double bound, int decimals) {
  if (found.empty()) return open(name, ">= " + text(bound, 3));
  const double value = *std::ranges::min_element(found);
  table_.row(name, ">= " + text(bound, 3), text(value, decimals) + count(found), "", value >= bound);
}

void FemurRows::largest(const std::string& name,
                        const std::vector<double>& found,
                        double bound,
                        int decimals) {
  if (found.empty()) return open(name, "<= " + text(bound, 1));
  const double value = *std::ranges::max_element(found);
  table_.row(name, "<= " + text(bound, 1), text(value, decimals) + count(found), "", value <= bound);
}

void FemurRows::rate(const std::string& name, int good, int of, double least) {
  if (of == 0) return open(name, ">= " + text(100.0 * least, 0) + " %");
  table_.rate(name, good, of, least);
}

void FemurRows::none(const std::string& name, int bad, int of) {
  if (of == 0) return open(name, "0");
  table_.none(name, bad, of);
}

void FemurRows::share_at_most(const std::string& name, int bad, int of, double most) {
  const std::string target = "<= " + text(100.0 * most, 0) + " %";
  if (of == 0) return open(name, target);
  table_.rate_at_most(name, bad, of, most);
}

void FemurRows::root_mean_square(const std::string& name, const std::vector<double>& found, double most) {
  const std::string target = "<= " + text(most, 1);
  if (found.empty()) return open(name, target);
  const double rms = test::root_mean_square(found);
  table_.row(name,
             target,
             text(rms, 2) + ", mean " + text(test::mean(found), 2) + count(found),
             from_to(test::deviation_interval(rms, persons_in(found.size())), 2),
             rms <= most);
}

void FemurRows::precision(const std::string& name,
                          const std::vector<std::vector<double>>& repeats,
                          double most) {
  if (repeats.empty()) return open(name, "<= " + text(most, 1));
  const test::Precision found = test::precision_of(repeats);
  const double percent = 100.0 * found.rms_cv;
  table_.row(name,
             "<= " + text(most, 1),
             text(percent, 2) + " (" + std::to_string(repeats.size()) + " femora)",
             from_to(test::deviation_interval(percent, persons_in(found.degrees_of_freedom)), 2),
             percent <= most);
}

void FemurRows::deviation(const std::string& name,
                          const std::vector<std::vector<double>>& repeats,
                          double scale,
                          double most,
                          int decimals) {
  if (repeats.empty()) return open(name, "<= " + text(most, 3));
  const test::Precision found = test::precision_of(repeats);
  const double sd = scale * found.rms_sd;
  table_.row(name,
             "<= " + text(most, 3),
             text(sd, decimals) + " (" + std::to_string(repeats.size()) + " femora)",
             from_to(test::deviation_interval(sd, persons_in(found.degrees_of_freedom)), decimals),
             sd <= most);
}

void FemurRows::agreement(const std::string& name,
                          const std::vector<std::vector<double>>& repeats,
                          double least) {
  if (repeats.size() < 3) return open(name, ">= " + text(least, 2));
  const test::Agreement found = test::icc_2_1(repeats);
  std::vector<double> population;
  for (const std::vector<double>& femur : repeats) population.push_back(test::mean(femur));
  table_.row(name,
             ">= " + text(least, 2),
             text(found.icc, 4) + " (" + std::to_string(repeats.size()) + " femora, " +
                 text(test::mean(population), 0) + " +- " + text(test::standard_deviation(population), 0) +
                 ')',
             from_to(found.interval, 4),
             found.icc >= least);
}

void FemurRows::open(const std::string& name, const std::string& target) {
  table_.row(name, target, "not measured", "", false);
}

void FemurRows::told_mean(const std::string& name, const std::vector<double>& found) {
  if (found.empty()) return table_.told(name, "not measured");
  table_.told(name, text(test::mean(found), 2) + " [" + student(found, 2) + ']' + count(found));
}

void FemurRows::told_spread(const std::string& name, const std::vector<double>& found) {
  if (found.empty()) return table_.told(name, "not measured");
  table_.told(name,
              text(test::mean(found), 2) + ", SD " + text(test::standard_deviation(found), 2) + ", worst " +
                  text(worst_of(found), 1) + " [" + student(found, 2) + ']');
}

void FemurRows::told_rate(const std::string& name, int good, int of) {
  if (of == 0) return table_.told(name, "not measured");
  table_.told(
      name,
      std::to_string(good) + " of " + std::to_string(of) + " [" +
          from_to({100.0 * test::rate_interval(good, of).low, 100.0 * test::rate_interval(good, of).high},
                  1) +
          " %]");
}

void FemurRows::told_change(const std::string& name, const std::vector<std::vector<double>>& repeats) {
  if (repeats.empty()) return table_.told(name, "not measured");
  const test::Precision found = test::precision_of(repeats);
  const double factor = test::least_significant_factor;
  table_.told(name, text(100.0 * factor * found.rms_cv, 2) + " %, " + text(factor * found.rms_sd, 2));
}

}  // namespace focalhip::proof
