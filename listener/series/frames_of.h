#pragma once

#include <optional>
#include <string>
#include <vector>

#include "listener/spool/scanned_instance.h"

namespace focalhip {

[[nodiscard]] bool is_multiframe_ct(
    const ScannedInstance& instance);  // Enhanced or Legacy Converted Enhanced

// The frames of a multi-frame CT object, each as if it were a slice of its own: same file and identifiers,
// `frame` counting from 1, geometry and meaning of its own. What a frame does not say, the object says.
[[nodiscard]] std::vector<ScannedInstance> frames_of(const ScannedInstance& object);

// Why an object cannot be taken apart; nothing when it can.
[[nodiscard]] std::optional<std::string> problem_with_frames(const ScannedInstance& object);

}  // namespace focalhip
