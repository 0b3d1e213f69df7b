#pragma once

#include <cstdint>
#include <set>
#include <string>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>

#include "config/node_config.h"
#include "listener/association/association_folder.h"
#include "listener/association/watchdog.h"
#include "listener/spool/spool_layout.h"
#include "listener/support/log.h"

namespace focalhip {

// Of one open association.
struct SessionCounts {
  int stored = 0;
  int dropped = 0;
  int refused = 0;
  std::uint64_t bytes = 0;  // of data sets
};

struct Session {
  T_ASC_Association* association = nullptr;
  const NodeConfig& config;
  const SpoolLayout spool;
  const std::string peer_ae_title;
  AssociationFolder& folder;
  Watchdog& watchdog;
  const Log& log;
  SessionCounts counts = {};
  int last_number = 0;  // of received data sets
  std::set<DroppedSeries> dropped_series = {};
  std::string last_problem = {};  // why the last object was refused; no patient data
};

// Whether the association can go on after a message.
enum class Next { go_on, broken };

}  // namespace focalhip
