#include <algorithm>
#include <array>
#include <ctime>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "config/version.h"
#include "listener/programs/analyze_command.h"
#include "listener/programs/calibration_command.h"
#include "listener/programs/command_line.h"
#include "listener/programs/config_command.h"
#include "listener/programs/cpd_command.h"
#include "listener/programs/jobs_command.h"
#include "listener/programs/listen_command.h"
#include "listener/programs/mannwhitney_command.h"
#include "listener/programs/odds_command.h"
#include "listener/programs/spm_command.h"
#include "listener/support/log.h"

namespace {

using Arguments = std::span<const std::string>;

constexpr const char* usage =
    "usage: focalhip COMMAND [options]\n"
    "  listen --config FILE          the node: receives series, sends reports back\n"
    "  work --config FILE            workers only, for another machine on the same job store and spool\n"
    "  analyze SERIES_DIR --out DIR  the whole analysis of one series, no network\n"
    "  jobs list|show|retry|drop     what is queued, parked, refused, quarantined\n"
    "  calibration enter|check       phantom scans that calibrate series made without a phantom\n"
    "  cpd SOURCE.csv TARGET.csv     Coherent Point Drift: moves one set of points onto another\n"
    "  spm                           linear model and random field inference on plain files\n"
    "  odds, mannwhitney TABLE.csv   odds ratios per SD, rank tests\n"
    "  config check FILE             every problem of a configuration, one a line\n"
    "  --help, --version\n"
    "Each command has --help. Exit status: 0 done, 1 internal failure, 2 wrong usage or configuration,\n"
    "3 nothing could be measured.\n"
    "Research use only, not for diagnosis.\n";

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  std::array<char, 16> text{};
  if (localtime_r(&now, &local) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%d", &local)};
}

int run(const std::string& command, Arguments args) {
  if (command == "listen") return focalhip::listen_command(args);
  if (command == "work") return focalhip::work_command(args);
  if (command == "analyze") return focalhip::analyze_command(args, std::cout, std::cerr);
  if (command == "jobs") return focalhip::jobs_command(args);
  if (command == "calibration") return focalhip::calibration_command(args, today(), std::cout, std::cerr);
  if (command == "cpd") return focalhip::cpd_command(args, std::cout, std::cerr);
  if (command == "spm") return focalhip::spm_command(args, std::cout, std::cerr);
  if (command == "odds") return focalhip::odds_command(args, std::cout, std::cerr);
  if (command == "mannwhitney") return focalhip::mannwhitney_command(args, std::cout, std::cerr);
  if (command == "config") return focalhip::config_command(args, std::cout, std::cerr);
  if (command == "--help" || command == "help") {
    std::cout << usage;
    return focalhip::status_done;
  }
  if (command == "--version") {
    std::cout << "FocalHip " << focalhip::focalhip_version() << " (" << focalhip::focalhip_build() << ")\n";
    return focalhip::status_done;
  }
  std::cerr << "focalhip: unknown command " << command << '\n' << usage;
  return focalhip::status_usage;
}

}  // namespace

int main(int count, char** words) {
  try {
    focalhip::silence_dcmtk_log();
    const std::vector<std::string> args(words + std::min(count, 1), words + count);
    if (args.empty()) {
      std::cerr << usage;
      return focalhip::status_usage;
    }
    return run(args.front(), Arguments(args).subspan(1));
  } catch (const std::exception& error) {
    std::cerr << "focalhip: " << error.what() << '\n';
    return focalhip::status_failed;
  } catch (...) {
    std::cerr << "focalhip: unknown failure\n";
    return focalhip::status_failed;
  }
}
