#include "listener/programs/find_series.h"

#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <variant>

#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& where) {
  std::vector<fs::path> files;
  if (fs::is_regular_file(where)) return {where};
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator(where, fs::directory_options::skip_permission_denied)) {
    std::error_code error;
    if (entry.is_regular_file(error)) files.push_back(entry.path());
  }
  std::ranges::sort(files);  // the order of a folder is an accident of the disk
  return files;
}

using Scan = std::variant<ScannedInstance, ScanProblem>;

struct ScannedFiles {
  std::vector<ScannedInstance> instances;
  std::vector<ScanProblem> problems;  // of files that call themselves DICOM
};

// A result has to refer to its source; an object without identifiers cannot be referred to.
std::optional<ScanProblem> unnameable(const Scan& scan) {
  const auto* instance = std::get_if<ScannedInstance>(&scan);
  if (instance == nullptr) return std::nullopt;
  const bool is_named = !instance->sop_class_uid.empty() && !instance->sop_instance_uid.empty() &&
                        !instance->study_instance_uid.empty() && !instance->series_instance_uid.empty();
  if (is_named) return std::nullopt;
  return ScanProblem{.kind = ScanProblem::Kind::malformed,
                     .detail = "class, study, series or instance UID missing"};
}

ScannedFiles scan_all(const std::vector<fs::path>& files, int threads, const ScanListener& on_scan) {
  std::vector<Scan> scanned(files.size(), ScanProblem{});
  std::mutex telling;
  std::size_t done = 0;
  parallel_for(static_cast<int>(files.size()), threads, [&](int i) {
    const auto index = static_cast<std::size_t>(i);
    scanned[index] = scan_instance(files[index], {});
    const std::scoped_lock lock(telling);
    ++done;
    if (on_scan) on_scan(done, files.size());
  });
  ScannedFiles result;
  for (Scan& scan : scanned) {
    if (const auto problem = unnameable(scan)) scan = *problem;
    if (auto* instance = std::get_if<ScannedInstance>(&scan)) {
      result.instances.push_back(std::move(*instance));
    } else if (std::get<ScanProblem>(scan).kind != ScanProblem::Kind::not_dicom) {
      result.problems.push_back(std::get<ScanProblem>(std::move(scan)));
    }
  }
  return result;
}

NotMeasured refusal_of(const ScanProblem& problem) {
  const bool unsupported = problem.kind == ScanProblem::Kind::unsupported;
  return {unsupported ? RefusalCode::unsupported_syntax : RefusalCode::header_inconsistent, problem.detail};
}

std::string line_about(const std::vector<ScanProblem>& problems) {
  const std::string count = problems.size() == 1 ? "1 file" : std::to_string(problems.size()) + " files";
  return count + " could not be read: " + problems.front().detail;
}

std::vector<fs::path> paths_of(const std::vector<ScannedInstance>& instances) {
  std::vector<fs::path> paths;
  paths.reserve(instances.size());
  for (const ScannedInstance& instance : instances) paths.push_back(instance.file);
  return paths;
}

std::int64_t newest_change_ms(const std::vector<fs::path>& files) {
  std::int64_t newest_ms = 0;
  for (const fs::path& file : files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) continue;
    newest_ms =
        std::max(newest_ms, std::int64_t{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000);
  }
  return newest_ms;
}

NotMeasured why_no_volume(const StudyVolumes& volumes) {
  const bool any_localizer = std::ranges::any_of(volumes.ignored, [](const std::string& line) {
    return line.ends_with("localizer") || line.ends_with("not axial");
  });
  if (any_localizer) return {RefusalCode::not_axial, "only localizers and images that are not axial"};
  return {RefusalCode::no_images, "no CT image among the objects"};
}

}  // namespace

FoundSeries find_series(const fs::path& where, int threads, const ScanListener& on_scan) {
  FoundSeries found;
  const std::vector<fs::path> files = files_below(where);
  const auto [instances, problems] = scan_all(files, threads, on_scan);
  StudyVolumes volumes = group_volumes(instances);
  found.files = files.size();
  found.dicom_objects = instances.size();
  found.work.other_series = volumes.other_series();
  found.work.other_series.insert(
      found.work.other_series.end(), volumes.ignored.begin(), volumes.ignored.end());
  if (!problems.empty()) found.work.other_series.push_back(line_about(problems));
  if (instances.empty() && !problems.empty()) found.unreadable = refusal_of(problems.front());
  if (volumes.candidates.empty()) {
    found.work.files = paths_of(instances);
    found.work.refusal = why_no_volume(volumes);
  } else {
    found.work.volume = std::move(volumes.candidates.front());
    found.work.files = found.work.volume->files();
  }
  found.newest_file_ms = newest_change_ms(found.work.files);
  return found;
}

}  // namespace focalhip
