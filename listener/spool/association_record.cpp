#include "listener/spool/association_record.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>

#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include "listener/support/durable_file.h"
#include "listener/support/file_lock.h"

namespace focalhip {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::array ends = {AssociationEnd::released, AssociationEnd::aborted, AssociationEnd::lost};

// Our own small files, yet read like foreign ones: anything unexpected is "absent".
std::optional<json> read_json(const fs::path& file) {
  try {
    json parsed = json::parse(read_small_file(file, 1U << 20U), nullptr, false);
    if (parsed.is_object()) return parsed;
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::no_such_file_or_directory) throw;
  }
  return std::nullopt;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

template <typename Integer>
Integer integer_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<Integer>() : Integer{0};
}

std::optional<AssociationRecord> read_record(const fs::path& file) {
  const std::optional<json> object = read_json(file);
  if (!object) return std::nullopt;
  return AssociationRecord{.calling_ae_title = text_of(*object, "calling_ae_title"),
                           .called_ae_title = text_of(*object, "called_ae_title"),
                           .address = text_of(*object, "address"),
                           .started_ms = integer_of<UtcMs>(*object, "started_utc_ms")};
}

std::set<DroppedSeries> dropped_series_of(const json& object) {
  std::set<DroppedSeries> all;
  const auto list = object.find("dropped_series");
  if (list == object.end() || !list->is_array()) return all;
  for (const json& entry : *list) {
    if (!entry.is_object() || all.size() >= most_dropped_series) continue;
    all.insert({.study_instance_uid = text_of(entry, "study"),
                .series_instance_uid = text_of(entry, "series"),
                .sop_class_uid = text_of(entry, "sop_class"),
                .series_number = integer_of<int>(entry, "number")});
  }
  return all;
}

json to_json(const std::set<DroppedSeries>& all) {
  json list = json::array();
  for (const DroppedSeries& series : all) {
    list.push_back({{"study", series.study_instance_uid},
                    {"series", series.series_instance_uid},
                    {"sop_class", series.sop_class_uid},
                    {"number", series.series_number}});
  }
  return list;
}

std::optional<AssociationEnding> read_ending(const fs::path& file) {
  const std::optional<json> object = read_json(file);
  if (!object) return std::nullopt;
  const std::string text = text_of(*object, "end");
  const auto* const end = std::find_if(
      ends.begin(), ends.end(), [&](AssociationEnd candidate) { return name(candidate) == text; });
  if (end == ends.end()) return std::nullopt;
  return AssociationEnding{.end = *end,
                           .ended_ms = integer_of<UtcMs>(*object, "ended_utc_ms"),
                           .stored = integer_of<int>(*object, "stored"),
                           .dropped = integer_of<int>(*object, "dropped"),
                           .refused = integer_of<int>(*object, "refused"),
                           .detail = text_of(*object, "detail"),
                           .dropped_series = dropped_series_of(*object)};
}

UtcMs modified_ms(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return 0;
  return static_cast<UtcMs>(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000;
}

// A dump that replaces what is not UTF-8 instead of throwing: AE titles are foreign bytes.
std::string dump(const json& object) {
  return object.dump(1, ' ', true, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string_view name(AssociationEnd end) {
  switch (end) {
    case AssociationEnd::released:
      return "released";
    case AssociationEnd::aborted:
      return "aborted";
    case AssociationEnd::lost:
      return "lost";
  }
  return "lost";
}

std::vector<fs::path> list_association_folders(const SpoolLayout& spool) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator entry(spool.associations(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_spool_id(entry->path().filename().string())) folders.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw std::system_error(error, "listing " + spool.associations().string());
  std::sort(folders.begin(), folders.end());
  return folders;
}

ReceivedAssociation read_association(const fs::path& folder) {
  ReceivedAssociation association{
      .folder = folder, .id = folder.filename().string(), .record = {}, .ending = {}, .objects = {}};
  // The ending first: what is listed after it was read is all there will be.
  association.ending = read_ending(folder / association_ending_name);
  association.record = read_record(folder / association_record_name);
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::optional<ObjectName> parsed = parse_object_file_name(entry->path().filename().string());
    if (!parsed) continue;
    association.objects.push_back({.file = entry->path(),
                                   .number = parsed->number,
                                   .digest16 = parsed->digest16,
                                   .received_ms = modified_ms(entry->path())});
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw std::system_error(error, "listing " + folder.string());
  std::sort(association.objects.begin(),
            association.objects.end(),
            [](const ReceivedObject& a, const ReceivedObject& b) { return a.number < b.number; });
  return association;
}

bool receiver_is_alive(const fs::path& folder) { return is_locked(folder / receiver_lock_name); }

void write_association_record(const fs::path& folder, const AssociationRecord& record) {
  write_file_durably(folder / association_record_name,
                     dump({{"schema", 1},
                           {"calling_ae_title", record.calling_ae_title},
                           {"called_ae_title", record.called_ae_title},
                           {"address", record.address},
                           {"started_utc_ms", record.started_ms}}),
                     FaultPoint("receiver_in_record"));
}

void write_association_ending(const fs::path& folder,
                              const AssociationEnding& ending,
                              std::optional<FaultPoint> unnamed) {
  write_file_durably(folder / association_ending_name,
                     dump({{"schema", 1},
                           {"end", name(ending.end)},
                           {"ended_utc_ms", ending.ended_ms},
                           {"stored", ending.stored},
                           {"dropped", ending.dropped},
                           {"refused", ending.refused},
                           {"detail", ending.detail},
                           {"dropped_series", to_json(ending.dropped_series)}}),
                     unnamed);
}

void sweep_incoming(const SpoolLayout& spool, std::optional<int> receiver_pid) {
  std::string pid_part;
  if (receiver_pid) pid_part.append("-").append(std::to_string(*receiver_pid)).append("-");
  std::error_code error;
  for (fs::directory_iterator entry(spool.incoming(), error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.filename().string().find(pid_part) == std::string::npos) continue;
    std::error_code ignored;  // another sweeper was faster
    if (entry->is_directory(ignored)) {
      if (!receiver_is_alive(path)) fs::remove_all(path, ignored);
    } else if (!is_locked(path)) {
      fs::remove(path, ignored);
    }
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw std::system_error(error, "listing " + spool.incoming().string());
}

}  // namespace focalhip
