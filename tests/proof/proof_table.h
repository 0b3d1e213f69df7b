#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace focalhip::proof {

// How much is simulated, and on how many threads (speed only).
struct ProofSize {
  int series = 300;
  int threads = 2;
  // Of the rods-only series; fixed before the first run. Others are an independent sample.
  std::uint64_t first_seed = 820000;
};

[[nodiscard]] std::string text(double value, int decimals);

// The table of a proof: target, what was measured, its confidence interval (95 %), met or MISSED. Rows are
// printed as they come.
class ProofTable {
 public:
  explicit ProofTable(std::ostream& out);  // prints the head

  void row(const std::string& name,
           const std::string& target,
           const std::string& measured,
           const std::string& interval,
           bool met);
  // Of something that has no target.
  void told(const std::string& name, const std::string& measured);
  // A rate that shall be `least` (share) or more, interval of Clopper and Pearson; nothing tried is a miss. A
  // rate that is met by its value and not by its interval is "met, not secured".
  void rate(const std::string& name, int good, int of, double least);
  // What must not happen; the interval is that of its rate.
  void none(const std::string& name, int bad, int of);
  // A quantile of errors that shall not exceed `most`, interval between order statistics.
  void quantile(
      const std::string& name, const std::vector<double>& values, double share, double most, int decimals);

  [[nodiscard]] bool all_met() const { return all_met_; }

  // The same of a rate that shall not exceed `most`.
  void rate_at_most(const std::string& name, int bad, int of, double most);

 private:
  void print(const std::string& name,
             const std::string& target,
             const std::string& measured,
             const std::string& interval,
             const std::string& verdict);
  std::ostream& out_;
  bool all_met_ = true;
};

}  // namespace focalhip::proof
