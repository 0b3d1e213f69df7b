#include "listener/outbox/outbox.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "listener/support/digest.h"
#include "listener/support/durable_file.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr const char* root_name = "outbox";
constexpr const char* manifest_name = "manifest.json";
constexpr const char* temporary_prefix = ".tmp-";
constexpr int format_version = 1;
constexpr std::uintmax_t most_object_bytes = 1ULL << 30U;

// A file of the folder itself: no separators, not hidden, nothing a shell or a terminal would trip over.
bool is_plain_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '.' && name != manifest_name &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::string manifest_text(const std::vector<EncodedObject>& objects) {
  nlohmann::json list = nlohmann::json::array();
  for (const EncodedObject& object : objects) {
    list.push_back({{"part", object.part},
                    {"file_name", object.file_name},
                    {"sop_class_uid", object.sop_class_uid},
                    {"sop_instance_uid", object.sop_instance_uid},
                    {"alternative", object.alternative},
                    {"companions", object.companions},
                    {"bytes", object.bytes.size()},
                    {"sha256", sha256_hex(object.bytes)}});
  }
  return nlohmann::json{{"version", format_version}, {"objects", list}}.dump(1) + "\n";
}

void write_folder(const fs::path& folder, const std::vector<EncodedObject>& objects) {
  for (const EncodedObject& object : objects) {
    if (!is_plain_name(object.file_name))
      throw std::runtime_error("outbox: '" + object.file_name + "' is no file name");
    write_new_file_synced(folder / object.file_name, object.bytes);
    fault_point("worker_in_outbox_objects");
  }
  fault_point("worker_before_manifest");
  write_new_file_synced(folder / manifest_name, manifest_text(objects));
  sync_folder(folder);
}

// `from` takes the place of `to`; what stood there stands in `from` afterwards.
void exchange_durably(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) != 0) {
    throw std::system_error(errno, std::generic_category(), "replacing " + to.string());
  }
  sync_folder(to.parent_path());
  sync_folder(from.parent_path());
}

// Entries of a folder; an absent folder has none.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code absent;
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, absent))
    entries.push_back(entry.path());
  return entries;
}

bool changed_after(const fs::path& path, fs::file_time_type time) {
  std::error_code gone;
  const fs::file_time_type changed = fs::last_write_time(path, gone);
  return !gone && changed > time;
}

}  // namespace

std::string outbox_folder_name(std::int64_t job_id, int attempt) {
  return std::string(root_name) + "/" + std::to_string(job_id) + "/" + std::to_string(attempt);
}

std::string write_outbox(const fs::path& data_folder,
                         std::int64_t job_id,
                         int attempt,
                         const std::vector<EncodedObject>& objects) {
  const std::string name = outbox_folder_name(job_id, attempt);
  const fs::path target = data_folder / name;
  const fs::path temporary = data_folder / root_name /
                             (temporary_prefix + std::to_string(job_id) + "-" + std::to_string(attempt) +
                              "-" + std::to_string(::getpid()));
  create_folders_durably(data_folder / root_name);
  fs::remove_all(temporary);
  create_folders_durably(temporary);
  fault_point("worker_outbox_folder");
  write_folder(temporary, objects);
  fault_point("worker_in_outbox");
  create_folders_durably(target.parent_path());
  if (fs::exists(target)) {
    exchange_durably(temporary, target);
    fault_point("worker_outbox_exchanged");
    fs::remove_all(temporary);
  } else {
    rename_durably(temporary, target);
  }
  return name;
}

std::vector<OutboxObject> read_outbox_manifest(const fs::path& folder) {
  const auto refuse = [&](const std::string& why) {
    throw std::runtime_error("outbox folder " + folder.filename().string() + ": " + why);
  };
  std::vector<OutboxObject> objects;
  try {
    const nlohmann::json manifest = nlohmann::json::parse(read_small_file(folder / manifest_name));
    if (manifest.at("version").get<int>() != format_version) refuse("manifest of another version");
    for (const nlohmann::json& entry : manifest.at("objects")) {
      objects.push_back({.part = entry.at("part").get<std::string>(),
                         .file_name = entry.at("file_name").get<std::string>(),
                         .sop_class_uid = entry.at("sop_class_uid").get<std::string>(),
                         .sop_instance_uid = entry.at("sop_instance_uid").get<std::string>(),
                         .sha256 = entry.at("sha256").get<std::string>(),
                         .alternative = entry.at("alternative").get<int>(),
                         .companions = entry.at("companions").get<std::vector<std::string>>()});
      if (!is_plain_name(objects.back().file_name)) refuse("manifest names a file outside the folder");
    }
  } catch (const nlohmann::json::exception&) {
    refuse("manifest is damaged");
  }
  return objects;
}

std::string read_outbox_object(const fs::path& folder, const OutboxObject& object) {
  std::string bytes = read_small_file(folder / object.file_name, most_object_bytes);
  if (sha256_hex(bytes) != object.sha256) {
    throw std::runtime_error("outbox: " + object.file_name + " differs from its manifest");
  }
  return bytes;
}

void sweep_outbox(const fs::path& data_folder,
                  const std::vector<std::string>& live,
                  std::chrono::seconds spared) {
  const std::set<std::string> kept(live.begin(), live.end());
  const fs::file_time_type old_enough = fs::file_time_type::clock::now() - spared;
  for (const fs::path& of_job : entries_of(data_folder / root_name)) {
    const bool recent = changed_after(of_job, old_enough);  // asked first: removing what is in it changes it
    if (of_job.filename().string().starts_with(temporary_prefix)) {
      if (!recent) fs::remove_all(of_job);
      continue;
    }
    for (const fs::path& of_attempt : entries_of(of_job)) {
      const std::string name = of_attempt.lexically_relative(data_folder).generic_string();
      if (!kept.contains(name) && !changed_after(of_attempt, old_enough)) {
        fs::remove_all(of_attempt);
        fault_point("collector_in_outbox_sweep");
      }
    }
    std::error_code not_empty;  // a job with live attempts keeps its folder
    if (!recent) fs::remove(of_job, not_empty);
  }
}

}  // namespace focalhip
