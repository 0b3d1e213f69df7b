#include "tests/integration/node_audit.h"

#include <set>
#include <variant>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include "listener/outbox/outbox.h"
#include "listener/spool/association_record.h"
#include "listener/spool/scanned_instance.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder, absent)) entries.push_back(entry.path());
  return entries;
}

std::vector<SpoolLayout> spools_in(const fs::path& data_folder) {
  std::vector<SpoolLayout> spools;
  for (const fs::path& node : entries_of(data_folder / "spool")) spools.push_back({.root = node});
  return spools;
}

std::string problem_of_slice(const fs::path& file) {
  const auto scanned = scan_instance(file, {});
  if (const auto* problem = std::get_if<ScanProblem>(&scanned)) return problem->detail;
  const auto& slice = std::get<ScannedInstance>(scanned);
  const auto pixels = static_cast<std::uint64_t>(slice.rows.value_or(0)) *
                      static_cast<std::uint64_t>(slice.columns.value_or(0)) *
                      static_cast<std::uint64_t>(slice.number_of_frames.value_or(1));
  if (!slice.encapsulated && slice.pixel_bytes != 2 * pixels) return "pixels are missing";
  return {};
}

void audit_spool(const SpoolLayout& spool, std::vector<std::string>& findings) {
  for (const fs::path& folder : list_association_folders(spool)) {
    for (const ReceivedObject& object : read_association(folder).objects) {
      const std::string problem = problem_of_slice(object.file);
      if (!problem.empty()) findings.push_back(object.file.string() + ": " + problem);
    }
  }
  for (const fs::path& folder : entries_of(spool.quarantine())) {
    for (const char* file : {"why.json", "object.dcm"})
      if (!fs::exists(folder / file)) findings.push_back(folder.string() + ": no " + file);
  }
}

void audit_outbox(const fs::path& folder, std::vector<std::string>& findings) {
  try {
    for (const OutboxObject& object : read_outbox_manifest(folder))
      static_cast<void>(read_outbox_object(folder, object));
  } catch (const std::exception& error) {
    findings.push_back(folder.string() + ": " + error.what());
  }
}

bool is_temporary(const fs::path& path) {
  return path.extension() == ".tmp" || path.filename().string().starts_with(".tmp-") ||
         path.extension().string().starts_with(".part");
}

}  // namespace

std::vector<std::string> half_written_in(const fs::path& data_folder) {
  std::vector<std::string> findings;
  for (const SpoolLayout& spool : spools_in(data_folder)) audit_spool(spool, findings);
  for (const fs::path& job : entries_of(data_folder / "outbox")) {
    if (is_temporary(job)) continue;
    for (const fs::path& attempt : entries_of(job)) audit_outbox(attempt, findings);
  }
  return findings;
}

std::vector<std::string> half_written_at(const fs::path& sink) {
  std::vector<std::string> findings;
  for (const fs::path& file : entries_of(sink)) {
    DcmFileFormat format;
    OFCondition loaded = format.loadFile(file.c_str());
    if (loaded.good()) loaded = format.loadAllDataIntoMemory();
    if (loaded.bad()) findings.push_back(file.string() + ": " + loaded.text());
  }
  return findings;
}

std::vector<fs::path> orphans_in(const fs::path& data_folder, JobStore& store) {
  std::vector<fs::path> orphans;
  for (const SpoolLayout& spool : spools_in(data_folder)) {
    for (const fs::path& folder : entries_of(spool.incoming()))
      if (fs::is_directory(folder)) orphans.push_back(folder);
    for (const auto& entry : fs::recursive_directory_iterator(spool.root))
      if (is_temporary(entry.path())) orphans.push_back(entry.path());
  }
  const std::vector<std::string> live = store.live_outbox_folders();
  const std::set<std::string> named(live.begin(), live.end());
  for (const fs::path& job : entries_of(data_folder / "outbox")) {
    if (is_temporary(job)) {
      orphans.push_back(job);
      continue;
    }
    for (const fs::path& attempt : entries_of(job))
      if (!named.contains(attempt.lexically_relative(data_folder).string())) orphans.push_back(attempt);
  }
  return orphans;
}

bool outbox_is_empty(const fs::path& data_folder) {
  for (const fs::path& job : entries_of(data_folder / "outbox"))
    if (!entries_of(job).empty()) return false;
  return true;
}

std::size_t instances_in_spool(const fs::path& data_folder) {
  std::set<std::string> instances;
  for (const SpoolLayout& spool : spools_in(data_folder)) {
    for (const fs::path& folder : list_association_folders(spool))
      for (const ReceivedObject& object : read_association(folder).objects) instances.insert(object.digest16);
  }
  return instances.size();
}

}  // namespace focalhip
