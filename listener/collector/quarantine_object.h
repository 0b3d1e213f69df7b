#pragma once

#include <filesystem>
#include <string>

#include "listener/spool/spool_layout.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

struct QuarantineReason {
  std::string word;    // part of the folder's name: "malformed", "other-pixels"
  std::string detail;  // in words without patient data
};

// "<digest16 of its bytes>-<word>", below quarantine/. Throws std::system_error.
[[nodiscard]] std::string quarantine_folder_name(const std::filesystem::path& file,
                                                 const QuarantineReason& reason);

// Moves a received object to its quarantine folder, why.json beside it (written first: an object in
// quarantine is never without its reason). The same bytes again replace what is there. Returns the folder.
// Throws std::system_error.
std::filesystem::path quarantine_object(const SpoolLayout& spool,
                                        const std::filesystem::path& file,
                                        const QuarantineReason& reason,
                                        UtcMs now_ms);

}  // namespace focalhip
