#pragma once

#include <filesystem>
#include <string>

namespace focalhip {

// The one place that makes and parses names below data_folder/spool.
//
//   spool/<node>/associations/<id>/association.json   who sent: calling, called AE title, address, start (UTC
//   ms)
//                                  <n>-<digest16>.dcm one received object, complete and fsynced when it has
//                                  this name ended.json          how it ended: released | aborted | lost, end
//                                  (UTC ms), counts
//   spool/<node>/incoming/<id>-<n>.part               being received; swept at start
//   spool/<node>/quarantine/<digest16>-<reason>/       an object and why.json
//
// <id> = UTC milliseconds - pid - random hex; sorts by time. File names never come from DICOM values.
// A folder without ended.json whose receiver is gone was lost: the collector writes ended.json for it.
struct SpoolLayout {
  std::filesystem::path root;  // data_folder/spool/<node>
  [[nodiscard]] std::filesystem::path associations() const { return root / "associations"; }
  [[nodiscard]] std::filesystem::path incoming() const { return root / "incoming"; }
  [[nodiscard]] std::filesystem::path quarantine() const { return root / "quarantine"; }
};
[[nodiscard]] SpoolLayout spool_layout(const std::filesystem::path& data_folder,
                                       const std::string& node_name);

}  // namespace focalhip
