#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace focalhip {

// The service manager's notification protocol (sd_notify) without its library: one datagram "READY=1" to the
// socket named by NOTIFY_SOCKET. Does nothing when there is none; never throws.
void notify_service_manager(std::string_view message) noexcept;

// Half of WATCHDOG_USEC: how often "WATCHDOG=1" is due. nullopt: nobody asks.
[[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace focalhip
