#include "listener/association/association_folder.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>

#include "listener/support/durable_file.h"
#include "listener/support/fault_points.h"
#include "listener/support/file_lock.h"

namespace focalhip {

namespace {
[[noreturn]] void fail(const char* action, const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), std::string(action) + " " + path.string());
}
}  // namespace

AssociationFolder::AssociationFolder(SpoolLayout spool, std::string id, AssociationRecord record)
    : spool_(std::move(spool)), id_(std::move(id)), record_(std::move(record)) {}

// Made in incoming/ and renamed: nobody sees the folder without its lock being held.
void AssociationFolder::create_if_needed() {
  if (folder_) return;
  const std::filesystem::path making = spool_.association_in_the_making(id_);
  const std::filesystem::path final = spool_.association(id_);
  create_folders_durably(making);
  const std::filesystem::path lock_file = making / receiver_lock_name;
  UniqueFd lock_fd(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!lock_fd) fail("creating", lock_file);
  lock(lock_fd);
  fault_point("receiver_folder_locked");
  write_association_record(making, record_);
  fault_point("receiver_folder_recorded");
  rename_durably(making, final);
  fault_point("receiver_folder_renamed");
  UniqueFd folder_fd(::open(final.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_fd) fail("opening", final);
  lock_ = std::move(lock_fd);
  folder_ = std::move(folder_fd);
}

void AssociationFolder::take(ObjectFile& object, int number, const std::string& sop_instance_uid) {
  fault_point("receiver_synced");
  create_if_needed();
  const std::filesystem::path target = spool_.association(id_) / object_file_name(number, sop_instance_uid);
  fault_point("receiver_before_rename");
  if (::rename(object.path().c_str(), target.c_str()) != 0) fail("renaming to", target);
  object.keep();
  fault_point("receiver_after_rename");
  // The name in incoming/ may come back after a power cut; it is swept there and nothing was promised for it.
  if (::fsync(folder_.value()) != 0) fail("fsync of", spool_.association(id_));
}

void AssociationFolder::finish(const AssociationEnding& ending) {
  if (folder_) write_association_ending(spool_.association(id_), ending, FaultPoint("receiver_in_ended"));
}

}  // namespace focalhip
