#pragma once

#include "listener/association/session.h"

namespace focalhip {

// Statuses of C-STORE responses besides 0000H. [PS3.4] B.2.3; the C0xx are ours and stand in CONFORMANCE.md.
namespace store_status {
inline constexpr DIC_US success = 0x0000;
inline constexpr DIC_US processing_failure = 0x0110;
inline constexpr DIC_US invalid_sop_instance = 0x0117;
inline constexpr DIC_US sop_class_not_supported = 0x0122;
inline constexpr DIC_US out_of_resources = 0xA700;
inline constexpr DIC_US does_not_match = 0xA900;  // data set against command
inline constexpr DIC_US not_readable = 0xC000;    // lengths, delimiters, missing or broken identifiers
inline constexpr DIC_US too_deep = 0xC001;        // nested deeper than 64
inline constexpr DIC_US too_large = 0xC002;       // object or value larger than the node takes
inline constexpr DIC_US unsupported_syntax = 0xC003;
}  // namespace store_status

// Receives one C-STORE to a file, checks it, makes it durable, answers. Success is sent only after the object
// is in the association's folder and both are synced.
[[nodiscard]] Next answer_store(Session& session,
                                T_ASC_PresentationContextID presentation_context,
                                const T_DIMSE_C_StoreRQ& request);

}  // namespace focalhip
