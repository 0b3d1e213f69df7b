#include "listener/collector/received_studies.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <variant>

namespace focalhip {

namespace {

ScannedInstance scanned_again(const KnownObject& object) {
  const ScanLimits no_limit{.file_bytes = std::numeric_limits<std::uint64_t>::max(), .digest_pixels = false};
  auto scanned = scan_instance(object.file, no_limit);
  auto* instance = std::get_if<ScannedInstance>(&scanned);
  // Frames have digests of their own.
  if (instance != nullptr && !instance->frames.empty()) {
    scanned = scan_instance(object.file, {.file_bytes = no_limit.file_bytes});
    instance = std::get_if<ScannedInstance>(&scanned);
  }
  if (instance == nullptr) throw std::runtime_error("an object of the spool has changed: " + object.file);
  instance->pixel_digest = object.pixel_digest;
  return std::move(*instance);
}

}  // namespace

std::vector<ScannedInstance> ReceivedStudy::instances() const {
  std::vector<ScannedInstance> all;
  all.reserve(objects.size());
  for (const auto& [uid, object] : objects) all.push_back(scanned_again(object));
  return all;
}

std::vector<std::filesystem::path> ReceivedStudy::files() const {
  std::vector<std::filesystem::path> all(other_files.begin(), other_files.end());
  for (const auto& [uid, object] : objects) all.emplace_back(object.file);
  return all;
}

Novelty ReceivedStudies::add(ScannedInstance instance, const Arrival& arrival) {
  ReceivedStudy& study = studies_[instance.study_instance_uid];
  study.study_instance_uid = instance.study_instance_uid;
  study.last_seen_ms = std::max(study.last_seen_ms, arrival.at_ms);
  const auto known = study.objects.find(instance.sop_instance_uid);
  Novelty novelty = Novelty::new_object;
  if (known != study.objects.end()) {
    if (!same_image(known->second, instance)) return Novelty::other_pixels;
    if (known->second.identity_digest == instance.identity_digest) {
      study.other_files.push_back(instance.file.string());
      return Novelty::duplicate;
    }
    novelty = Novelty::new_identity;
    // The same image, perhaps encoded differently, keeps its digest: the content of the volume has not
    // changed.
    instance.pixel_digest = known->second.pixel_digest;
    study.other_files.push_back(known->second.file);
  }
  study.associations.insert(arrival.association);
  study.calling_ae_title = arrival.calling_ae_title;
  study.last_object_ms = std::max(study.last_object_ms, arrival.at_ms);
  study.undecided = true;
  study.objects.insert_or_assign(instance.sop_instance_uid,
                                 KnownObject{.file = instance.file.string(),
                                             .transfer_syntax_uid = instance.transfer_syntax_uid,
                                             .pixel_digest = instance.pixel_digest,
                                             .identity_digest = instance.identity_digest});
  return novelty;
}

bool ReceivedStudies::same_image(const KnownObject& known, const ScannedInstance& other) const {
  if (known.pixel_digest == other.pixel_digest) return true;
  if (known.transfer_syntax_uid == other.transfer_syntax_uid) return false;
  return same_when_decoded_ && same_when_decoded_(known.file, other.file);
}

void ReceivedStudies::association_ended(const std::string& association,
                                        const AssociationEnding& ending,
                                        SteadyMs at_ms) {
  endings_[association] = {ending.end, at_ms};
  for (const DroppedSeries& series : ending.dropped_series) {
    ReceivedStudy& study = studies_[series.study_instance_uid];
    study.study_instance_uid = series.study_instance_uid;
    study.last_seen_ms = std::max(study.last_seen_ms, at_ms);
    study.dropped.insert(series);
  }
}

void ReceivedStudies::decided(const std::string& study_instance_uid) {
  const auto study = studies_.find(study_instance_uid);
  if (study != studies_.end()) study->second.undecided = false;
}

void ReceivedStudies::forget(const std::string& study_instance_uid) {
  studies_.erase(study_instance_uid);
  std::set<std::string> needed;
  for (const auto& [uid, study] : studies_)
    needed.insert(study.associations.begin(), study.associations.end());
  std::erase_if(endings_, [&needed](const auto& ending) { return !needed.contains(ending.first); });
}

StudySignals ReceivedStudies::signals(const ReceivedStudy& study) const {
  StudySignals signals;
  signals.last_object_ms = study.last_object_ms;
  for (const std::string& association : study.associations) {
    const auto ending = endings_.find(association);
    if (ending == endings_.end()) {
      signals.association_open = true;
    } else if (ending->second.at_ms >= signals.last_ended_ms) {
      signals.last_ended_ms = ending->second.at_ms;
      signals.released = ending->second.end == AssociationEnd::released;
    }
  }
  return signals;
}

}  // namespace focalhip
