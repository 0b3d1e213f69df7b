#pragma once

#include <string>

#include "listener/status/status_snapshot.h"

namespace focalhip {

[[nodiscard]] std::string render_health(const StatusSnapshot& snapshot);   // JSON
[[nodiscard]] std::string render_metrics(const StatusSnapshot& snapshot);  // Prometheus text format 0.0.4
[[nodiscard]] std::string render_page(const StatusSnapshot& snapshot);     // HTML, no scripts

}  // namespace focalhip
