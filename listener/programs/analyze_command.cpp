#include "listener/programs/analyze_command.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <ostream>
#include <thread>
#include <variant>

#include "analysis/support/format_number.h"
#include "config/load_config.h"
#include "config/version.h"
#include "listener/programs/command_line.h"
#include "listener/programs/find_series.h"
#include "listener/programs/terminal_progress.h"
#include "listener/programs/write_results.h"
#include "listener/series/analyse_series.h"
#include "listener/support/log.h"

namespace focalhip {

namespace {

constexpr const char* usage =
    "usage: focalhip analyze SERIES_DIR --out DIR [options]\n"
    "Measures both proximal femora of a hip CT series. SERIES_DIR is read recursively, what is not DICOM is\n"
    "ignored, of several volumes the best is used. Writes DIR/report.json, sr.dcm, sc-*.dcm, and per "
    "measured\n"
    "femur DIR/right|left/mask.nrrd and voi.nrrd.\n"
    "  --atlas FILE        compare with this atlas; repeatable; \"none\" = no atlas (the only one so far)\n"
    "  --config FILE       phantom certificate, side and node name from a focalhip.toml\n"
    "  --t2dm yes|no|unknown    type 2 diabetes; default unknown\n"
    "  --height-cm X  --weight-kg X    instead of the header's\n"
    "  --side both|right|left|auto     default both; auto = only the side used for the atlas; right, left:\n"
    "                      that one, whatever the image shows\n"
    "  --fracture-side right|left|both|none   the femur known to be broken; the other one is used\n"
    "  --threads N         default: all cores; changes speed only, never numbers\n"
    "  --quiet  --progress no progress at all, or also when not on a terminal\n"
    "  --help\n"
    "Exit status: 0 done, 1 internal failure, 2 wrong usage or configuration, 3 nothing could be measured\n"
    "(report.json, sr.dcm and the page are still written).\n";

struct Request {
  std::filesystem::path series;
  std::filesystem::path out;
  AnalysisOptions analysis;
  SubjectOverrides overrides;
  StampRequest stamp;
  TerminalProgress::Wish progress = TerminalProgress::Wish::automatic;
};

// A configuration that cannot be used; every problem has been printed.
struct BadConfiguration {};

void apply_config(const std::string& file, Request& request, std::ostream& errors) {
  const auto loaded = load_config(file);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
    for (const ConfigProblem& problem : *problems) errors << problem.text() << '\n';
    throw BadConfiguration{};
  }
  const auto& config = std::get<NodeConfig>(loaded);
  request.analysis = config.analysis;
  request.stamp.node_name = config.node.ae_title;
  request.stamp.first_series_number = config.sending.first_series_number;
}

template <typename Choice>
Choice choice_of(const std::string& option,
                 const std::string& text,
                 const std::map<std::string, Choice>& choices) {
  const auto found = choices.find(text);
  if (found != choices.end()) return found->second;
  std::string names;
  for (const auto& [name, unused] : choices) names += (names.empty() ? "" : ", ") + name;
  throw UsageError(option + " must be one of " + names);
}

SideChoice side_of(const std::string& text) {
  return choice_of<SideChoice>("--side",
                               text,
                               {{"both", SideChoice::both},
                                {"right", SideChoice::right},
                                {"left", SideChoice::left},
                                {"auto", SideChoice::automatic}});
}

SideInstruction fracture_side_of(const std::string& text) {
  return choice_of<SideInstruction>("--fracture-side",
                                    text,
                                    {{"right", SideInstruction::fracture_right},
                                     {"left", SideInstruction::fracture_left},
                                     {"both", SideInstruction::fracture_both},
                                     {"none", SideInstruction::no_fracture}});
}

// What the command line tells of the sides; it outranks the configuration.
void apply_sides(const CommandLine& line, AnalysisOptions& analysis) {
  if (line.has("--side")) analysis.side = side_of(line.value("--side"));
  const bool one_side = analysis.side == SideChoice::right || analysis.side == SideChoice::left;
  if (!line.has("--fracture-side")) return;
  if (line.has("--side") && one_side)
    throw UsageError("--fracture-side contradicts --side " + line.value("--side"));
  if (one_side) analysis.side = SideChoice::both;
  analysis.instruction = fracture_side_of(line.value("--fracture-side"));
  analysis.instruction_source = "the command line";
}

DiabetesStatus t2dm_of(const std::string& text) {
  return choice_of<DiabetesStatus>(
      "--t2dm",
      text,
      {{"yes", DiabetesStatus::yes}, {"no", DiabetesStatus::no}, {"unknown", DiabetesStatus::unknown}});
}

void apply_atlases(const CommandLine& line) {
  const auto atlases = line.values.find("--atlas");
  if (atlases == line.values.end()) return;
  for (const std::string& atlas : atlases->second) {
    if (atlas != "none") throw UsageError("--atlas " + atlas + ": this version knows only \"none\"");
  }
}

Request request_of(const CommandLine& line, std::ostream& errors) {
  Request request;
  request.series = line.positionals[0];
  if (!std::filesystem::exists(request.series))
    throw UsageError("no such folder: " + request.series.string());
  if (!line.has("--out")) throw UsageError("--out is missing");
  request.out = line.value("--out");
  if (line.has("--config")) apply_config(line.value("--config"), request, errors);
  apply_atlases(line);
  apply_sides(line, request.analysis);
  if (line.has("--t2dm")) request.overrides.t2dm = t2dm_of(line.value("--t2dm"));
  if (line.has("--height-cm")) {
    request.overrides.height_cm = number_in("--height-cm", line.value("--height-cm"), 30.0, 260.0);
  }
  if (line.has("--weight-kg")) {
    request.overrides.weight_kg = number_in("--weight-kg", line.value("--weight-kg"), 2.0, 500.0);
  }
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  request.analysis.threads =
      line.has("--threads") ? integer_in("--threads", line.value("--threads"), 1, 1024) : cores;
  if (line.has("--quiet") && line.has("--progress")) throw UsageError("--quiet contradicts --progress");
  if (line.has("--quiet")) request.progress = TerminalProgress::Wish::quiet;
  if (line.has("--progress")) request.progress = TerminalProgress::Wish::always;
  request.stamp.role = StampRole::analyze;
  return request;
}

int tell_outcome(const HipReport& report, const Request& request, std::ostream& errors) {
  if (!report.refusal) return status_done;
  errors << "focalhip analyze: not analysed: " << code_string(report.refusal->code) << ", "
         << meaning(report.refusal->code) << " (" << report.refusal->detail << "); see "
         << (request.out / "report.json").string() << '\n';
  return status_refused;
}

// Nothing below the folder can be read as DICOM: there is no person or study to report on, only that fact.
int refuse_without_header(const Request& request, const FoundSeries& found, std::ostream& errors) {
  const NotMeasured nothing{RefusalCode::no_images,
                            "no DICOM object among " + std::to_string(found.files) + " files"};
  HipReport report = refused_report({}, found.unreadable.value_or(nothing));
  report.subject.t2dm = request.overrides.t2dm;
  report.subject.height_cm = request.overrides.height_cm;
  report.subject.weight_kg = request.overrides.weight_kg;
  report.software.version = focalhip_version();
  report.software.build = focalhip_build();
  write_report_only(request.out, report);
  return tell_outcome(report, request, errors);
}

int analyze(const Request& request, std::ostream& errors) {
  TerminalProgress progress(errors, request.progress);
  const FoundSeries found =
      find_series(request.series, request.analysis.threads, [&](std::size_t done, std::size_t of) {
        progress.count("scan files", done, of);
      });
  if (found.dicom_objects == 0) {
    progress.finish();
    return refuse_without_header(request, found, errors);
  }
  StampRequest stamp = request.stamp;
  stamp.created_ms = found.newest_file_ms;
  if (found.work.volume) stamp.identity_digest = found.work.volume->slices.front().identity_digest;
  const AnalysedSeries analysed =
      analyse_series(found.work, request.overrides, stamp, request.analysis, [&](std::string_view stage) {
        progress.stage(std::string(stage));
      });
  progress.stage("write " + request.out.string());
  write_results(request.out, analysed);
  progress.finish();
  return tell_outcome(analysed.report, request, errors);
}

}  // namespace

int analyze_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  const CommandLineRules rules{.flags = {"--quiet", "--progress"},
                               .values = {"--out",
                                          "--config",
                                          "--t2dm",
                                          "--height-cm",
                                          "--weight-kg",
                                          "--side",
                                          "--fracture-side",
                                          "--threads"},
                               .repeatable_values = {"--atlas"},
                               .positionals = 1};
  try {
    const CommandLine line = parse_command_line(args, rules);
    if (line.has("--help")) {
      out << usage;
      return status_done;
    }
    silence_dcmtk_log();
    return analyze(request_of(line, errors), errors);
  } catch (const UsageError& error) {
    errors << "focalhip analyze: " << error.what() << "\nTry 'focalhip analyze --help'.\n";
    return status_usage;
  } catch (const BadConfiguration&) {
    return status_usage;
  } catch (const std::exception& error) {
    errors << "focalhip analyze: " << error.what() << '\n';
    return status_failed;
  }
}

}  // namespace focalhip
