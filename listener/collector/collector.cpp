#include "listener/collector/collector.h"

#include <algorithm>
#include <stdexcept>

#include <malloc.h>

#include "listener/collector/quarantine_object.h"
#include "listener/collector/retire_studies.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

constexpr int most_read_tries = 50;

// When something happened, on the steady clock; what is older than the machine remembers counts as long ago.
SteadyMs steady_of(UtcMs then_ms, const CollectorClock& clock) {
  return clock.steady_ms - std::max<UtcMs>(0, clock.utc_ms - then_ms);
}

ScanLimits scan_limits(const LimitSettings& limits) {
  ScanLimits scan;
  scan.file_bytes = limits.object_bytes;
  return scan;
}

std::string word_of(ScanProblem::Kind kind) {
  switch (kind) {
    case ScanProblem::Kind::not_dicom:
      return "not-dicom";
    case ScanProblem::Kind::malformed:
      return "malformed";
    case ScanProblem::Kind::too_deep:
      return "too-deep";
    case ScanProblem::Kind::too_large:
      return "too-large";
    case ScanProblem::Kind::unsupported:
      return "unsupported";
  }
  return "malformed";
}

}  // namespace

Collector::Collector(const NodeConfig& config,
                     Log log,
                     SameWhenDecoded same_when_decoded,
                     OnCompressed on_compressed)
    : config_(config),
      log_(std::move(log)),
      own_(spool_layout(config.node.data_folder, config.node.name)),
      watch_(own_.root.parent_path()),
      received_(std::move(same_when_decoded)),
      on_compressed_(std::move(on_compressed)) {}

void Collector::absorb(const std::function<CollectorClock()>& clock, const std::function<bool()>& go_on) {
  if (unabsorbed_.empty()) {
    unabsorbed_ = watch_.look(clock().utc_ms);
    if (!unabsorbed_.empty()) fault_point("collector_after_look");
    std::reverse(unabsorbed_.begin(), unabsorbed_.end());  // the oldest is taken from the end
  }
  while (!unabsorbed_.empty() && go_on()) {
    const SpoolNews news = std::move(unabsorbed_.back());
    unabsorbed_.pop_back();
    const CollectorClock now = clock();
    for (const ReceivedObject& object : news.objects) {
      const Arrival arrival{news.association, news.calling_ae_title, steady_of(object.received_ms, now)};
      absorb_object(object, arrival, 0);
      fault_point("collector_after_object");
    }
    if (news.ending) {
      received_.association_ended(news.association, *news.ending, steady_of(news.ending->ended_ms, now));
    }
  }
  retry_unread();
}

void Collector::absorb_object(const ReceivedObject& object, const Arrival& arrival, int tries) {
  try {
    auto scanned = scan_instance(object.file, scan_limits(config_.limits));
    if (const auto* problem = std::get_if<ScanProblem>(&scanned)) {
      set_aside_.push_back({object.file, {word_of(problem->kind), problem->detail}});
      return;
    }
    ScannedInstance& instance = std::get<ScannedInstance>(scanned);
    if (instance.study_instance_uid.empty() || instance.sop_instance_uid.empty()) {
      set_aside_.push_back({object.file, {"no-identifiers", "no Study or SOP Instance UID"}});
      return;
    }
    const std::string study = instance.study_instance_uid;
    const bool compressed = instance.encapsulated;
    const Novelty novelty = received_.add(std::move(instance), arrival);
    if (novelty == Novelty::other_pixels) {
      set_aside_.push_back({object.file, {"other-pixels", "another image under a known SOP Instance UID"}});
      return;
    }
    if (novelty == Novelty::duplicate) return;
    choices_.erase(study);
    if (compressed && on_compressed_) on_compressed_(object.file, arrival.at_ms);
  } catch (const std::exception& error) {  // the disk, not the content
    log_.error("CANNOT_READ", {{"association", arrival.association}, {"error", error.what()}});
    if (tries < most_read_tries) {
      unread_.push_back({object, arrival, tries + 1});
    } else {
      alarms_.push_back({"UNREADABLE", arrival.association + " object " + std::to_string(object.number)});
    }
  }
}

void Collector::retry_unread() {
  std::vector<Unread> again;
  again.swap(unread_);
  for (const Unread& unread : again) absorb_object(unread.object, unread.arrival, unread.tries);
}

// The alarm first: once moved, the object is never met again, and nobody would hear of it.
void Collector::set_aside(JobStore& store, const SetAside& object, const CollectorClock& clock) {
  const std::string folder = quarantine_folder_name(object.file, object.reason);
  fault_point("collector_before_alarm");
  store.alarm_once("QUARANTINED", folder + ": " + object.reason.detail, clock.utc_ms);
  fault_point("collector_before_quarantine");
  quarantine_object(own_, object.file, object.reason, clock.utc_ms);
  fault_point("collector_after_quarantine");
  log_.warning("QUARANTINED", {{"folder", folder}, {"detail", object.reason.detail}});
}

void Collector::set_all_aside(JobStore& store, const CollectorClock& clock) {
  while (!set_aside_.empty()) {
    set_aside(store, set_aside_.back(), clock);
    set_aside_.pop_back();
  }
}

const std::optional<JobChoice>& Collector::choice_of(const ReceivedStudy& study) {
  const auto known = choices_.find(study.study_instance_uid);
  if (known != choices_.end()) return known->second;
  std::optional<JobChoice>& choice = choices_[study.study_instance_uid];
  try {
    choice = choose_job(study, config_.node.data_folder);
  } catch (const std::exception& error) {  // one study must not stop the others
    log_.error("CANNOT_CHOOSE", {{"study", study.study_instance_uid}, {"error", error.what()}});
    alarms_.push_back({"CANNOT_CHOOSE", study.study_instance_uid + ": " + error.what()});
  }
  return choice;
}

Readiness Collector::readiness_of(const ReceivedStudy& study, const CollectorClock& clock) {
  const std::chrono::milliseconds idle = config_.limits.idle;
  StudySignals signals = received_.signals(study);
  const Readiness earliest = study_readiness(signals, config_.series, idle);
  // While objects are still coming the volume is not looked at: that would be done again with each of them.
  if (signals.association_open && clock.steady_ms < earliest.at_ms) return earliest;
  if (const std::optional<JobChoice>& choice = choice_of(study)) {
    signals.volume_complete = choice->volume_complete;
    signals.only_localizers = choice->only_localizers;
  }
  return study_readiness(signals, config_.series, idle);
}

void Collector::decide(JobStore& store, const CollectorClock& clock) {
  set_all_aside(store, clock);
  raise_alarms(store, clock);
  if (!unabsorbed_.empty() || !unread_.empty()) return;  // a study may be known in part only
  std::vector<std::string> undecided;
  for (const auto& [uid, study] : received_.studies()) {
    if (study.undecided) undecided.push_back(uid);
  }
  for (const std::string& uid : undecided) {
    const ReceivedStudy& study = received_.studies().at(uid);
    const Readiness readiness = readiness_of(study, clock);
    if (clock.steady_ms < readiness.at_ms) continue;
    make_job(store, study, readiness.reason, clock);
    received_.decided(uid);
    choices_.erase(uid);
    ::malloc_trim(0);  // what choosing among thousands of slices took is not needed until the next study
  }
}

void Collector::make_job(JobStore& store,
                         const ReceivedStudy& study,
                         std::string_view reason,
                         const CollectorClock& clock) {
  const std::optional<JobChoice>& choice = choice_of(study);
  if (!choice) {
    log_.info("NOTHING_TO_MEASURE", {{"study", study.study_instance_uid}, {"objects", study.objects.size()}});
    return;
  }
  fault_point("collector_before_add_job");
  const std::optional<std::int64_t> id = store.add_job(choice->job, clock.utc_ms);
  fault_point("collector_after_add_job");
  if (!id) {
    log_.info("ALREADY_KNOWN", {{"study", study.study_instance_uid}});
    return;
  }
  log_.info("JOB_ADDED",
            {{"job", *id},
             {"study", study.study_instance_uid},
             {"reason", reason},
             {"objects", study.objects.size()},
             {"refusal_only", choice->job.refusal_only ? "yes" : "no"},
             {"since_last_object_ms", clock.steady_ms - study.last_object_ms}});
}

void Collector::raise_alarms(JobStore& store, const CollectorClock& clock) {
  while (!alarms_.empty()) {
    store.alarm_once(alarms_.back().code, alarms_.back().detail, clock.utc_ms);
    alarms_.pop_back();
  }
}

int Collector::retire(JobStore& store, const CollectorClock& clock) {
  const SteadyMs kept_ms = std::chrono::milliseconds(config_.retention.received).count();
  std::vector<std::string> old;
  for (const auto& [uid, study] : received_.studies()) {
    if (!study.undecided && clock.steady_ms - study.last_seen_ms > kept_ms) old.push_back(uid);
  }
  if (old.empty()) return 0;
  const std::vector<std::string> needed = store.unfinished_studies();
  int retired = 0;
  for (const std::string& uid : old) {
    if (std::find(needed.begin(), needed.end(), uid) != needed.end()) continue;
    retire_study(config_.node.data_folder, own_, uid, received_.studies().at(uid).files());
    received_.forget(uid);
    ++retired;
  }
  return retired;
}

}  // namespace focalhip
