#include "listener/collector/spool_watch.h"

#include <algorithm>
#include <exception>
#include <system_error>

#include <sys/stat.h>

#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

// Times of change closer to now than this may be followed by another change with the same time stamp.
constexpr UtcMs settled_after_ms = 1000;
// Folders are listed at least this often whatever their times say (clocks of file servers).
constexpr UtcMs list_all_every_ms = 10000;

// 0: the folder is not there.
UtcMs changed_ms(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return 0;
  return static_cast<UtcMs>(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000;
}

std::vector<fs::path> node_folders(const fs::path& spool_root) {
  std::vector<fs::path> nodes;
  std::error_code error;
  for (fs::directory_iterator entry(spool_root, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory()) nodes.push_back(entry->path());
  }
  return nodes;
}

// Sorts by time of start over all nodes.
std::string key_of(const fs::path& folder, const fs::path& node) {
  return folder.filename().string() + " " + node.filename().string();
}
std::string association_of(const std::string& key) {
  const std::size_t space = key.find(' ');
  return key.substr(space + 1) + "/" + key.substr(0, space);
}

}  // namespace

std::vector<SpoolNews> SpoolWatch::look(UtcMs now_ms) {
  if (now_ms - listed_all_ms_ >= list_all_every_ms || now_ms < listed_all_ms_) {
    listed_at_.clear();
    listed_all_ms_ = now_ms;
  }
  find_associations(now_ms);
  std::vector<SpoolNews> all;
  std::exception_ptr error;
  for (auto known = open_.begin(); known != open_.end();) {
    bool ended = false;
    try {
      if (!unchanged(known->second.folder, now_ms)) {
        std::optional<SpoolNews> news = news_of(association_of(known->first), known->second);
        ended = news && news->ending;
        if (news) all.push_back(std::move(*news));
      }
    } catch (
        const std::system_error&) {  // what was told of the others must not be lost; this one is read again
      listed_at_.erase(known->second.folder.string());
      error = std::current_exception();
    }
    if (ended) {
      listed_at_.erase(known->second.folder.string());
      closed_.insert(known->first);
    }
    known = ended ? open_.erase(known) : std::next(known);
  }
  if (all.empty() && error) std::rethrow_exception(error);
  return all;
}

bool SpoolWatch::unchanged(const fs::path& folder, UtcMs now_ms) {
  const UtcMs changed = changed_ms(folder);
  const auto listed = listed_at_.find(folder.string());
  if (listed != listed_at_.end() && listed->second == changed) return true;
  // The caller lists it now; that is final only when the time stamp cannot be given out again.
  if (now_ms - changed > settled_after_ms) listed_at_[folder.string()] = changed;
  return false;
}

void SpoolWatch::find_associations(UtcMs now_ms) {
  for (const fs::path& node : node_folders(spool_root_)) {
    const SpoolLayout layout{.root = node};
    if (unchanged(layout.associations(), now_ms)) continue;
    std::set<std::string> still_closed;
    for (const fs::path& folder : list_association_folders(layout)) {
      const std::string key = key_of(folder, node);
      if (closed_.contains(key)) {
        still_closed.insert(key);
      } else {
        open_.try_emplace(key, Known{folder, {}, {}});
      }
    }
    // Folders that retention has removed are forgotten here, too.
    const std::string of_node = " " + node.filename().string();
    std::erase_if(closed_, [&](const std::string& key) {
      return key.ends_with(of_node) && !still_closed.contains(key);
    });
  }
}

std::optional<SpoolNews> SpoolWatch::news_of(const std::string& association, Known& known) {
  ReceivedAssociation received = read_association(known.folder);
  if (received.record) known.calling_ae_title = received.record->calling_ae_title;
  SpoolNews news{association, known.calling_ae_title, {}, received.ending};
  for (ReceivedObject& object : received.objects) {
    if (known.told.insert(object.number).second) news.objects.push_back(std::move(object));
  }
  if (news.objects.empty() && !news.ending) return std::nullopt;
  return news;
}

int LostAssociations::end_them(UtcMs now_ms) {
  int lost = 0;
  std::set<std::string> ended;  // folders that are gone drop out
  for (const fs::path& folder : list_association_folders(own_)) {
    const std::string id = folder.filename().string();
    if (ended_.contains(id)) {
      ended.insert(id);
      continue;
    }
    // Alive is asked first: a receiver that ends in between has written how.
    const bool alive = receiver_is_alive(folder);
    const ReceivedAssociation received = read_association(folder);
    if (received.ending) {
      ended.insert(id);
    } else if (!alive) {
      AssociationEnding ending;
      ending.ended_ms = now_ms;
      ending.stored = static_cast<int>(received.objects.size());
      ending.detail = "its receiver is gone";
      write_association_ending(folder, ending, FaultPoint("collector_in_lost_ending"));
      fault_point("collector_after_lost_ending");
      ended.insert(id);
      ++lost;
    }
  }
  ended_ = std::move(ended);
  return lost;
}

}  // namespace focalhip
