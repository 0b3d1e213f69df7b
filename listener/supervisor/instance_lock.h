#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "listener/support/unique_fd.h"

namespace focalhip {

// One node per spool folder: takes the lock on `lock_file` (created with its folders), waiting at most
// `patience` for the processes of a killed predecessor to go. The lock is held by every process that inherits
// the descriptor, so it is free only when the last of them is gone. nullopt: another node holds it. Throws
// std::system_error when the file cannot be made.
[[nodiscard]] std::optional<UniqueFd> take_instance_lock(const std::filesystem::path& lock_file,
                                                         std::chrono::milliseconds patience);

}  // namespace focalhip
