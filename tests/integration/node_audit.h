#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "listener/jobs/job_store.h"

namespace focalhip {

// What a node has left on its disk, looked at from outside while it is stopped. Each entry is one finding in
// words; an empty list is what the tests want.

// Objects in spool, quarantine and outbox that are not whole: unreadable, pixels missing, other bytes than
// the manifest says, quarantined without reason.
[[nodiscard]] std::vector<std::string> half_written_in(const std::filesystem::path& data_folder);

// Files at the destination that are no complete DICOM objects.
[[nodiscard]] std::vector<std::string> half_written_at(const std::filesystem::path& sink);

// What nobody needs any more: temporary files and folders, parts of objects, outbox folders the store does
// not name.
[[nodiscard]] std::vector<std::filesystem::path> orphans_in(const std::filesystem::path& data_folder,
                                                            JobStore& store);

// No results, finished or temporary. (Empty folders of jobs wait for the next clean-up.)
[[nodiscard]] bool outbox_is_empty(const std::filesystem::path& data_folder);

// Different SOP instances received and kept in the spool.
[[nodiscard]] std::size_t instances_in_spool(const std::filesystem::path& data_folder);

}  // namespace focalhip
