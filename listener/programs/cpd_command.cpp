#include "listener/programs/cpd_command.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <ostream>
#include <thread>

#include "analysis/files/read_points_csv.h"
#include "analysis/files/write_registration.h"
#include "analysis/registration/register_points.h"
#include "listener/programs/command_line.h"
#include "listener/programs/terminal_progress.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "usage: focalhip cpd SOURCE.csv TARGET.csv --mode rigid|affine|nonrigid --out DIR [options]\n"
    "Moves the points of SOURCE onto those of TARGET by Coherent Point Drift (Myronenko and Song 2010): "
    "only\n"
    "the named mode, from a cold start, without guards. Files: one point a line, x,y,z in mm, header or "
    "not.\n"
    "Writes DIR/transformed.csv (x,y,z in the order of SOURCE) and DIR/result.json (sigma2 in normalised "
    "units\n"
    "and mm2, iterations, converged; rigid and affine: B and t in mm, target = B source + t).\n"
    "  --beta B            width of the smoothing kernel, normalised units; default 2\n"
    "  --lambda L          price of displacement; default 3\n"
    "  --outliers W        expected share of target points without counterpart, 0 to below 1; default 0.1\n"
    "  --max-iterations N  default 150\n"
    "  --tolerance T       relative change of the objective that ends the run; default 1e-5; 0 = exactly N\n"
    "                      iterations\n"
    "  --normalise KIND    none: as given; separate (default): each set to mean 0, radius 1; linked: each "
    "to\n"
    "                      mean 0, both by the larger radius\n"
    "  --exact             double precision, every pair, full kernel; nonrigid up to 15000 points. Default: "
    "the\n"
    "                      fast path, within micrometres of it\n"
    "  --threads N         default: all cores; changes speed only\n"
    "  --quiet, --progress no progress; progress even when not on a terminal\n"
    "Exit status: 0 done, 1 internal failure, 2 wrong usage or files, 3 points that cannot be registered.\n";

struct Request {
  fs::path source;
  fs::path target;
  fs::path out;
  CpdOptions options;
  TerminalProgress::Wish progress = TerminalProgress::Wish::automatic;
};

CpdMode mode_of(const std::string& text) {
  if (text == "rigid") return CpdMode::rigid;
  if (text == "affine") return CpdMode::affine;
  if (text == "nonrigid") return CpdMode::nonrigid;
  throw UsageError("--mode must be rigid, affine or nonrigid");
}

CpdNormalisation normalisation_of(const std::string& text) {
  if (text == "none") return CpdNormalisation::none;
  if (text == "separate") return CpdNormalisation::separate;
  if (text == "linked") return CpdNormalisation::linked;
  throw UsageError("--normalise must be none, separate or linked");
}

// Limits a number is checked against here; the rule that 0 or 1 itself is not allowed is that of
// problems_in().
void read_number(
    const CommandLine& line, const std::string& option, double least, double most, double& value) {
  if (line.has(option)) value = number_in(option, line.value(option), least, most);
}

Request request_of(const CommandLine& line) {
  Request request{.source = line.positionals.at(0),
                  .target = line.positionals.at(1),
                  .out = line.value("--out"),
                  .options = {}};
  if (!line.has("--mode")) throw UsageError("--mode is missing");
  if (!line.has("--out")) throw UsageError("--out is missing");
  if (fs::exists(request.out) && !fs::is_directory(request.out)) {
    throw UsageError("--out names a file, a folder is needed: " + request.out.string());
  }
  CpdOptions& options = request.options;
  options.mode = mode_of(line.value("--mode"));
  options.normalisation = normalisation_of(line.value("--normalise", "separate"));
  if (line.has("--exact")) options.arithmetic = CpdArithmetic::exact;
  read_number(line, "--beta", 0.0, 1e6, options.kernel_width);
  read_number(line, "--lambda", 0.0, 1e9, options.smoothness);
  read_number(line, "--outliers", 0.0, 1.0, options.outlier_weight);
  read_number(line, "--tolerance", 0.0, 1.0, options.tolerance);
  if (line.has("--max-iterations")) {
    options.max_iterations = integer_in("--max-iterations", line.value("--max-iterations"), 1, 1'000'000);
  }
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  options.threads = line.has("--threads") ? integer_in("--threads", line.value("--threads"), 1, 1024) : cores;
  const std::vector<std::string> problems = problems_in(options);
  if (!problems.empty()) throw UsageError(problems.front());
  if (line.has("--quiet")) request.progress = TerminalProgress::Wish::quiet;
  if (line.has("--progress")) request.progress = TerminalProgress::Wish::always;
  return request;
}

int run(Request request, std::ostream& errors) {
  TerminalProgress progress(errors, request.progress);
  progress.stage("reading");
  const Points source_mm = read_points_csv(request.source);
  const Points target_mm = read_points_csv(request.target);
  request.options.progress = [&](int iteration, int of) {
    progress.count("iteration", static_cast<std::size_t>(iteration), static_cast<std::size_t>(of));
  };
  const CpdResult result = register_points(source_mm, target_mm, request.options);
  progress.finish();
  write_registration(request.out, result, request.options);
  return status_done;
}

}  // namespace

int cpd_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  const CommandLineRules rules{.flags = {"--exact", "--quiet", "--progress"},
                               .values = {"--mode",
                                          "--beta",
                                          "--lambda",
                                          "--outliers",
                                          "--max-iterations",
                                          "--tolerance",
                                          "--normalise",
                                          "--threads",
                                          "--out"},
                               .repeatable_values = {},
                               .positionals = 2};
  std::string files;
  try {
    const CommandLine line = parse_command_line(args, rules);
    if (line.has("--help")) {
      out << usage;
      return status_done;
    }
    files = " (source " + line.positionals.at(0) + ", target " + line.positionals.at(1) + ")";
    return run(request_of(line), errors);
  } catch (const UsageError& error) {
    errors << "focalhip cpd: " << error.what() << "\nTry 'focalhip cpd --help'.\n";
    return status_usage;
  } catch (const InputError& error) {
    errors << "focalhip cpd: " << error.what() << '\n';
    return status_usage;
  } catch (const UnusablePoints& error) {
    errors << "focalhip cpd: refused: " << error.what() << files << '\n';
    return status_refused;
  } catch (const std::invalid_argument& error) {
    errors << "focalhip cpd: " << error.what() << '\n';
    return status_usage;
  } catch (const std::exception& error) {
    errors << "focalhip cpd: " << error.what() << '\n';
    return status_failed;
  }
}

}  // namespace focalhip
