#include "listener/support/fault_points.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

namespace focalhip {

namespace {

// Add a name here before using it.
constexpr std::array<std::string_view, 18> names = {
    // receiver
    "receiver_in_transfer",      // part of an object is in incoming/
    "receiver_before_rename",    // complete and fsynced, not yet in the association folder
    "receiver_after_rename",     // in the folder, folder not yet fsynced, no response sent
    "receiver_before_response",  // durable, the sender does not know it
    "receiver_before_ended",     // released, ended.json not written
    // collector
    "collector_before_add_job",
    "collector_after_add_job",
    // worker child
    "worker_before_analysis",
    "worker_before_outbox",
    "worker_in_outbox",     // temporary outbox folder written, not renamed
    "worker_after_outbox",  // renamed, not yet finished in the store
    "worker_after_finish",
    // courier
    "courier_before_send",
    "courier_in_send",           // after the first object of a delivery
    "courier_before_delivered",  // everything sent, row not yet updated
    "courier_after_delivered",
    // supervisor
    "supervisor_after_ready",
    "supervisor_in_stop",
};

struct Fault {
  std::string name;  // empty = no fault wanted
  long passing = 1;
  std::string once_file;
};

[[noreturn]] void complain(std::string_view name) noexcept {
  constexpr std::string_view text = "unknown fault point: ";
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  written = ::write(STDERR_FILENO, name.data(), name.size());
  std::abort();
}

bool is_listed(std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

Fault fault_from_environment() {
  const char* wanted = std::getenv("FOCALHIP_FAULT");
  if (wanted == nullptr || *wanted == '\0') return {};
  Fault fault;
  fault.name = wanted;
  if (const std::size_t colon = fault.name.find(':'); colon != std::string::npos) {
    fault.passing = std::strtol(fault.name.c_str() + colon + 1, nullptr, 10);
    fault.name.resize(colon);
  }
  if (const char* once_file = std::getenv("FOCALHIP_FAULT_ONCE")) fault.once_file = once_file;
  if (!is_listed(fault.name)) complain(fault.name);
  return fault;
}

bool first_to_create(const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) return false;
  ::close(fd);
  return true;
}

}  // namespace

void fault_point(std::string_view name) noexcept {
  static const Fault fault = fault_from_environment();
  if (fault.name.empty()) return;
  if (!is_listed(name)) complain(name);
  if (name != fault.name) return;
  static std::atomic<long> passed = 0;
  if (++passed != fault.passing) return;
  if (!fault.once_file.empty() && !first_to_create(fault.once_file)) return;
  ::kill(::getpid(), SIGKILL);
}

std::span<const std::string_view> fault_point_names() { return names; }

}  // namespace focalhip
