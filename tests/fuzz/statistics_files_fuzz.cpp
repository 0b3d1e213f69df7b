// libFuzzer target of the readers of focalhip spm, odds, mannwhitney and cpd: clang++, option FOCALHIP_FUZZ
// (README.md).
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/read_statistics_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)focalhip::fuzz::read_statistics_bytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
