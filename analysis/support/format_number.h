#pragma once

#include <string>

namespace focalhip {

// A number as a reader of the report sees it: fixed(3.14159, 2) = "3.14". Independent of the locale.
[[nodiscard]] std::string fixed(double value, int decimals);

// The shortest text that reads back as the same number. Independent of the locale.
[[nodiscard]] std::string exact_text(double value);

}  // namespace focalhip
