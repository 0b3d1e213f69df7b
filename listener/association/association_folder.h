#pragma once

#include <filesystem>
#include <string>

#include "listener/association/object_file.h"
#include "listener/spool/association_record.h"
#include "listener/spool/spool_layout.h"
#include "listener/support/unique_fd.h"

namespace focalhip {

// The receiver's own folder in the spool. It appears with the first object that is kept or refused, so that
// an association that only asked C-ECHO leaves nothing behind. Throws std::system_error.
class AssociationFolder {
 public:
  AssociationFolder(SpoolLayout spool, std::string id, AssociationRecord record);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] std::filesystem::path part(int number) const { return spool_.part(id_, number); }
  // Durable: association.json, the lock, the folder itself.
  void create_if_needed();
  // Moves a synced object file into the folder; durable when it returns.
  void take(ObjectFile& object, int number, const std::string& sop_instance_uid);
  // ended.json, if there is a folder.
  void finish(const AssociationEnding& ending);

 private:
  SpoolLayout spool_;
  std::string id_;
  AssociationRecord record_;
  UniqueFd lock_;
  UniqueFd folder_;  // open for fsync
};

}  // namespace focalhip
