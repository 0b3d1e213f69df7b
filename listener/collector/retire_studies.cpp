#include "listener/collector/retire_studies.h"

#include <set>
#include <system_error>

#include <nlohmann/json.hpp>

#include "listener/spool/association_record.h"
#include "listener/support/digest.h"
#include "listener/support/durable_file.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t longest_list_bytes = 64U << 20U;

void remove_association_if_empty(const fs::path& folder) {
  const ReceivedAssociation association = read_association(folder);
  if (!association.ending || !association.objects.empty()) return;
  std::error_code ignored;  // removed next time
  fs::remove_all(folder, ignored);
}

// Every line is a file below data_folder; anything else in the list (a damaged file) is left alone.
void remove_listed(const fs::path& data_folder, const fs::path& list) {
  const nlohmann::json files =
      nlohmann::json::parse(read_small_file(list, longest_list_bytes), nullptr, false);
  std::set<fs::path> associations;
  if (files.is_array()) {
    for (const nlohmann::json& file : files) {
      if (!file.is_string()) continue;
      const fs::path relative = fs::path(file.get<std::string>()).lexically_normal();
      if (relative.is_absolute() || relative.empty() || *relative.begin() != "spool") continue;
      std::error_code ignored;  // gone already
      fs::remove(data_folder / relative, ignored);
      fault_point("collector_in_retirement");
      associations.insert((data_folder / relative).parent_path());
    }
  }
  for (const fs::path& folder : associations) remove_association_if_empty(folder);
  fault_point("collector_before_list_removed");
  fs::remove(list);
  fault_point("collector_after_retirement");
}

}  // namespace

void retire_study(const fs::path& data_folder,
                  const SpoolLayout& spool,
                  const std::string& study_instance_uid,
                  const std::vector<fs::path>& files) {
  nlohmann::json lines = nlohmann::json::array();
  for (const fs::path& file : files) lines.push_back(file.lexically_relative(data_folder).string());
  create_folders_durably(spool.retiring());
  const fs::path list = spool.retiring() / (sha256_hex(study_instance_uid).substr(0, 16) + ".json");
  write_file_durably(list, lines.dump(), FaultPoint("collector_in_retiring_list"));
  fault_point("collector_after_retiring_list");
  remove_listed(data_folder, list);
}

int complete_retirements(const fs::path& data_folder) {
  int completed = 0;
  std::error_code error;
  for (fs::directory_iterator node(data_folder / "spool", error), end; !error && node != end;
       node.increment(error)) {
    std::vector<fs::path> lists;
    std::error_code missing;
    for (fs::directory_iterator entry(SpoolLayout{.root = node->path()}.retiring(), missing), last;
         !missing && entry != last;
         entry.increment(missing)) {
      if (entry->path().extension() == ".json") lists.push_back(entry->path());
    }
    for (const fs::path& list : lists) remove_listed(data_folder, list);
    completed += static_cast<int>(lists.size());
  }
  return completed;
}

}  // namespace focalhip
