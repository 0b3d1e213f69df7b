#include "listener/series/separate_stacks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "listener/series/slice_stack.h"

// Order of calls: equal image plane -> sorted by position -> copies dropped -> moved fields of view and
// overlapping acquisitions apart.

namespace focalhip {

namespace {

using Slices = std::vector<ScannedInstance>;

// Slices closer than this lie at the same position. [science: qct 1.2]
constexpr double same_position_mm = 0.01;

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
         left.frame_of_reference_uid == right.frame_of_reference_uid && left.stack == right.stack &&
         left.patient_position == right.patient_position &&
         left.convolution_kernel == right.convolution_kernel && same_or_absent(left.kvp, right.kvp, 0.5);
}

bool same_thickness(const ScannedInstance& left, const ScannedInstance& right) {
  return same_or_absent(left.slice_thickness_mm, right.slice_thickness_mm, 0.01);
}

std::vector<Slices> stacks_of_equal_plane(const Slices& axial) {
  std::vector<Slices> stacks;
  for (const ScannedInstance& slice : axial) {
    const auto stack = std::ranges::find_if(stacks, [&](const Slices& candidate) {
      const ScannedInstance& first = candidate.front();
      return first.series_instance_uid == slice.series_instance_uid && same_plane(first, slice) &&
             same_thickness(first, slice);
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

// Two reconstructions cover the same places with different slices. Where the thickness changes on the way
// instead, the slices are one scan, and an irregular one. Stacks sorted by position.
bool continue_each_other(const Slices& left, const Slices& right) {
  if (left.front().series_instance_uid != right.front().series_instance_uid ||
      !same_plane(left.front(), right.front()))
    return false;
  const Eigen::Vector3d normal = cranial_normal(left.front());
  const auto below = [&](const Slices& lower, const Slices& upper) {
    return position_along_mm(lower.back(), normal) < position_along_mm(upper.front(), normal);
  };
  return below(left, right) || below(right, left);
}

void join_stacks_of_one_scan(std::vector<Slices>& stacks) {
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    for (std::size_t j = i + 1; j < stacks.size();) {
      if (!continue_each_other(stacks[i], stacks[j])) {
        ++j;
        continue;
      }
      stacks[i].insert(stacks[i].end(), stacks[j].begin(), stacks[j].end());
      sort_by_position(stacks[i]);
      stacks.erase(stacks.begin() + static_cast<std::ptrdiff_t>(j));
      j = i + 1;
    }
  }
}

// --- several acquisitions under one series

// Positions occupied more than once: nothing but another acquisition explains different pixels there.
bool overlaps(const Slices& stack) {
  const Eigen::Vector3d normal = cranial_normal(stack.front());
  for (std::size_t i = 1; i < stack.size(); ++i) {
    if (position_along_mm(stack[i], normal) - position_along_mm(stack[i - 1], normal) <= same_position_mm)
      return true;
  }
  return false;
}

std::vector<Slices> by_acquisition_number(const Slices& stack) {
  std::map<std::optional<int>, Slices> parts;
  for (const ScannedInstance& slice : stack) parts[slice.acquisition_number].push_back(slice);
  std::vector<Slices> result;
  for (auto& [number, part] : parts) result.push_back(std::move(part));
  return result;
}

using Time = std::string ScannedInstance::*;

// The earliest time at which a position was taken for the second time; empty when the slices at some position
// do not differ in it.
std::string second_time_begins(const Slices& stack, Time time) {
  const Eigen::Vector3d normal = cranial_normal(stack.front());
  std::string earliest;
  for (std::size_t first = 0, last = 0; first < stack.size(); first = last) {
    std::vector<std::string> here;
    const double here_mm = position_along_mm(stack[first], normal);
    for (; last < stack.size() && position_along_mm(stack[last], normal) - here_mm <= same_position_mm;
         ++last)
      here.push_back(stack[last].*time);
    if (here.size() < 2) continue;
    std::ranges::sort(here);
    if (here[0] == here[1]) return {};
    if (earliest.empty() || here[1] < earliest) earliest = here[1];
  }
  return earliest;
}

// One acquisition was made before the other: whatever is older than the first second visit of any position
// belongs to the earlier one.
std::vector<Slices> by_time(const Slices& stack, Time time) {
  const std::string second_begins = second_time_begins(stack, time);
  std::vector<Slices> parts(2);
  for (const ScannedInstance& slice : stack) parts[slice.*time < second_begins ? 0 : 1].push_back(slice);
  if (parts[0].empty() || parts[1].empty()) return {stack};
  return parts;
}

bool any_is_regular(const std::vector<Slices>& parts) {
  return std::ranges::any_of(parts, [](const Slices& part) { return !judge_stack(part).problem; });
}

// Parts are taken only where they make at least one regular stack out of an irregular one: a step-and-shoot
// scan numbers its steps, some scanners their slices.
std::vector<Slices> separate_acquisitions(Slices stack, std::span<const Time> times) {
  if (!judge_stack(stack).problem) return {std::move(stack)};
  std::vector<Slices> parts = by_acquisition_number(stack);
  for (auto time = times.begin(); !any_is_regular(parts) && time != times.end() && overlaps(stack); ++time) {
    parts = by_time(stack, *time);
  }
  if (parts.size() < 2 || !any_is_regular(parts)) return {std::move(stack)};
  std::vector<Slices> result;
  for (Slices& part : parts) {  // each is smaller than the stack: this ends
    for (Slices& piece : separate_acquisitions(std::move(part), times)) result.push_back(std::move(piece));
  }
  return result;
}

// --- moved field of view

// How far the origin moves along row and column axis from each slice to the next.
std::vector<Eigen::Vector2d> sideways_steps_mm(const Slices& stack) {
  const auto& o = *stack.front().orientation_patient;
  const Eigen::Vector3d row(o[0], o[1], o[2]);
  const Eigen::Vector3d column(o[3], o[4], o[5]);
  std::vector<Eigen::Vector2d> steps_mm;
  for (std::size_t i = 1; i < stack.size(); ++i) {
    const auto along = [&](const Eigen::Vector3d& axis) {
      return position_along_mm(stack[i], axis) - position_along_mm(stack[i - 1], axis);
    };
    steps_mm.emplace_back(along(row), along(column));
  }
  return steps_mm;
}

double median_of(const std::vector<Eigen::Vector2d>& steps_mm, Eigen::Index axis) {
  std::vector<double> values;
  for (const Eigen::Vector2d& step_mm : steps_mm) values.push_back(step_mm[axis]);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Where the origin jumps sideways the table or the reconstruction was moved. A tilted stack moves by the same
// step everywhere and stays together; slices scattered sideways are no two fields of view.
std::vector<Slices> separate_moved_fields(Slices stack) {
  if (stack.size() < 3) return {std::move(stack)};
  const std::vector<Eigen::Vector2d> steps_mm = sideways_steps_mm(stack);
  const Eigen::Vector2d usual_mm(median_of(steps_mm, 0), median_of(steps_mm, 1));
  // A gap of a tilted stack moves the origin by several usual steps at once.
  const double tolerance_mm = std::ranges::min(*stack.front().pixel_spacing_mm) + 3.0 * usual_mm.norm();
  std::vector<Slices> parts(1, Slices{stack.front()});
  for (std::size_t i = 1; i < stack.size(); ++i) {
    if ((steps_mm[i - 1] - usual_mm).norm() > tolerance_mm) parts.emplace_back();
    parts.back().push_back(stack[i]);
  }
  const bool are_stacks = std::ranges::all_of(parts, [](const Slices& part) { return part.size() > 1; });
  if (!are_stacks) return {std::move(stack)};
  return parts;
}

}  // namespace

std::vector<SliceStack> separate_stacks(const std::vector<ScannedInstance>& axial) {
  constexpr std::array<Time, 2> times{&ScannedInstance::acquisition_date_time,
                                      &ScannedInstance::content_date_time};
  std::vector<SliceStack> result;
  std::vector<Slices> stacks = stacks_of_equal_plane(axial);
  std::ranges::for_each(stacks, sort_by_position);
  join_stacks_of_one_scan(stacks);
  for (Slices& stack : stacks) {
    const int dropped = drop_copies(stack);
    for (Slices& acquisition : separate_acquisitions(std::move(stack), times)) {
      for (Slices& part : separate_moved_fields(std::move(acquisition))) {
        result.push_back({std::move(part), dropped});
      }
    }
  }
  return result;
}

}  // namespace focalhip
