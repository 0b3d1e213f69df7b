#include "listener/programs/calibration_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <ostream>
#include <thread>
#include <variant>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "analysis/calibration/calibrate_with_phantom.h"
#include "analysis/support/format_number.h"
#include "config/calibration_file.h"
#include "listener/programs/command_line.h"
#include "listener/programs/find_series.h"
#include "listener/series/read_ct_volume.h"
#include "listener/support/durable_file.h"
#include "listener/support/log.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "usage: focalhip calibration enter SERIES_DIR [--file FILE] [--config CONFIG] [--threads N]\n"
    "       focalhip calibration check [--file FILE] [--config CONFIG] [--days N] [--date YYYYMMDD]\n"
    "Series that were made without a phantom are calibrated by a recent scan of a phantom on the same "
    "scanner,\n"
    "with the same tube voltage, kernel, class of field of view and table height.\n"
    "  enter    measures the phantom in a CT series (the phantom alone, or with anything else) and adds the\n"
    "           result to FILE, which is created if need be. A running node reads FILE when it starts or is "
    "reloaded.\n"
    "  check    lists the entries of FILE, how old they are and until which day they serve, and every "
    "problem\n"
    "           as FILE:LINE: key: rule.\n"
    "  --file FILE     the calibration file; default: asynchronous_file of CONFIG\n"
    "  --config CONFIG phantoms of the site, conversion rule and asynchronous_days from a focalhip.toml\n"
    "  --days N        an entry serves its own day and N days after it; default 31 or CONFIG's\n"
    "  --date YYYYMMDD ages count to this day instead of today\n"
    "  --threads N     default: all cores; changes speed only\n"
    "Exit status: 0 done, 1 internal failure, 2 wrong usage, configuration or file, 3 the scan was "
    "refused.\n";

// What cannot be used; every problem has been printed.
struct BadInput {};

struct Request {
  fs::path file;
  CalibrationOptions options;
};

void print_and_give_up(const std::vector<ConfigProblem>& problems, std::ostream& errors) {
  for (const ConfigProblem& problem : problems) errors << problem.text() << '\n';
  throw BadInput{};
}

Request request_of(const CommandLine& line, std::ostream& errors) {
  Request request;
  if (line.has("--config")) {
    auto loaded = load_config(line.value("--config"));
    if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded))
      print_and_give_up(*problems, errors);
    const auto& config = std::get<NodeConfig>(loaded);
    request.options = config.analysis.calibration;
    request.file = config.calibration.asynchronous_file;
  }
  if (line.has("--file")) request.file = line.value("--file");
  if (request.file.empty()) throw UsageError("--file is missing, and no --config names asynchronous_file");
  if (line.has("--days"))
    request.options.asynchronous_days = integer_in("--days", line.value("--days"), 0, 366);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  request.options.threads =
      line.has("--threads") ? integer_in("--threads", line.value("--threads"), 1, 1024) : cores;
  return request;
}

std::vector<LocatedEntry> entries_in(const fs::path& file, std::ostream& errors) {
  auto loaded = load_calibration_file(file);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded))
    print_and_give_up(*problems, errors);
  return std::get<std::vector<LocatedEntry>>(std::move(loaded));
}

// Two programs that enter at once take turns. The lock goes with the process.
class FileLock {
 public:
  explicit FileLock(const fs::path& file)
      : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)) {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) {
      throw std::runtime_error("cannot lock " + file.string());
    }
  }
  ~FileLock() { ::close(descriptor_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

void append_entry(const fs::path& file, const CalibrationEntry& entry, std::ostream& errors) {
  const FileLock lock(file.string() + ".lock");
  std::string text = calibration_file_header();
  if (fs::exists(file)) {
    for (const LocatedEntry& known : entries_in(file, errors)) {
      if (known.entry.series_instance_uid != entry.series_instance_uid) continue;
      throw UsageError("this series is already entered: " + file.string() + ":" + std::to_string(known.line));
    }
    text = read_small_file(file);
    if (!text.empty() && text.back() != '\n') text += '\n';
  }
  write_file_durably(file, text + entry_text(entry));
  // The service reads it under its own user; it names no patient.
  fs::permissions(file, fs::perms::group_read | fs::perms::others_read, fs::perm_options::add);
}

std::string scanner_of(const CalibrationEntry& entry) {
  return entry.device_serial_number.empty() ? entry.station_name + " " + entry.model
                                            : "serial " + entry.device_serial_number;
}

std::string summary(const CalibrationEntry& entry) {
  return entry.date + ", " + scanner_of(entry) + ", " + fixed(entry.kvp, 0) + " kVp, kernel " + entry.kernel +
         ", " + entry.phantom + ", sigma " + fixed(entry.sigma_ct_hu_per_mg_cm3, 4) + ", beta " +
         fixed(entry.beta_ct_hu, 1) + " HU, " + fixed(entry.effective_energy_kev, 1) + " keV, grade " +
         letter(entry.grade);
}

int enter(const Request& request, const fs::path& series, std::ostream& out, std::ostream& errors) {
  const FoundSeries found = find_series(series, request.options.threads, {});
  if (found.work.refusal) throw Refusal(found.work.refusal->code, found.work.refusal->detail);
  const VolumeCandidate& volume = *found.work.volume;
  if (volume.problem) throw Refusal(volume.problem->code, volume.problem->detail);
  const ReadSeries read = read_ct_volume(volume, request.options.threads);
  const Calibration calibration = calibrate_with_phantom(read.ct, request.options, {});
  const CalibrationEntry entry = entry_of(read.ct, calibration, read.study.series_instance_uid);
  append_entry(request.file, entry, errors);
  out << "entered into " << request.file.string() << ": " << summary(entry) << '\n';
  return status_done;
}

std::string day_after(const std::string& date, int days) {
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(*day_number(date) + days))};
  std::array<char, 16> text{};
  std::snprintf(text.data(),
                text.size(),
                "%04d%02u%02u",
                static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
  return text.data();
}

std::string standing(const CalibrationEntry& entry, int age_days, int most_days) {
  const std::string last_day = day_after(entry.date, most_days);
  if (age_days < 0) return "dated after this day";
  const std::string age = std::to_string(age_days) + (age_days == 1 ? " day old, " : " days old, ");
  return age + (age_days > most_days ? "expired: served until " : "serves until ") + last_day;
}

int check(const Request& request, const std::string& date, std::ostream& out, std::ostream& errors) {
  const std::vector<LocatedEntry> entries = entries_in(request.file, errors);
  if (entries.empty()) out << request.file.string() << ": no entries\n";
  for (const LocatedEntry& located : entries) {
    const int age_days = *day_number(date) - *day_number(located.entry.date);
    out << request.file.string() << ':' << located.line << ": " << summary(located.entry) << ": "
        << standing(located.entry, age_days, request.options.asynchronous_days) << '\n';
  }
  return status_done;
}

int run(const CommandLine& line, const std::string& today, std::ostream& out, std::ostream& errors) {
  const std::string& action = line.positionals.at(0);
  if (action == "enter") {
    if (line.positionals.size() != 2) throw UsageError("enter needs one SERIES_DIR");
    if (line.has("--days") || line.has("--date")) throw UsageError("--days and --date belong to check");
    const fs::path series = line.positionals[1];
    if (!fs::exists(series)) throw UsageError("no such folder: " + series.string());
    return enter(request_of(line, errors), series, out, errors);
  }
  if (action != "check") throw UsageError("unknown action " + action);
  if (line.positionals.size() != 1) throw UsageError("check takes no folder; name the file by --file");
  const std::string date = line.value("--date", today);
  if (!day_number(date)) throw UsageError("--date must be a day as YYYYMMDD");
  return check(request_of(line, errors), date, out, errors);
}

}  // namespace

int calibration_command(std::span<const std::string> args,
                        const std::string& today,
                        std::ostream& out,
                        std::ostream& errors) {
  const bool is_enter = !args.empty() && args.front() == "enter";
  const CommandLineRules rules{.flags = {},
                               .values = {"--file", "--config", "--days", "--date", "--threads"},
                               .repeatable_values = {},
                               .positionals = is_enter ? 2U : 1U};
  try {
    const CommandLine line = parse_command_line(args, rules);
    if (line.has("--help")) {
      out << usage;
      return status_done;
    }
    silence_dcmtk_log();
    return run(line, today, out, errors);
  } catch (const UsageError& error) {
    errors << "focalhip calibration: " << error.what() << "\nTry 'focalhip calibration --help'.\n";
    return status_usage;
  } catch (const BadInput&) {
    return status_usage;
  } catch (const Refusal& refusal) {
    errors << "focalhip calibration: refused: " << code_string(refusal.code()) << ", "
           << meaning(refusal.code()) << " (" << refusal.what() << ")\n";
    return status_refused;
  } catch (const std::exception& error) {
    errors << "focalhip calibration: " << error.what() << '\n';
    return status_failed;
  }
}

}  // namespace focalhip
