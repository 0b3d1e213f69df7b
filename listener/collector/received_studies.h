#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "listener/collector/study_readiness.h"
#include "listener/spool/association_record.h"
#include "listener/spool/scanned_instance.h"

namespace focalhip {

// Where an object came from.
struct Arrival {
  std::string association;  // its folder's path below the spool
  std::string calling_ae_title;
  SteadyMs at_ms = 0;
};

// What an object means for what was known before.
enum class Novelty {
  new_object,
  duplicate,     // same pixels, geometry and identity: nothing happens, whatever else differs
  new_identity,  // same pixels and geometry, other patient, accession or study data: results are issued again
  other_pixels,  // another image under a known UID: not taken into the study
};

// What must be known of every object as long as it lies in the spool; the rest stands in its file. A few
// hundred bytes: a node holds the objects of a week.
struct KnownObject {
  std::string file;
  std::string transfer_syntax_uid;
  std::string pixel_digest;
  std::string identity_digest;
};

struct ReceivedStudy {
  std::string study_instance_uid;
  std::map<std::string, KnownObject> objects;  // by SOP Instance UID, in the version that counts
  std::set<std::string> associations;          // that brought something new
  std::string calling_ae_title;                // of the last one that did
  SteadyMs last_object_ms = never_ms;          // arrival of the last new object
  SteadyMs last_seen_ms = never_ms;            // arrival of any object, duplicates included
  std::vector<std::string> other_files;        // duplicates, and versions that no longer count
  bool undecided = false;                      // something new since the last decision
  std::set<DroppedSeries> dropped;             // received, not kept: only to be named
  // The headers of the objects that count, read again from their files. Throws std::runtime_error when one of
  // them cannot be read as it was before.
  [[nodiscard]] std::vector<ScannedInstance> instances() const;
  [[nodiscard]] std::vector<std::filesystem::path> files() const;  // everything received of it
};

// Whether two files with different transfer syntaxes hold the same image once decoded.
using SameWhenDecoded =
    std::function<bool(const std::filesystem::path& known, const std::filesystem::path& other)>;

// What the spool holds, by study: the collector's memory, rebuilt from the spool at every start. Told in the
// order of arrival it always comes to the same state.
class ReceivedStudies {
 public:
  explicit ReceivedStudies(SameWhenDecoded same_when_decoded)
      : same_when_decoded_(std::move(same_when_decoded)) {}

  Novelty add(ScannedInstance instance, const Arrival& arrival);
  void association_ended(const std::string& association, const AssociationEnding& ending, SteadyMs at_ms);
  void decided(const std::string& study_instance_uid);
  void forget(const std::string& study_instance_uid);

  [[nodiscard]] const std::map<std::string, ReceivedStudy>& studies() const { return studies_; }
  // The signals of association and time; those of the volume are the caller's to add.
  [[nodiscard]] StudySignals signals(const ReceivedStudy& study) const;

 private:
  struct Ending {
    AssociationEnd end = AssociationEnd::lost;
    SteadyMs at_ms = 0;
  };
  [[nodiscard]] bool same_image(const KnownObject& known, const ScannedInstance& other) const;

  SameWhenDecoded same_when_decoded_;
  std::map<std::string, ReceivedStudy> studies_;
  std::map<std::string, Ending> endings_;
};

}  // namespace focalhip
