#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "listener/spool/spool_layout.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

// One N-EVENT-REPORT of the storage commitment push model that arrived at the receiver: a peer's answer to a
// request of a courier. One file spool/<node>/commitments/<utc ms>-<pid>-<random>.json; whoever has acted on
// it removes the file.
struct CommitmentReport {
  struct Failure {
    std::string sop_instance_uid;
    int reason = 0;  // (0008,1197)
  };
  std::string calling_ae_title;
  std::string transaction_uid;
  UtcMs received_ms = 0;
  std::vector<std::string> committed;  // SOP Instance UIDs
  std::vector<Failure> failed;
};

void write_commitment_report(const SpoolLayout& spool, const CommitmentReport& report);  // durable
[[nodiscard]] std::vector<std::filesystem::path> list_commitment_reports(const SpoolLayout& spool);
[[nodiscard]] std::optional<CommitmentReport> read_commitment_report(const std::filesystem::path& file);

}  // namespace focalhip
