#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "listener/support/utc_clock.h"

namespace focalhip {

// The one place that makes and parses names below data_folder/spool.
//
//   spool/<node>/associations/<id>/           appears complete with its first two files (renamed into place)
//       association.json                      who sent: calling, called AE title, address, start (UTC ms)
//       receiver.lock                         locked (flock) by the receiver as long as it lives
//       <n>-<digest16>.dcm                    one received object; complete and durable when it has this
//       name;
//                                             n = order of arrival, digest16 = SHA-256 of its SOP Instance
//                                             UID
//       ended.json                            how it ended: released | aborted | lost, end (UTC ms), counts,
//                                             series of which nothing is kept
//   spool/<node>/incoming/<id>-<n>.part       being received, locked by the receiver; swept when it is gone
//   spool/<node>/incoming/<id>/               association folder in the making
//   spool/<node>/decoded/<id>-<n>-<digest16>   words of a compressed object (series/decoded_copy.h), a cache
//   of an hour spool/<node>/commitments/<id>.json        N-EVENT-REPORT of storage commitment
//   (commitment_record.h) spool/<node>/quarantine/<digest16>-<reason>/   an object and why.json
//   spool/<node>/retiring/<digest16>.json     files of a study whose time is over, being removed
//   spool/<node>/node.lock                    locked (flock) by the processes of the node
//
// <id> = UTC milliseconds (13 digits) - pid - 8 random hex digits; sorts by time. File names never come from
// DICOM values. A folder without ended.json whose receiver is gone was lost: the collector writes ended.json.
struct SpoolLayout {
  std::filesystem::path root;  // data_folder/spool/<node>
  [[nodiscard]] std::filesystem::path associations() const { return root / "associations"; }
  [[nodiscard]] std::filesystem::path incoming() const { return root / "incoming"; }
  [[nodiscard]] std::filesystem::path decoded() const { return root / "decoded"; }
  [[nodiscard]] std::filesystem::path commitments() const { return root / "commitments"; }
  [[nodiscard]] std::filesystem::path quarantine() const { return root / "quarantine"; }
  [[nodiscard]] std::filesystem::path retiring() const { return root / "retiring"; }
  [[nodiscard]] std::filesystem::path node_lock() const { return root / "node.lock"; }

  [[nodiscard]] std::filesystem::path association(const std::string& id) const { return associations() / id; }
  [[nodiscard]] std::filesystem::path association_in_the_making(const std::string& id) const {
    return incoming() / id;
  }
  [[nodiscard]] std::filesystem::path part(const std::string& id, int number) const {
    return incoming() / (id + "-" + std::to_string(number) + ".part");
  }
};
[[nodiscard]] SpoolLayout spool_layout(const std::filesystem::path& data_folder,
                                       const std::string& node_name);

// Creates the four folders, durably. Throws std::system_error.
void create_spool_folders(const SpoolLayout& spool);

inline constexpr std::string_view association_record_name = "association.json";
inline constexpr std::string_view association_ending_name = "ended.json";
inline constexpr std::string_view receiver_lock_name = "receiver.lock";

[[nodiscard]] std::string new_spool_id(UtcMs now_ms);
[[nodiscard]] bool is_spool_id(std::string_view name);

struct ObjectName {
  int number = 0;
  std::string digest16;
};
[[nodiscard]] std::string object_file_name(int number, std::string_view sop_instance_uid);
[[nodiscard]] std::optional<ObjectName> parse_object_file_name(std::string_view name);
// Where the decoded copy of a received object is; nullopt: the file is no object of a spool.
[[nodiscard]] std::optional<std::filesystem::path> decoded_copy_of(const std::filesystem::path& object);

}  // namespace focalhip
