#pragma once

#include <span>
#include <string_view>

namespace focalhip {

// Places at which a crash test may kill the process (`fault_points.cpp` lists all names). Always compiled in;
// costs one branch when unused. Controlled by the environment at the start of the process:
//   FOCALHIP_FAULT=<name>[:n]     SIGKILL to itself at the n-th passing in this process (default 1)
//   FOCALHIP_FAULT_ONCE=<file>    only the process that manages to create <file> dies: once over all
//   processes
// An unknown name in the environment or in the code aborts the process as soon as faults are switched on.
void fault_point(std::string_view name) noexcept;

[[nodiscard]] std::span<const std::string_view> fault_point_names();

}  // namespace focalhip
