#include "listener/programs/spm_command.h"

#include <cmath>
#include <exception>
#include <filesystem>
#include <iostream>
#include <limits>
#include <numeric>

#include "analysis/files/csv_table.h"
#include "analysis/files/field_files.h"
#include "listener/programs/command_line.h"
#include "listener/programs/terminal_progress.h"
#include "listener/programs/write_spm_tables.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "usage: focalhip spm --triangles triangles.csv | --lattice lattice.json\n"
    "         --data data.bin --data-shape data.json --design X.csv --contrast 0,-1,0,...\n"
    "         [--rows rows.csv] [--mask mask.csv] [--cluster-p P | --cluster-t T] [--allow-collinear] --out "
    "DIR\n"
    "Linear model at each vertex or voxel, one-sided t (a positive t is a positive contrast), and P "
    "corrected\n"
    "for the search by random field theory in closed form. Writes vertex.csv, clusters.csv, peaks.csv and\n"
    "summary.csv into DIR.\n"
    "  --design X.csv     numbers, with or without a header; one row a subject\n"
    "  --rows rows.csv    data rows, from 0, in the order of the design; default: all, in order\n"
    "  --mask mask.csv    0 or 1 for each vertex; outside it P is 1\n"
    "  --cluster-p P      uncorrected one-sided P that forms clusters, default 0.001\n"
    "  --cluster-t T      the same as a t\n"
    "  --allow-collinear  accept a design that says one thing twice (as two indicator columns beside a\n"
    "                     constant do); the contrast must be estimable all the same\n"
    "  --quiet, --progress\n"
    "Vertices without variance or with a value that is not a number leave the mask; summary.csv counts "
    "them.\n"
    "Exit status: 0 done, 1 internal failure, 2 wrong usage or files, 3 nothing can be tested.\n";

// The files are right, and yet nothing can be tested.
struct NotTestable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

ClusterForming forming_of(const CommandLine& line) {
  if (line.has("--cluster-p") && line.has("--cluster-t"))
    throw UsageError("--cluster-p and --cluster-t exclude each other");
  if (line.has("--cluster-t"))
    return ClusterFormingT{number_in("--cluster-t", line.value("--cluster-t"), -100.0, 1000.0)};
  return ClusterFormingP{number_in("--cluster-p", line.value("--cluster-p", "0.001"), 1e-12, 0.5)};
}

Eigen::VectorXd contrast_of(const std::string& text, Eigen::Index columns) {
  std::vector<double> values;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::optional<double> value = whole_number(std::string_view(text).substr(at, end - at));
    if (!value)
      throw UsageError("--contrast: number " + std::to_string(values.size() + 1) + " is not a number");
    values.push_back(*value);
    at = end + 1;
  }
  if (static_cast<Eigen::Index>(values.size()) != columns) {
    throw UsageError("--contrast has " + std::to_string(values.size()) + " numbers, the design has " +
                     std::to_string(columns) + " columns");
  }
  const Eigen::VectorXd contrast = Eigen::Map<Eigen::VectorXd>(values.data(), columns);
  if (contrast.squaredNorm() == 0.0) throw UsageError("--contrast is zero");
  return contrast;
}

SearchRegion region_of(const CommandLine& line, int points) {
  if (line.has("--lattice")) {
    const LatticeFile lattice = read_lattice_file(line.value("--lattice"));
    if (lattice.voxels_inside != points) {
      throw InputError(line.value("--lattice"),
                       std::to_string(lattice.voxels_inside) + " voxels are inside, the data have " +
                           std::to_string(points));
    }
    return region_of_lattice(lattice.dims, lattice.inside);
  }
  const fs::path file = line.value("--triangles");
  const IntegerCsv table = read_integer_csv(file, 3, 0, std::numeric_limits<int>::max());
  std::vector<std::array<int, 3>> triangles;
  for (std::size_t i = 0; i + 2 < table.values.size(); i += 3) {
    triangles.push_back({table.values[i], table.values[i + 1], table.values[i + 2]});
  }
  if (triangles.empty()) throw InputError(file, "there are no triangles");
  auto made = region_of_triangles(points, triangles);
  if (const auto* fault = std::get_if<SurfaceFault>(&made))
    throw InputError(file, table.lines[fault->triangle], fault->reason);
  return std::get<SearchRegion>(std::move(made));
}

std::vector<std::uint8_t> mask_of(const CommandLine& line, int points) {
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(points), 1);
  if (!line.has("--mask")) return mask;
  const IntegerCsv table = read_integer_csv(line.value("--mask"), 1, 0, 1);
  if (table.values.size() != mask.size()) {
    throw InputError(
        table.file,
        std::to_string(table.values.size()) + " rows, the data have " + std::to_string(points) + " points");
  }
  mask.assign(table.values.begin(), table.values.end());
  if (std::accumulate(mask.begin(), mask.end(), 0) == 0) throw InputError(table.file, "the mask is empty");
  return mask;
}

std::vector<int> rows_of(const CommandLine& line, const NumericCsv& design, int data_rows) {
  const auto subjects = static_cast<std::size_t>(design.values.rows());
  std::vector<int> rows(subjects);
  std::iota(rows.begin(), rows.end(), 0);
  if (!line.has("--rows")) {
    if (static_cast<int>(subjects) == data_rows) return rows;
    throw InputError(design.file,
                     std::to_string(subjects) + " rows, the data have " + std::to_string(data_rows) +
                         "; name those to use by --rows");
  }
  const IntegerCsv table = read_integer_csv(line.value("--rows"), 1, 0, data_rows - 1);
  if (table.values.size() != subjects) {
    throw InputError(
        table.file,
        std::to_string(table.values.size()) + " rows, the design has " + std::to_string(subjects));
  }
  std::vector<int> used(static_cast<std::size_t>(data_rows), 0);
  for (std::size_t i = 0; i < subjects; ++i) {
    if (used[static_cast<std::size_t>(table.values[i])]++ != 0) {
      throw InputError(
          table.file, table.lines[i], "data row " + std::to_string(table.values[i]) + " is named twice");
    }
  }
  return table.values;
}

LinearModel model_of(const CommandLine& line, const NumericCsv& design, const Eigen::VectorXd& contrast) {
  LinearModel model(design.values);
  if (const auto column = model.dependent_column(); column && !line.has("--allow-collinear")) {
    const auto c = static_cast<std::size_t>(*column);
    const std::string name = c < design.header.size() ? " (" + design.header[c] + ")" : "";
    throw InputError(design.file,
                     design.lines.empty() ? 1 : design.lines.front(),
                     "column " + std::to_string(c + 1) + name +
                         ": the design is collinear, the column follows from those before it");
  }
  if (!model.is_estimable(contrast)) {
    throw InputError(design.file, "the contrast cannot be estimated, the design is collinear in it");
  }
  if (model.df() < 1.0) {
    throw InputError(design.file,
                     std::to_string(model.subjects()) + " subjects leave no degrees of freedom for " +
                         std::to_string(model.rank()) + " columns");
  }
  return model;
}

int run(const CommandLine& line, std::ostream& out, std::ostream& errors) {
  for (const char* needed : {"--data", "--data-shape", "--design", "--contrast", "--out"}) {
    if (!line.has(needed)) throw UsageError(std::string(needed) + " is missing");
  }
  if (line.has("--triangles") == line.has("--lattice"))
    throw UsageError("give one of --triangles and --lattice");
  const InferenceOptions options{.cluster_forming = forming_of(line)};
  TerminalProgress progress(errors,
                            line.has("--quiet")      ? TerminalProgress::Wish::quiet
                            : line.has("--progress") ? TerminalProgress::Wish::always
                                                     : TerminalProgress::Wish::automatic);
  progress.stage("reading");
  const NumericCsv design = read_numeric_csv(line.value("--design"));
  if (design.values.rows() == 0) throw InputError(design.file, "there are no subjects");
  const Eigen::VectorXd contrast = contrast_of(line.value("--contrast"), design.values.cols());
  const LinearModel model = model_of(line, design, contrast);
  FieldFile file = read_field_file(line.value("--data"), line.value("--data-shape"));
  const std::vector<int> rows = rows_of(line, design, file.rows);
  const SearchRegion region = region_of(line, file.points);
  SpmResult result{.is_lattice = line.has("--lattice"),
                   .cluster_threshold_in = line.value("--cluster-t", line.value("--cluster-p", "0.001")),
                   .df = model.df(),
                   .mask = mask_of(line, file.points),
                   .contrast = {},
                   .roughness = {},
                   .inference = {},
                   .dimensions = region.dimensions};
  progress.stage("linear model");
  const FieldData data{.subjects = file.rows, .points = file.points, .values = std::move(file.values)};
  const FieldFit fit = fit_field(model, data, rows, region);
  for (std::size_t p = 0; p < result.mask.size(); ++p) {
    if (result.mask[p] == 0 || fit.usable[p] != 0) continue;
    result.mask[p] = 0;
    ++(std::isnan(fit.sse[p]) ? result.not_finite : result.zero_variance);
  }
  if (std::accumulate(result.mask.begin(), result.mask.end(), 0) == 0) {
    throw NotTestable("no point of the mask varies and is a number in all subjects");
  }
  result.contrast = test_contrast(model, fit, contrast);
  progress.stage("random field");
  result.roughness = measure_roughness(region, fit.edge_roughness, result.mask);
  result.inference = infer_map(region, result.roughness, result.contrast.t, model.df(), result.mask, options);
  progress.stage("writing");
  write_spm_tables(result, line.value("--out"));
  progress.finish();
  if (result.not_finite + result.zero_variance > 0 && !line.has("--quiet")) {
    out << result.not_finite << " points that are not numbers and " << result.zero_variance
        << " points without variance left the mask\n";
  }
  return status_done;
}

}  // namespace

int spm_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  const CommandLineRules rules{.flags = {"--allow-collinear", "--quiet", "--progress"},
                               .values = {"--triangles",
                                          "--lattice",
                                          "--data",
                                          "--data-shape",
                                          "--design",
                                          "--contrast",
                                          "--rows",
                                          "--mask",
                                          "--cluster-p",
                                          "--cluster-t",
                                          "--out"},
                               .repeatable_values = {},
                               .positionals = 0};
  try {
    const CommandLine line = parse_command_line(args, rules);
    if (line.has("--help")) {
      out << usage;
      return status_done;
    }
    return run(line, out, errors);
  } catch (const UsageError& error) {
    errors << "focalhip spm: " << error.what() << "\nTry 'focalhip spm --help'.\n";
    return status_usage;
  } catch (const InputError& error) {
    errors << "focalhip spm: " << error.what() << '\n';
    return status_usage;
  } catch (const NotTestable& error) {
    errors << "focalhip spm: refused: " << error.what() << '\n';
    return status_refused;
  } catch (const std::exception& error) {
    errors << "focalhip spm: " << error.what() << '\n';
    return status_failed;
  }
}

}  // namespace focalhip
