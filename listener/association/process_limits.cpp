#include "listener/association/process_limits.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace focalhip {

namespace {

// A receiver streams: PDU and file buffers of 128 KiB, one command set, the association request.
constexpr rlim_t memory_beyond_start = 256U << 20U;
constexpr rlim_t open_files = 64;
// 1 GB/s of data needs about 2 CPU s per GB; a loop in a parser would need for ever.
constexpr rlim_t cpu_seconds = 900;

rlim_t address_space_now() {
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  statm >> pages;
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

void limit(__rlimit_resource resource, rlim_t value) {
  rlimit current{};
  if (::getrlimit(resource, &current) != 0)
    throw std::system_error(errno, std::generic_category(), "getrlimit");
  current.rlim_max = std::min(current.rlim_max, value);
  current.rlim_cur = current.rlim_max;
  if (::setrlimit(resource, &current) != 0)
    throw std::system_error(errno, std::generic_category(), "setrlimit");
}

}  // namespace

void limit_receiver_process(const LimitSettings& limits) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  limit(RLIMIT_AS, address_space_now() + memory_beyond_start);
  limit(RLIMIT_FSIZE, limits.object_bytes + (1U << 20U));
  limit(RLIMIT_NOFILE, open_files);
  limit(RLIMIT_CPU, cpu_seconds);
  limit(RLIMIT_CORE, 0);
}

}  // namespace focalhip
