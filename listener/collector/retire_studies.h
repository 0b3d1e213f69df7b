#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "listener/spool/spool_layout.h"

namespace focalhip {

// Removes the received objects of a study as one step: a half removed study would look like another, shorter
// series after a restart. The list of files is made durable first (spool/<node>/retiring/<digest16>.json),
// then they are removed, then folders of ended associations that are empty now, the list last. `files` are
// absolute, below data_folder.
void retire_study(const std::filesystem::path& data_folder,
                  const SpoolLayout& spool,
                  const std::string& study_instance_uid,
                  const std::vector<std::filesystem::path>& files);

// Completes what a crash interrupted, for all nodes' lists. Before the spool is read. Returns how many lists.
int complete_retirements(const std::filesystem::path& data_folder);

}  // namespace focalhip
