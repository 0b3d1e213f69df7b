#pragma once

// Statistics of repeated and paired measurements for proof programs: means, precision, agreement.

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "tests/support/exact_intervals.h"

namespace focalhip::test {

inline double mean(const std::vector<double>& values) {
  if (values.empty()) throw std::invalid_argument("values for a mean");
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Standard deviation of a sample (n - 1); 0 for one value.
inline double standard_deviation(const std::vector<double>& values) {
  if (values.size() < 2) return 0.0;
  const double middle = mean(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

inline double root_mean_square(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// Of a mean of values from one normal distribution (Student) of which so many, at least two, are independent.
inline Interval mean_interval(const std::vector<double>& values, int independent, double confidence = 0.95) {
  if (independent < 2) throw std::invalid_argument("two values for the interval of a mean");
  const auto n = static_cast<double>(independent);
  const boost::math::students_t distribution(n - 1.0);
  const double t = boost::math::quantile(distribution, 0.5 * (1.0 + confidence));
  const double half = t * standard_deviation(values) / std::sqrt(n);
  return {.low = mean(values) - half, .high = mean(values) + half};
}

inline Interval mean_interval(const std::vector<double>& values) {
  return mean_interval(values, static_cast<int>(values.size()));
}

// Of a standard deviation with these degrees of freedom (chi-square); also of a root mean square of
// precision errors. [Gluer1995]
inline Interval deviation_interval(double deviation, int degrees_of_freedom, double confidence = 0.95) {
  if (degrees_of_freedom < 1) throw std::invalid_argument("degrees of freedom");
  const boost::math::chi_squared distribution(degrees_of_freedom);
  const double low = boost::math::quantile(distribution, 0.5 * (1.0 - confidence));
  const double high = boost::math::quantile(distribution, 0.5 * (1.0 + confidence));
  return {.low = deviation * std::sqrt(degrees_of_freedom / high),
          .high = deviation * std::sqrt(degrees_of_freedom / low)};
}

// Precision of repeated measurements: repeats[subject][repeat], any number (>= 2) of repeats per subject.
// SD = root of the mean variance, CV = root of the mean of (SD / mean)^2, both weighted by the subjects'
// degrees of freedom. [Gluer1995]
struct Precision {
  double rms_sd = 0.0;
  double rms_cv = 0.0;  // share, not per cent
  int degrees_of_freedom = 0;
};
inline Precision precision_of(const std::vector<std::vector<double>>& repeats) {
  double variance = 0.0;
  double relative = 0.0;
  Precision result;
  for (const std::vector<double>& subject : repeats) {
    if (subject.size() < 2) throw std::invalid_argument("two repeats of every subject");
    const auto weight = static_cast<double>(subject.size() - 1);
    const double sd = standard_deviation(subject);
    const double cv = sd / mean(subject);
    variance += weight * sd * sd;
    relative += weight * cv * cv;
    result.degrees_of_freedom += static_cast<int>(subject.size()) - 1;
  }
  if (result.degrees_of_freedom == 0) throw std::invalid_argument("subjects for a precision");
  result.rms_sd = std::sqrt(variance / result.degrees_of_freedom);
  result.rms_cv = std::sqrt(relative / result.degrees_of_freedom);
  return result;
}

// Smallest change that is none of measurement with 95 % confidence, from two measurements. [Gluer1999]
inline constexpr double least_significant_factor = 2.77;

// ICC(2,1): two-way random effects, absolute agreement, one measurement. scores[subject][rater], as many
// raters for every subject. Interval as ICC(A,1) of [McGrawWong1996]. [ShroutFleiss1979]
struct Agreement {
  double icc = 0.0;
  Interval interval;
};
inline Agreement icc_2_1(const std::vector<std::vector<double>>& scores, double confidence = 0.95) {
  const std::size_t subjects = scores.size();
  const std::size_t raters = subjects == 0 ? 0 : scores.front().size();
  if (subjects < 2 || raters < 2) throw std::invalid_argument("two subjects and raters for an ICC");
  const auto n = static_cast<double>(subjects);
  const auto k = static_cast<double>(raters);
  double grand = 0.0;
  std::vector<double> of_rater(raters, 0.0);
  std::vector<double> of_subject(subjects, 0.0);
  for (std::size_t i = 0; i < subjects; ++i) {
    if (scores[i].size() != raters) throw std::invalid_argument("a score of every rater");
    for (std::size_t j = 0; j < raters; ++j) {
      of_subject[i] += scores[i][j] / k;
      of_rater[j] += scores[i][j] / n;
      grand += scores[i][j] / (n * k);
    }
  }
  double rows = 0.0;
  double columns = 0.0;
  double errors = 0.0;
  for (std::size_t i = 0; i < subjects; ++i) {
    rows += k * (of_subject[i] - grand) * (of_subject[i] - grand);
    for (std::size_t j = 0; j < raters; ++j) {
      const double rest = scores[i][j] - of_subject[i] - of_rater[j] + grand;
      errors += rest * rest;
    }
  }
  for (const double rater : of_rater) columns += n * (rater - grand) * (rater - grand);
  const double msr = rows / (n - 1.0);
  const double msc = columns / (k - 1.0);
  const double mse = errors / ((n - 1.0) * (k - 1.0));
  Agreement result;
  result.icc = (msr - mse) / (msr + (k - 1.0) * mse + k * (msc - mse) / n);

  const double rho = result.icc;
  const double a = k * rho / (n * (1.0 - rho));
  const double b = 1.0 + k * rho * (n - 1.0) / (n * (1.0 - rho));
  const double upper = a * msc + b * mse;
  const double v =
      upper * upper / ((a * msc) * (a * msc) / (k - 1.0) + (b * mse) * (b * mse) / ((n - 1.0) * (k - 1.0)));
  const double tail = 0.5 * (1.0 + confidence);
  const double f_low = boost::math::quantile(boost::math::fisher_f(n - 1.0, v), tail);
  const double f_high = boost::math::quantile(boost::math::fisher_f(v, n - 1.0), tail);
  const double common = k * msc + (k * n - k - n) * mse;
  result.interval.low = n * (msr - f_low * mse) / (f_low * common + n * msr);
  result.interval.high = n * (f_high * msr - mse) / (common + n * f_high * msr);
  return result;
}

}  // namespace focalhip::test
