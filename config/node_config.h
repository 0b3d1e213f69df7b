#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/pipeline.h"

namespace focalhip {

// [node]
struct NodeSettings {
  std::string ae_title = "FOCALHIP";
  std::string bind = "127.0.0.1";
  std::uint16_t port = 11112;  // 0 = any free port (printed in the ready line)
  std::filesystem::path data_folder = "/var/lib/focalhip";
  std::string name = "node1";               // spool/<name>; [a-z0-9-], one per listener
  std::vector<std::string> called_aliases;  // further called AE titles that are accepted
};

// [series]
struct SeriesSettings {
  std::chrono::seconds quiet{30};  // a study without new objects for this long is complete
  // An association was released and the best volume is geometrically complete: wait only this long.
  std::chrono::seconds complete_quiet{2};
};

enum class SecondaryCapture { multiframe, single, both };

// [[destination]]: somewhere results can be sent.
struct Destination {
  std::string name;
  std::string ae_title;
  std::string host;
  std::uint16_t port = 104;
  SecondaryCapture secondary_capture = SecondaryCapture::multiframe;
};

// [[peer]]: who may send; also a destination of its own name (its AE title).
struct Peer {
  std::string ae_title;
  std::vector<std::string> aliases;
  std::string host;
  std::uint16_t port = 0;
  std::vector<std::string> from;        // CIDR or address list; empty = host
  std::vector<std::string> results_to;  // destination names; empty = itself
  bool silent = false;                  // compute, do not send
  SecondaryCapture secondary_capture = SecondaryCapture::multiframe;
  std::optional<SideChoice> side;  // for what this peer sends, instead of [analysis] side
};

// [store]
struct StoreSettings {
  std::string url = "sqlite";  // "sqlite" = data_folder/jobs.sqlite, or "postgresql://user@host:port/name"
  std::filesystem::path secret_file;  // password of the PostgreSQL user, one line
};

// [limits]
struct LimitSettings {
  int associations = 32;
  int associations_per_peer = 16;
  std::uint64_t object_bytes = 1ULL << 30;
  std::uint64_t free_bytes_kept = 2ULL << 30;    // less free disk: association refused, C-STORE answered A700
  std::chrono::seconds association_request{10};  // connect to A-ASSOCIATE-RQ
  std::chrono::seconds idle{60};                 // between messages of an association
  std::chrono::seconds association_total{3600};
  std::uint64_t minimum_bytes_per_second = 4096;  // over 30 s inside a message
  std::chrono::seconds job_deadline{600};
  std::uint64_t job_memory_bytes = 4ULL << 30;
  int workers = 1;  // jobs at the same time
  int threads_per_job = 2;
};

// [retention]
struct RetentionSettings {
  std::chrono::hours received{24 * 7};  // spool files of finished studies
  std::chrono::hours results{24 * 30};  // outbox files after delivery
  std::chrono::hours jobs{24 * 365};    // rows of finished jobs (tombstones stay)
};

// [sending]
struct SendingSettings {
  std::chrono::seconds first_retry{10};  // doubles up to last_retry
  std::chrono::seconds last_retry{3600};
  std::chrono::hours park_after{72};  // then parked with an alarm until `jobs retry`
  std::chrono::seconds timeout{60};
  int first_series_number = 9600;
  bool storage_commitment = false;
};

// [status]
struct StatusSettings {
  std::string bind = "127.0.0.1";
  std::optional<std::uint16_t> port;  // absent = no status server
};

// [calibration], what is not an option of the analysis
struct CalibrationSettings {
  std::filesystem::path asynchronous_file;  // measured phantom scans; empty = none are used
};

struct NodeConfig {
  NodeSettings node;
  SeriesSettings series;
  std::vector<Peer> peers;
  std::vector<Destination> destinations;
  StoreSettings store;
  LimitSettings limits;
  RetentionSettings retention;
  SendingSettings sending;
  StatusSettings status;
  CalibrationSettings calibration;
  AnalysisOptions analysis;
  std::vector<std::filesystem::path> atlas_files;

  // Where results of this calling AE title go (aliases included); empty = unknown caller.
  [[nodiscard]] const Peer* peer(const std::string& calling_ae_title) const;
  [[nodiscard]] std::vector<Destination> destinations_of(const Peer& peer) const;
};

}  // namespace focalhip
