#include "listener/series/volume_candidates.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <variant>

#include "analysis/volume/grade_acquisition.h"
#include "analysis/volume/grade_kernel.h"
#include "analysis/volume/kernel_class.h"
#include "listener/series/classify_instance.h"
#include "listener/series/compare_candidates.h"
#include "listener/series/frames_of.h"
#include "listener/series/separate_stacks.h"
#include "listener/series/slice_stack.h"
#include "listener/support/digest.h"

// Order of calls: keep one copy of each instance -> take multi-frame objects apart -> classify every slice ->
// separate_stacks -> judge and grade each stack -> best first (compare_candidates).

namespace focalhip {

namespace {

using Slices = std::vector<ScannedInstance>;

// A scan of a proximal femur is at least this long. [science: qct 1.2]
constexpr double least_complete_extent_mm = 110.0;

struct UnusableSeries {
  Slices slices;
  NotMeasured reason;
};

struct SortedInstances {
  Slices axial;
  std::map<std::string, UnusableSeries> unusable;               // by series
  std::set<std::tuple<int, std::string, std::string>> ignored;  // series number, series, what
};

void sort_in(const ScannedInstance& instance, SortedInstances& sorted) {
  const InstanceUse use = classify_instance(instance);
  if (const auto* ignored = std::get_if<IgnoredObject>(&use)) {
    sorted.ignored.emplace(instance.series_number.value_or(-1), instance.series_instance_uid, ignored->what);
  } else if (const auto* unusable = std::get_if<UnusableSlice>(&use)) {
    auto [series, is_new] = sorted.unusable.try_emplace(instance.series_instance_uid);
    if (is_new) series->second.reason = unusable->reason;
    series->second.slices.push_back(instance);
  } else {
    sorted.axial.push_back(instance);
  }
}

SortedInstances classify_all(const Slices& instances) {
  SortedInstances sorted;
  for (const ScannedInstance& instance : instances) {
    if (is_multiframe_ct(instance) && !problem_with_frames(instance)) {
      for (const ScannedInstance& frame : frames_of(instance)) sort_in(frame, sorted);
    } else {
      sort_in(instance, sorted);
    }
  }
  return sorted;
}

// --- one copy of each instance

struct Copies {
  Slices latest;                        // sorted by identifier: nothing below depends on the order of arrival
  std::set<std::string> contradictory;  // series with different pixels under one instance UID
};

bool contradict(const ScannedInstance& left, const ScannedInstance& right) {
  return !left.pixel_digest.empty() && !right.pixel_digest.empty() &&
         left.pixel_digest != right.pixel_digest && left.transfer_syntax_uid == right.transfer_syntax_uid;
}

// Of equal SOP instances the last one received is kept (a resend may have corrected the patient's data).
Copies latest_copies(std::span<const ScannedInstance> instances) {
  Copies copies;
  std::map<std::pair<std::string, std::string>, const ScannedInstance*> latest;
  for (const ScannedInstance& instance : instances) {
    const std::string& uid = instance.sop_instance_uid;
    const std::string identifier = uid.empty() ? instance.file.string() : uid;
    const auto [known, is_new] = latest.try_emplace({instance.series_instance_uid, identifier}, &instance);
    if (is_new) continue;
    if (contradict(*known->second, instance)) copies.contradictory.insert(instance.series_instance_uid);
    known->second = &instance;
  }
  for (const auto& [identifier, instance] : latest) copies.latest.push_back(*instance);
  return copies;
}

// --- candidates

std::string content_digest(const Slices& slices) {
  std::vector<std::string> digests;
  digests.reserve(slices.size());
  for (const ScannedInstance& slice : slices) {
    if (slice.pixel_digest.empty()) return {};
    digests.push_back(slice.pixel_digest);
  }
  std::ranges::sort(digests);
  Sha256 sha;
  for (const std::string& digest : digests) sha.update_field(digest);
  return sha.finish_hex();
}

Grade grade_of(const ScannedInstance& slice, double spacing_mm) {
  const AcquisitionGrade acquisition =
      grade_acquisition({.slice_spacing_mm = spacing_mm,
                         .pixel_mm = std::ranges::max(*slice.pixel_spacing_mm),
                         .slice_thickness_mm = slice.slice_thickness_mm,
                         .kvp = slice.kvp,
                         .contrast_agent = false});
  return worse(acquisition.grade, grade_kernel(plain_kernel(slice.convolution_kernel), std::nullopt).grade);
}

VolumeCandidate candidate_of(Slices stack, int dropped) {
  VolumeCandidate candidate;
  const StackGeometry geometry = judge_stack(stack);
  candidate.series_instance_uid = stack.front().series_instance_uid;
  candidate.slice_spacing_mm = geometry.spacing_mm;
  candidate.extent_mm = geometry.extent_mm;
  candidate.problem = geometry.problem;
  candidate.grade = geometry.problem ? Grade::r : grade_of(stack.front(), geometry.spacing_mm);
  const bool is_mended = !geometry.single_gaps.empty() || geometry.tilt_deg > largest_untilted_deg;
  if (is_mended) candidate.grade = worse(candidate.grade, Grade::b);
  candidate.geometrically_complete =
      !geometry.problem && geometry.single_gaps.empty() && geometry.extent_mm >= least_complete_extent_mm;
  if (dropped > 0) {
    candidate.notes.push_back({NoteCode::duplicates_dropped, std::to_string(dropped) + " slices"});
  }
  candidate.content_digest = content_digest(stack);
  candidate.slices = std::move(stack);
  return candidate;
}

VolumeCandidate unusable_candidate(const UnusableSeries& series) {
  VolumeCandidate candidate;
  candidate.series_instance_uid = series.slices.front().series_instance_uid;
  candidate.grade = Grade::r;
  candidate.problem = series.reason;
  candidate.content_digest = content_digest(series.slices);
  candidate.slices = series.slices;
  return candidate;
}

std::vector<VolumeCandidate> candidates_of(const SortedInstances& sorted,
                                           const std::set<std::string>& contradictory) {
  std::vector<VolumeCandidate> candidates;
  for (SliceStack& stack : separate_stacks(sorted.axial)) {
    candidates.push_back(candidate_of(std::move(stack.slices), stack.dropped));
  }
  for (const auto& [uid, series] : sorted.unusable) candidates.push_back(unusable_candidate(series));
  for (VolumeCandidate& candidate : candidates) {
    if (!contradictory.contains(candidate.series_instance_uid)) continue;
    candidate.problem = {RefusalCode::header_inconsistent, "different images under one SOP Instance UID"};
    candidate.geometrically_complete = false;
  }
  return candidates;
}

}  // namespace

std::vector<std::filesystem::path> VolumeCandidate::files() const {
  std::vector<std::filesystem::path> unique;
  std::set<std::filesystem::path> seen;
  for (const ScannedInstance& slice : slices) {
    if (seen.insert(slice.file).second) unique.push_back(slice.file);
  }
  return unique;
}

StudyVolumes group_volumes(std::span<const ScannedInstance> instances) {
  const Copies copies = latest_copies(instances);
  const SortedInstances sorted = classify_all(copies.latest);
  StudyVolumes volumes;
  for (const auto& [number, uid, what] : sorted.ignored) {
    volumes.ignored.push_back(series_name(number) + ": " + what);
  }
  volumes.candidates = candidates_of(sorted, copies.contradictory);
  std::ranges::sort(volumes.candidates, is_better);
  return volumes;
}

}  // namespace focalhip
