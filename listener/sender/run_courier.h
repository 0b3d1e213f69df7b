#pragma once

#include <cstdint>

#include "config/node_config.h"

namespace focalhip {

// Sends what is due for one destination until `stop_fd` becomes readable or is closed by the other end (-1 =
// never): claim, verify the outbox folder, send, mark; back-off and parking as in SendingSettings. A process
// of its own per destination: opens its own job store, never returns because of the destination's state.
// Returns the exit status: 0 = stopped as asked, 1 = the job store or the data folder is unusable.
// Throws nothing.
[[nodiscard]] int run_courier(const NodeConfig& config, const Destination& destination, int stop_fd) noexcept;

// Wait before the next try after `attempts` failed ones: first_retry, doubling up to last_retry, shortened by
// up to a tenth that depends on `seed` only, so that many deliveries do not come back in step.
[[nodiscard]] std::int64_t back_off_ms(const SendingSettings& sending, int attempts, std::int64_t seed);

}  // namespace focalhip
