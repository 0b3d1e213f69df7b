#include "analysis/registration/simd_level.h"

namespace focalhip {

bool is_supported(SimdLevel level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (level == SimdLevel::avx512) return __builtin_cpu_supports("avx512f") != 0;
  if (level == SimdLevel::avx2) return __builtin_cpu_supports("avx2") != 0;
  return true;
#else
  return level == SimdLevel::scalar;
#endif
}

SimdLevel widest_simd_level() {
  for (const SimdLevel level : {SimdLevel::avx512, SimdLevel::avx2, SimdLevel::sse2}) {
    if (is_supported(level)) return level;
  }
  return SimdLevel::scalar;
}

std::string_view name(SimdLevel level) {
  switch (level) {
    case SimdLevel::scalar:
      return "scalar";
    case SimdLevel::sse2:
      return "SSE2";
    case SimdLevel::avx2:
      return "AVX2";
    case SimdLevel::avx512:
      return "AVX-512";
  }
  return "";
}

}  // namespace focalhip
