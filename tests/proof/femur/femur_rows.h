#pragma once

#include <string>
#include <vector>

#include "tests/proof/femur/femur_case.h"
#include "tests/proof/proof_table.h"

namespace focalhip::proof {

// A quantity of all cases that have it, with and without sign; how many have it set.
[[nodiscard]] std::vector<double> values(const std::vector<CaseValues>& cases, const std::string& quantity);
[[nodiscard]] std::vector<double> magnitudes(const std::vector<CaseValues>& cases,
                                             const std::string& quantity);
[[nodiscard]] int flagged(const std::vector<CaseValues>& cases, const std::string& quantity);

// Several quantities of a case added up, for the cases that have them all.
[[nodiscard]] std::vector<double> sums(const std::vector<CaseValues>& cases,
                                       const std::vector<std::string>& quantities);

// The same femur (person, bone, side) in another experiment.
[[nodiscard]] const CaseValues* same_side(const std::vector<CaseValues>& cases, const CaseValues& one);

// A quantity per femur: that of `first` and of every series of `others` of the same femur; femora with the
// same number of values (the largest) only.
[[nodiscard]] std::vector<std::vector<double>> joined(const std::vector<CaseValues>& first,
                                                      const std::vector<CaseValues>& others,
                                                      const std::string& quantity);

// Rows of measured numbers. Every one that has nothing to show is MISSED as "not measured".
class FemurRows {
 public:
  explicit FemurRows(ProofTable& table) : table_(table) {}

  // Interval between order statistics.
  void quantile(const std::string& name, const std::vector<double>& found, double most);
  // Mean, interval of Student.
  void mean_at_most(const std::string& name, const std::vector<double>& found, double most);
  void mean_at_least(const std::string& name, const std::vector<double>& found, double least, int decimals);
  // |mean| <= most; SD and worst beside it.
  void bias(const std::string& name, const std::vector<double>& found, double most);
  // Extremes; no interval, every case counts.
  void least(const std::string& name, const std::vector<double>& found, double bound, int decimals);
  void largest(const std::string& name, const std::vector<double>& found, double bound, int decimals);
  void rate(const std::string& name, int good, int of, double least);
  void none(const std::string& name, int bad, int of);
  void share_at_most(const std::string& name, int bad, int of, double most);
  // Interval by chi-square about zero.
  void root_mean_square(const std::string& name, const std::vector<double>& found, double most);
  // RMS-CV and pooled SD of repeats, interval by chi-square.
  void precision(const std::string& name, const std::vector<std::vector<double>>& repeats, double most);
  void deviation(const std::string& name,
                 const std::vector<std::vector<double>>& repeats,
                 double scale,
                 double most,
                 int decimals);
  void agreement(const std::string& name, const std::vector<std::vector<double>>& repeats, double least);
  void open(const std::string& name, const std::string& target);

  // Without target.
  void told_mean(const std::string& name, const std::vector<double>& found);
  void told_spread(const std::string& name, const std::vector<double>& found);
  void told_rate(const std::string& name, int good, int of);
  void told_change(const std::string& name, const std::vector<std::vector<double>>& repeats);

 private:
  ProofTable& table_;
};

}  // namespace focalhip::proof
