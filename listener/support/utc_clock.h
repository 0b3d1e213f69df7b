#pragma once

#include <cstdint>
#include <string>

namespace focalhip {

using UtcMs = std::int64_t;  // milliseconds since 1970, UTC

// The only place of the listener that asks the wall clock; below main and the process loops clocks are
// arguments.
[[nodiscard]] UtcMs utc_now_ms();

// "2026-11-23T06:17:01.123Z"
[[nodiscard]] std::string utc_text(UtcMs at_ms);

}  // namespace focalhip
