#pragma once

#include <stdexcept>
#include <string>

namespace focalhip {

// Our own mistake: thrown when a precondition of our own code does not hold. Nobody handles it but the
// outermost frame.
class BrokenExpectation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

inline void expects(bool condition, const char* what) {
  if (!condition) throw BrokenExpectation(std::string("broken expectation: ") + what);
}

}  // namespace focalhip
