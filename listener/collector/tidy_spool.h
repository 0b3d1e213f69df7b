#pragma once

#include "config/node_config.h"
#include "listener/spool/spool_layout.h"

namespace focalhip {

// Removes from the spool of one node what no study holds and whose time is over: ended associations without
// objects (everything was refused or set aside) and reports of storage commitment after retention.received,
// quarantined objects after retention.results, decoded copies after an hour, temporary files of processes
// that died after a minute. Returns how many entries (decoded copies are a cache and not counted).
int tidy_spool(const SpoolLayout& spool, const RetentionSettings& retention, UtcMs now_ms);

}  // namespace focalhip
