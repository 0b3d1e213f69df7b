#pragma once

#include <string_view>

namespace focalhip {

// Instruction sets the responsibilities are written for. All give the same numbers, bit by bit: the same
// additions in the same order, no fused operations.
enum class SimdLevel { scalar, sse2, avx2, avx512 };

[[nodiscard]] bool is_supported(SimdLevel level);  // by the processor this runs on
[[nodiscard]] SimdLevel widest_simd_level();
[[nodiscard]] std::string_view name(SimdLevel level);

}  // namespace focalhip
