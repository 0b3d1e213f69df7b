// libFuzzer target of the scanner: clang++, option FOCALHIP_FUZZ (README.md).
#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "listener/spool/scanned_instance.h"
#include "listener/support/unique_fd.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const focalhip::UniqueFd file(::memfd_create("input", MFD_CLOEXEC));
  if (::write(file.value(), data, size) != static_cast<ssize_t>(size)) return 0;
  const std::string path = "/proc/self/fd/" + std::to_string(file.value());
  (void)focalhip::scan_instance(path,
                                {.nesting = 64, .file_bytes = 1U << 20U, .header_value_bytes = 1U << 16U});
  return 0;
}
