#pragma once

#include <array>
#include <cstdint>

namespace focalhip {

// Complete PDUs for the moments when no DICOM library may be involved. [PS3.8] 9.3.4, 9.3.8
using CannedPdu = std::array<std::uint8_t, 10>;

// A-ASSOCIATE-RJ: result 2 (transient), source 3 (presentation related), reason 2 (local limit exceeded).
inline constexpr CannedPdu reject_over_limit = {0x03, 0, 0, 0, 0, 4, 0, 2, 3, 2};
// A-ASSOCIATE-RJ: result 1 (permanent), source 1 (service user), reason 3 (calling AE title not recognised).
inline constexpr CannedPdu reject_unknown_caller = {0x03, 0, 0, 0, 0, 4, 0, 1, 1, 3};
// A-ABORT: source 0 (service user).
inline constexpr CannedPdu abort_by_us = {0x07, 0, 0, 0, 0, 4, 0, 0, 0, 0};

// Sends without waiting and without SIGPIPE; a peer that cannot take ten bytes gets none. Async-signal-safe.
void send_canned(int socket, const CannedPdu& pdu) noexcept;

}  // namespace focalhip
