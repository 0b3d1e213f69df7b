#pragma once

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace focalhip::bench {

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Processor seconds of named stages, as they came; only the shares of one run are compared with each other.
class StageTimes {
 public:
  void run(const std::string& stage, const std::function<void()>& work) {
    if (!times_.contains(stage)) order_.push_back(stage);
    const double start = processor_seconds();
    work();
    times_[stage].push_back(processor_seconds() - start);
  }
  void print() const {
    double sum = 0.0;
    for (const std::string& stage : order_) sum += median(times_.at(stage));
    std::printf("one thread, right side, processor time:\n");
    for (const std::string& stage : order_) {
      const double s = median(times_.at(stage));
      std::printf("  %-34s %6.3f s  %4.1f %%\n", stage.c_str(), s, 100.0 * s / sum);
    }
    std::printf("  %-34s %6.3f s\n", "sum", sum);
  }

 private:
  static double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

  std::map<std::string, std::vector<double>> times_;
  std::vector<std::string> order_;
};

}  // namespace focalhip::bench
