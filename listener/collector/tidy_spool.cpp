#include "listener/collector/tidy_spool.h"

#include <sys/stat.h>

#include "listener/spool/association_record.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr UtcMs decoded_kept_ms = 3'600'000;

UtcMs changed_ms(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return static_cast<UtcMs>(status.st_mtim.tv_sec) * 1000;
}

// What a process that died between write and rename has left; a living one renames at once.
constexpr UtcMs temporary_for_ms = 60'000;

int remove_older(const fs::path& folder, UtcMs before_ms, std::string_view extension = {}) {
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!extension.empty() && entry->path().extension() != extension) continue;
    if (changed_ms(entry->path()) < before_ms) old.push_back(entry->path());
  }
  std::error_code ignored;  // tried again next time
  for (const fs::path& path : old) fs::remove_all(path, ignored);
  return static_cast<int>(old.size());
}

int remove_empty_associations(const SpoolLayout& spool, UtcMs before_ms) {
  int removed = 0;
  for (const fs::path& folder : list_association_folders(spool)) {
    if (changed_ms(folder) >= before_ms) continue;
    const ReceivedAssociation association = read_association(folder);
    if (!association.ending || !association.objects.empty()) continue;
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    fault_point("collector_in_tidy");
    ++removed;
  }
  return removed;
}

}  // namespace

int tidy_spool(const SpoolLayout& spool, const RetentionSettings& retention, UtcMs now_ms) {
  const auto before = [now_ms](std::chrono::hours kept) {
    return now_ms - std::chrono::milliseconds(kept).count();
  };
  remove_older(spool.decoded(), now_ms - decoded_kept_ms);  // a cache: not counted
  return remove_empty_associations(spool, before(retention.received)) +
         remove_older(spool.commitments(), before(retention.received)) +
         remove_older(spool.commitments(), now_ms - temporary_for_ms, ".tmp") +
         remove_older(spool.retiring(), now_ms - temporary_for_ms, ".tmp") +
         remove_older(spool.quarantine(), before(retention.results));
}

}  // namespace focalhip
