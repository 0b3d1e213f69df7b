#include "listener/series/volume_candidates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <variant>

#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"
#include "analysis/volume/grade_acquisition.h"
#include "listener/series/classify_instance.h"
#include "listener/series/kernel_class.h"
#include "listener/series/slice_stack.h"
#include "listener/support/digest.h"

// Order of calls: classify every instance -> keep one copy of each -> split series into stacks of equal image
// plane -> split overlapping acquisitions -> judge and grade each stack -> best first.

namespace focalhip {

namespace {

using Slices = std::vector<ScannedInstance>;

// Slices closer than this lie at the same position. [science: qct 1.2]
constexpr double same_position_mm = 0.01;
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

SortedInstances classify_all(const Slices& instances) {
  SortedInstances sorted;
  for (const ScannedInstance& instance : instances) {
    const InstanceUse use = classify_instance(instance);
    if (const auto* ignored = std::get_if<IgnoredObject>(&use)) {
      sorted.ignored.emplace(
          instance.series_number.value_or(-1), instance.series_instance_uid, ignored->what);
    } else if (const auto* unusable = std::get_if<UnusableSlice>(&use)) {
      auto [series, is_new] = sorted.unusable.try_emplace(instance.series_instance_uid);
      if (is_new) series->second.reason = unusable->reason;
      series->second.slices.push_back(instance);
    } else {
      sorted.axial.push_back(instance);
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

// The same pixels at the same place under two instance UIDs. `stack` sorted by position; returns how many
// went.
int drop_copies(Slices& stack) {
  const Eigen::Vector3d normal = cranial_normal(stack.front());
  Slices kept;
  for (ScannedInstance& slice : stack) {
    const double here_mm = position_along_mm(slice, normal);
    bool is_copy = false;
    for (auto other = kept.rbegin(); other != kept.rend() && !is_copy; ++other) {
      if (here_mm - position_along_mm(*other, normal) > same_position_mm) break;
      is_copy = !slice.pixel_digest.empty() && slice.pixel_digest == other->pixel_digest;
    }
    if (!is_copy) kept.push_back(std::move(slice));
  }
  const std::size_t dropped = stack.size() - kept.size();
  stack = std::move(kept);
  return static_cast<int>(dropped);
}

// --- stacks of equal image plane

bool near(double left, double right, double tolerance) { return std::abs(left - right) <= tolerance; }

bool same_or_absent(const std::optional<double>& left, const std::optional<double>& right, double tolerance) {
  if (!left || !right) return left.has_value() == right.has_value();
  return near(*left, *right, tolerance);
}

// Decimal strings of one reconstruction differ in their last digits only.
bool same_plane(const ScannedInstance& left, const ScannedInstance& right) {
  for (std::size_t i = 0; i < 6; ++i) {
    if (!near((*left.orientation_patient)[i], (*right.orientation_patient)[i], 1e-3)) return false;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!near((*left.pixel_spacing_mm)[i], (*right.pixel_spacing_mm)[i], 1e-4)) return false;
  }
  return left.rows == right.rows && left.columns == right.columns &&
         left.frame_of_reference_uid == right.frame_of_reference_uid &&
         left.convolution_kernel == right.convolution_kernel && same_or_absent(left.kvp, right.kvp, 0.5) &&
         same_or_absent(left.slice_thickness_mm, right.slice_thickness_mm, 0.01);
}

std::vector<Slices> stacks_of_equal_plane(const Slices& axial) {
  std::vector<Slices> stacks;
  for (const ScannedInstance& slice : axial) {
    const auto stack = std::ranges::find_if(stacks, [&](const Slices& candidate) {
      const ScannedInstance& first = candidate.front();
      return first.series_instance_uid == slice.series_instance_uid && same_plane(first, slice);
    });
    if (stack == stacks.end()) {
      stacks.push_back({slice});
    } else {
      stack->push_back(slice);
    }
  }
  return stacks;
}

void sort_by_position(Slices& stack) {
  const Eigen::Vector3d normal = cranial_normal(stack.front());
  std::ranges::stable_sort(stack, {}, [&](const ScannedInstance& s) { return position_along_mm(s, normal); });
}

// Two acquisitions under one series (a repeated scan, phases): apart where together they are no regular
// stack. A step-and-shoot scan numbers its steps and stays together.
std::vector<Slices> separate_acquisitions(Slices stack) {
  std::set<std::optional<int>> numbers;
  for (const ScannedInstance& slice : stack) numbers.insert(slice.acquisition_number);
  if (numbers.size() < 2 || !judge_stack(stack).problem) return {std::move(stack)};
  std::map<std::optional<int>, Slices> parts;
  for (ScannedInstance& slice : stack) parts[slice.acquisition_number].push_back(std::move(slice));
  std::vector<Slices> result;
  for (auto& [number, part] : parts) result.push_back(std::move(part));
  return result;
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
  return grade_acquisition({.slice_spacing_mm = spacing_mm,
                            .pixel_mm = std::ranges::max(*slice.pixel_spacing_mm),
                            .slice_thickness_mm = slice.slice_thickness_mm,
                            .kvp = slice.kvp,
                            .kernel = plain_kernel(slice.convolution_kernel),
                            .contrast_agent = false})
      .grade;
}

VolumeCandidate candidate_of(Slices stack, int dropped) {
  VolumeCandidate candidate;
  const StackGeometry geometry = judge_stack(stack);
  candidate.series_instance_uid = stack.front().series_instance_uid;
  candidate.slice_spacing_mm = geometry.spacing_mm;
  candidate.extent_mm = geometry.extent_mm;
  candidate.problem = geometry.problem;
  candidate.grade = geometry.problem ? Grade::r : grade_of(stack.front(), geometry.spacing_mm);
  candidate.geometrically_complete = !geometry.problem && geometry.extent_mm >= least_complete_extent_mm;
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
  for (Slices& stack : stacks_of_equal_plane(sorted.axial)) {
    sort_by_position(stack);
    const int dropped = drop_copies(stack);
    for (Slices& part : separate_acquisitions(std::move(stack))) {
      candidates.push_back(candidate_of(std::move(part), dropped));
    }
  }
  for (const auto& [uid, series] : sorted.unusable) candidates.push_back(unusable_candidate(series));
  for (VolumeCandidate& candidate : candidates) {
    if (!contradictory.contains(candidate.series_instance_uid)) continue;
    candidate.problem = {RefusalCode::header_inconsistent, "different images under one SOP Instance UID"};
    candidate.geometrically_complete = false;
  }
  return candidates;
}

// --- choice. Every comparison: true when `left` is clearly the better one.

KernelClass sharpness(const VolumeCandidate& candidate) {
  return kernel_class(candidate.slices.front().convolution_kernel);
}
const std::string& acquired(const VolumeCandidate& candidate) {
  return candidate.slices.front().acquisition_date_time;
}

long hundredths(double length_mm) { return std::lround(length_mm * 100.0); }

// Canon and others mark axial reconstructions so; the scanner's own slices go first.
bool is_reformatted(const VolumeCandidate& candidate) {
  const auto& types = candidate.slices.front().image_type;
  return std::ranges::any_of(types, [](const std::string& t) { return t.find("MPR") != std::string::npos; });
}

enum class Difference { problem, incomplete, reformatted, grade, spacing, kernel, time, none };

// The first rule that tells two candidates apart, and which of them it favours.
std::pair<Difference, bool> compare(const VolumeCandidate& left, const VolumeCandidate& right) {
  if (left.problem.has_value() != right.problem.has_value()) return {Difference::problem, !left.problem};
  if (left.geometrically_complete != right.geometrically_complete) {
    return {Difference::incomplete, left.geometrically_complete};
  }
  if (is_reformatted(left) != is_reformatted(right)) return {Difference::reformatted, is_reformatted(right)};
  if (left.grade != right.grade) return {Difference::grade, left.grade < right.grade};
  if (hundredths(left.slice_spacing_mm) != hundredths(right.slice_spacing_mm)) {
    return {Difference::spacing, left.slice_spacing_mm < right.slice_spacing_mm};
  }
  if (sharpness(left) != sharpness(right)) return {Difference::kernel, sharpness(left) < sharpness(right)};
  if (acquired(left) != acquired(right)) return {Difference::time, acquired(left) > acquired(right)};
  return {Difference::none, false};
}

bool is_better(const VolumeCandidate& left, const VolumeCandidate& right) {
  const auto [difference, favours_left] = compare(left, right);
  if (difference != Difference::none) return favours_left;
  // Nothing a reader would care about: any fixed order.
  if (left.slices.size() != right.slices.size()) return left.slices.size() > right.slices.size();
  return left.slices.front().sop_instance_uid < right.slices.front().sop_instance_uid;
}

std::string series_name(int number) {
  return number < 0 ? "a series without number" : "series " + std::to_string(number);
}

std::string reason_against(const VolumeCandidate& candidate, const VolumeCandidate& best) {
  if (candidate.problem)
    return std::string(meaning(candidate.problem->code)) + " (" + candidate.problem->detail + ")";
  switch (compare(best, candidate).first) {
    case Difference::incomplete:
      return "covers only " + fixed(candidate.extent_mm, 0) + " mm";
    case Difference::reformatted:
      return "reformatted from another series";
    case Difference::grade:
      return std::string("lower grade ") + letter(candidate.grade);
    case Difference::spacing:
      return "thicker slices";
    case Difference::kernel:
      return "sharper kernel";
    case Difference::time:
      return "earlier acquisition";
    case Difference::problem:
    case Difference::none:
      break;
  }
  return "equal to the analysed one";
}

std::string line_for(const VolumeCandidate& candidate, const VolumeCandidate& best) {
  const ScannedInstance& slice = candidate.slices.front();
  std::string text = series_name(slice.series_number.value_or(-1));
  const std::string kernel = plain_kernel(slice.convolution_kernel);
  std::string what;
  if (slice.slice_thickness_mm && std::isfinite(*slice.slice_thickness_mm)) {
    what = fixed(*slice.slice_thickness_mm, 2) + " mm";
  }
  if (!kernel.empty()) what += (what.empty() ? "" : ", ") + kernel;
  if (!what.empty()) text += " (" + what + ")";
  return text + ": " + reason_against(candidate, best);
}

}  // namespace

std::vector<std::string> StudyVolumes::other_series() const {
  std::vector<std::string> lines;
  for (std::size_t i = 1; i < candidates.size(); ++i)
    lines.push_back(line_for(candidates[i], candidates.front()));
  return lines;
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
