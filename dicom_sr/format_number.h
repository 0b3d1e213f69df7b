#pragma once

#include <string>

namespace focalhip {

// "0.712" with exactly `decimals` decimals, point as separator whatever the locale, never "-0.000".
// Throws std::runtime_error when the text would not fit a DICOM decimal string (16 characters) or the value
// is not finite.
[[nodiscard]] std::string decimal_text(double value, int decimals);

}  // namespace focalhip
