#include "listener/support/fault_points.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

namespace focalhip {

namespace {

struct Fault {
  std::string_view name;
  long passing = 1;
  std::chrono::milliseconds pause{0};  // 0: death
  std::string once_file;               // empty: in every process
  std::atomic<long> passed = 0;
};

[[noreturn]] void complain(std::string_view name) noexcept {
  constexpr std::string_view text = "unknown fault point: ";
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  written = ::write(STDERR_FILENO, name.data(), name.size());
  std::abort();
}

std::string_view listed_name(std::string_view wanted) {
  for (const FaultStep& step : fault_steps)
    if (step.name == wanted) return step.name;
  complain(wanted);
}

std::unique_ptr<Fault> fault_of(const std::string& item, const char* once_file) {
  auto fault = std::make_unique<Fault>();
  const std::size_t mark = item.find_first_of(":+");
  fault->name = listed_name(item.substr(0, mark));
  if (mark != std::string::npos) {
    const long number = std::strtol(item.c_str() + mark + 1, nullptr, 10);
    if (item[mark] == ':')
      fault->passing = number;
    else
      fault->pause = std::chrono::milliseconds(number);
  }
  if (once_file != nullptr) fault->once_file = std::string(once_file) + "." + std::string(fault->name);
  return fault;
}

std::vector<std::unique_ptr<Fault>> faults_from_environment() {
  std::vector<std::unique_ptr<Fault>> faults;
  const char* wanted = std::getenv("FOCALHIP_FAULT");
  if (wanted == nullptr || *wanted == '\0') return faults;
  const char* once_file = std::getenv("FOCALHIP_FAULT_ONCE");
  std::string_view rest = wanted;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    faults.push_back(fault_of(std::string(rest.substr(0, comma)), once_file));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return faults;
}

bool first_to_create(const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) return false;
  ::close(fd);
  return true;
}

void strike(Fault& fault) {
  if (++fault.passed != fault.passing) return;
  if (!fault.once_file.empty() && !first_to_create(fault.once_file)) return;
  if (fault.pause.count() > 0)
    std::this_thread::sleep_for(fault.pause);
  else
    ::kill(::getpid(), SIGKILL);
}

}  // namespace

void fault_point(FaultPoint point) noexcept {
  static const std::vector<std::unique_ptr<Fault>> faults = faults_from_environment();
  for (const std::unique_ptr<Fault>& fault : faults)
    if (fault->name == point.name()) strike(*fault);
}

}  // namespace focalhip
