#include "listener/programs/terminal_progress.h"

#include <cmath>
#include <ostream>

#include <unistd.h>

namespace focalhip {

TerminalProgress::TerminalProgress(std::ostream& stream, Wish wish)
    : stream_(stream),
      on_terminal_(wish == Wish::automatic && ::isatty(STDERR_FILENO) == 1),
      always_(wish == Wish::always),
      stage_start_(Clock::now()) {}

void TerminalProgress::show(const std::string& text) {
  if (on_terminal_) {
    stream_ << "\r\033[K" << text << std::flush;
  } else if (always_) {
    stream_ << text << '\n' << std::flush;
  }
}

void TerminalProgress::stage(const std::string& name) {
  if (!is_shown()) return;
  stage_ = name;
  stage_start_ = Clock::now();
  last_shown_ = {};
  show(name);
}

void TerminalProgress::count(const std::string& name, std::size_t done, std::size_t of) {
  using std::chrono::duration;
  if (!is_shown()) return;
  if (stage_ != name) stage(name);
  const Clock::time_point now = Clock::now();
  if (now - last_shown_ < std::chrono::milliseconds(200) && done < of) return;
  last_shown_ = now;
  const double spent_s = duration<double>(now - stage_start_).count();
  const double left_s = done > 0 ? spent_s * static_cast<double>(of - done) / static_cast<double>(done) : 0.0;
  show(name + " " + std::to_string(done) + " of " + std::to_string(of) + ", " +
       std::to_string(std::lround(left_s)) + " s left");
}

void TerminalProgress::finish() {
  if (on_terminal_) stream_ << "\r\033[K" << std::flush;
}

}  // namespace focalhip
