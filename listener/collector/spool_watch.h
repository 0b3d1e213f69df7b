#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "listener/spool/association_record.h"

namespace focalhip {

// What one association brought since it was last looked at.
struct SpoolNews {
  std::string association;  // "<node>/<id>", the same over restarts
  std::string calling_ae_title;
  std::vector<ReceivedObject> objects;      // not told before, in the order of their arrival
  std::optional<AssociationEnding> ending;  // told once; nothing follows it
};

// Looks for new objects below data_folder/spool/*/associations, of all nodes that share the spool. Asks the
// time of the last change of each open folder and lists only what has changed: a look at a quiet spool costs
// one stat per open association. (inotify would not see what another machine writes, and its watches are
// limited per user.)
class SpoolWatch {
 public:
  explicit SpoolWatch(std::filesystem::path spool_root) : spool_root_(std::move(spool_root)) {}

  // Oldest association first. The first call tells the whole spool. `now_ms`: wall clock, compared with the
  // times of the file system. Throws std::system_error on I/O errors.
  [[nodiscard]] std::vector<SpoolNews> look(UtcMs now_ms);

 private:
  struct Known {
    std::filesystem::path folder;
    std::string calling_ae_title;
    std::set<int> told;  // numbers of objects
  };
  [[nodiscard]] bool unchanged(const std::filesystem::path& folder, UtcMs now_ms);
  void find_associations(UtcMs now_ms);
  [[nodiscard]] std::optional<SpoolNews> news_of(const std::string& association, Known& known);

  std::filesystem::path spool_root_;
  std::map<std::string, Known> open_;       // by id, then node: in the order of time
  std::set<std::string> closed_;            // same keys; nothing can come any more
  std::map<std::string, UtcMs> listed_at_;  // folder -> time of change that is completely listed
  UtcMs listed_all_ms_ = 0;
};

// Writes ended.json ("lost") for associations of this node whose receiver is gone. Every node does it for its
// own.
class LostAssociations {
 public:
  explicit LostAssociations(SpoolLayout own) : own_(std::move(own)) {}
  // Returns how many were found.
  int end_them(UtcMs now_ms);

 private:
  SpoolLayout own_;
  std::set<std::string> ended_;
};

}  // namespace focalhip
