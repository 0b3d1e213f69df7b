#include "listener/series/compare_candidates.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "analysis/support/format_number.h"
#include "analysis/volume/kernel_class.h"

namespace focalhip {

namespace {

// Every comparison: true when `left` is clearly the better one.

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

std::string reason_against(const VolumeCandidate& candidate, const VolumeCandidate& best) {
  if (candidate.problem)
    return std::string(meaning(candidate.problem->code)) + " (" + candidate.problem->detail + ")";
  switch (compare(best, candidate).first) {
    case Difference::incomplete:
      return "covers only " + fixed(candidate.extent_mm, 0) + " mm";
    case Difference::reformatted:
      return "reformatted from another series";
    case Difference::grade:
      if (hundredths(candidate.slice_spacing_mm) == hundredths(best.slice_spacing_mm) &&
          sharpness(candidate) > sharpness(best)) {
        return "sharper kernel";
      }
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

bool is_better(const VolumeCandidate& left, const VolumeCandidate& right) {
  const auto [difference, favours_left] = compare(left, right);
  if (difference != Difference::none) return favours_left;
  // Nothing a reader would care about: any fixed order.
  if (left.slices.size() != right.slices.size()) return left.slices.size() > right.slices.size();
  const ScannedInstance& a = left.slices.front();
  const ScannedInstance& b = right.slices.front();
  return std::tie(a.sop_instance_uid, a.frame) < std::tie(b.sop_instance_uid, b.frame);
}

std::string series_name(int number) {
  return number < 0 ? "a series without number" : "series " + std::to_string(number);
}

std::vector<std::string> StudyVolumes::other_series() const {
  std::vector<std::string> lines;
  for (std::size_t i = 1; i < candidates.size(); ++i)
    lines.push_back(line_for(candidates[i], candidates.front()));
  return lines;
}

}  // namespace focalhip
