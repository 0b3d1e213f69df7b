#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

namespace focalhip {

// One line on a terminal that tells the stage, a count where there is one, and the time left of that count.
// Silent when not on a terminal, unless asked for; then every stage is a line of its own.
class TerminalProgress {
 public:
  enum class Wish { automatic, quiet, always };
  TerminalProgress(std::ostream& stream, Wish wish);

  void stage(const std::string& name);
  void count(const std::string& name, std::size_t done, std::size_t of);
  void finish();  // removes the line

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] bool is_shown() const { return on_terminal_ || always_; }
  void show(const std::string& text);

  std::ostream& stream_;
  bool on_terminal_ = false;  // stderr is a terminal: the line is rewritten in place
  bool always_ = false;
  std::string stage_;
  Clock::time_point stage_start_;
  Clock::time_point last_shown_;
};

}  // namespace focalhip
