#include "tests/proof/proof_table.h"

#include <iomanip>
#include <sstream>

#include "tests/support/exact_intervals.h"

namespace focalhip::proof {

std::string text(double value, int decimals) {
  std::ostringstream stream;
  stream << std::fixed << std::setprecision(decimals) << value;
  return stream.str();
}

ProofTable::ProofTable(std::ostream& out) : out_(out) {
  out_ << "| row | target | measured | CI 95 % | |\n|---|---|---|---|---|\n" << std::flush;
}

void ProofTable::row(const std::string& name,
                     const std::string& target,
                     const std::string& measured,
                     const std::string& interval,
                     bool met) {
  all_met_ = all_met_ && met;
  print(name, target, measured, interval, met ? "met" : "MISSED");
}

void ProofTable::print(const std::string& name,
                       const std::string& target,
                       const std::string& measured,
                       const std::string& interval,
                       const std::string& verdict) {
  out_ << "| " << name << " | " << target << " | " << measured << " | " << interval << " | " << verdict
       << " |\n"
       << std::flush;
}

void ProofTable::told(const std::string& name, const std::string& measured) {
  out_ << "| " << name << " | (told) | " << measured << " | | |\n" << std::flush;
}

void ProofTable::rate(const std::string& name, int good, int of, double least) {
  const std::string target = (least < 1.0 ? ">= " : "") + text(100.0 * least, 0) + " %";
  if (of == 0) return row(name, target, "nothing tried", "", false);
  const test::Interval interval = test::rate_interval(good, of);
  const double rate = static_cast<double>(good) / of;
  all_met_ = all_met_ && rate >= least;
  const bool secured = least >= 1.0 || interval.low >= least;
  print(name,
        target,
        text(100.0 * rate, 1) + " % (" + std::to_string(good) + " of " + std::to_string(of) + ")",
        text(100.0 * interval.low, 1) + " .. " + text(100.0 * interval.high, 1),
        rate < least ? "MISSED"
        : secured    ? "met"
                     : "met, not secured");
}

void ProofTable::rate_at_most(const std::string& name, int bad, int of, double most) {
  const std::string target = "<= " + text(100.0 * most, 0) + " %";
  if (of == 0) return row(name, target, "nothing tried", "", false);
  const test::Interval interval = test::rate_interval(bad, of);
  const double rate = static_cast<double>(bad) / of;
  all_met_ = all_met_ && rate <= most;
  print(name,
        target,
        text(100.0 * rate, 1) + " % (" + std::to_string(bad) + " of " + std::to_string(of) + ")",
        text(100.0 * interval.low, 1) + " .. " + text(100.0 * interval.high, 1),
        rate > most             ? "MISSED"
        : interval.high <= most ? "met"
                                : "met, not secured");
}

void ProofTable::none(const std::string& name, int bad, int of) {
  if (of == 0) return row(name, "0", "nothing tried", "", false);
  const test::Interval interval = test::rate_interval(bad, of);
  row(name,
      "0",
      std::to_string(bad) + " of " + std::to_string(of),
      text(100.0 * interval.low, 1) + " .. " + text(100.0 * interval.high, 1) + " %",
      bad == 0);
}

void ProofTable::quantile(
    const std::string& name, const std::vector<double>& values, double share, double most, int decimals) {
  const std::string target = "<= " + text(most, decimals);
  if (values.empty()) return row(name, target, "nothing", "", false);
  const double value = test::quantile(values, share);
  const auto interval = test::quantile_interval(values, share);
  row(name,
      target,
      text(value, decimals + 1),
      interval ? text(interval->low, decimals + 1) + " .. " + text(interval->high, decimals + 1)
               : "too few values",
      value <= most);
}

}  // namespace focalhip::proof
