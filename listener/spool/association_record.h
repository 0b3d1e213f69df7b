#pragma once

#include <compare>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "listener/spool/spool_layout.h"
#include "listener/support/fault_points.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

// association.json: who sent. Written (durably) before the first object of the association.
struct AssociationRecord {
  std::string calling_ae_title;
  std::string called_ae_title;
  std::string address;  // of the sender, numeric
  UtcMs started_ms = 0;
};

enum class AssociationEnd { released, aborted, lost };
[[nodiscard]] std::string_view name(AssociationEnd end);

// Of objects that are answered and not kept: the series they belong to, so that the report can name it.
struct DroppedSeries {
  std::string study_instance_uid;
  std::string series_instance_uid;
  std::string sop_class_uid;
  int series_number = -1;  // -1: none
  [[nodiscard]] auto operator<=>(const DroppedSeries&) const = default;
};
inline constexpr std::size_t most_dropped_series = 64;  // remembered of one association

// ended.json: how it ended. Written once; "lost" by the collector, the others by the receiver.
struct AssociationEnding {
  AssociationEnd end = AssociationEnd::lost;
  UtcMs ended_ms = 0;
  int stored = 0;      // objects in the folder
  int dropped = 0;     // answered 0000H and not kept: not CT, or made by this node
  int refused = 0;     // answered with an error status
  std::string detail;  // "idle for 60 s"; no patient data
  std::set<DroppedSeries> dropped_series = {};
};

// <n>-<digest16>.dcm: complete and durable.
struct ReceivedObject {
  std::filesystem::path file;  // absolute, as `folder` was given
  int number = 0;              // order of arrival within the association
  std::string digest16;        // first 16 hex digits of SHA-256 of its SOP Instance UID
  UtcMs received_ms = 0;       // time of its last write
};

// One folder below spool/<node>/associations.
struct ReceivedAssociation {
  std::filesystem::path folder;
  std::string id;
  std::optional<AssociationRecord> record;  // absent: unreadable or not yet there; the objects still count
  std::optional<AssociationEnding> ending;
  std::vector<ReceivedObject> objects;  // by number
};

// Folders, oldest first. A missing associations() folder is an empty list.
[[nodiscard]] std::vector<std::filesystem::path> list_association_folders(const SpoolLayout& spool);

// Reads one folder. Files with foreign names are ignored; broken JSON is "absent". Throws only on I/O errors;
// a folder that vanished meanwhile is an association without objects.
[[nodiscard]] ReceivedAssociation read_association(const std::filesystem::path& folder);

// Whether a receiver still works on this folder (it holds a lock on the folder's file `receiver.lock` as long
// as its process lives). False for a folder without ended.json means: lost.
[[nodiscard]] bool receiver_is_alive(const std::filesystem::path& folder);

// Writers (receiver, and the collector for lost ones). Durable. `unnamed`: see write_file_durably.
void write_association_record(const std::filesystem::path& folder, const AssociationRecord& record);
void write_association_ending(const std::filesystem::path& folder,
                              const AssociationEnding& ending,
                              std::optional<FaultPoint> unnamed = std::nullopt);

// Removes from incoming/ what receivers that are gone have left there: all of them (at start, before
// listening), or what the receiver with this process id left.
void sweep_incoming(const SpoolLayout& spool, std::optional<int> receiver_pid = std::nullopt);

}  // namespace focalhip
