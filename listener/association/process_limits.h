#pragma once

#include "config/node_config.h"

namespace focalhip {

// Fences a receiver in before it reads a byte: address space, file size, open files, CPU time, no core file
// (it would hold patient data), SIGPIPE and SIGXFSZ become errors of the call. Throws std::system_error.
void limit_receiver_process(const LimitSettings& limits);

}  // namespace focalhip
