#include "analysis/volume/components.h"

#include <algorithm>
#include <cstddef>

#include "analysis/volume/distance_map.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

// A plane of the grid as a two-dimensional set with its own flood fill.
class PlaneFiller {
 public:
  PlaneFiller(std::size_t width, std::size_t height)
      : width_(width), height_(height), outside_(width * height) {}

  // reach(i) must tell whether pixel i belongs to the set; add(i) is called for every enclosed pixel.
  template <typename InSet, typename Add>
  void fill(InSet in_set, Add add) {
    std::fill(outside_.begin(), outside_.end(), std::uint8_t{0});
    for (std::size_t x = 0; x < width_; ++x) {
      seed(x, in_set);
      seed(x + width_ * (height_ - 1), in_set);
    }
    for (std::size_t y = 0; y < height_; ++y) {
      seed(y * width_, in_set);
      seed(y * width_ + width_ - 1, in_set);
    }
    while (!stack_.empty()) {
      const std::size_t pixel = stack_.back();
      stack_.pop_back();
      const std::size_t x = pixel % width_;
      const std::size_t y = pixel / width_;
      if (x > 0) seed(pixel - 1, in_set);
      if (x + 1 < width_) seed(pixel + 1, in_set);
      if (y > 0) seed(pixel - width_, in_set);
      if (y + 1 < height_) seed(pixel + width_, in_set);
    }
    for (std::size_t pixel = 0; pixel < outside_.size(); ++pixel) {
      if (outside_[pixel] == 0 && !in_set(pixel)) add(pixel);
    }
  }

 private:
  template <typename InSet>
  void seed(std::size_t pixel, InSet& in_set) {
    if (outside_[pixel] != 0 || in_set(pixel)) return;
    outside_[pixel] = 1;
    stack_.push_back(pixel);
  }

  std::size_t width_;
  std::size_t height_;
  std::vector<std::uint8_t> outside_;
  std::vector<std::size_t> stack_;
};

}  // namespace

Components label_components(const VoxelGrid& grid, std::span<const std::uint8_t> set) {
  Components result{.label = std::vector<std::int32_t>(set.size(), 0), .voxel_count = {0}};
  std::vector<std::size_t> stack;
  for (std::size_t start = 0; start < set.size(); ++start) {
    if (set[start] == 0 || result.label[start] != 0) continue;
    const auto label = static_cast<std::int32_t>(result.voxel_count.size());
    result.voxel_count.push_back(0);
    const auto enter = [&](std::size_t index) {
      if (set[index] == 0 || result.label[index] != 0) return;
      result.label[index] = label;
      stack.push_back(index);
    };
    enter(start);
    while (!stack.empty()) {
      const std::size_t index = stack.back();
      stack.pop_back();
      ++result.voxel_count.back();
      for_each_face_neighbour(grid, index, [&](std::size_t, std::size_t other) { enter(other); });
    }
  }
  return result;
}

void keep_largest_component(const VoxelGrid& grid, std::vector<std::uint8_t>& set) {
  const Components components = label_components(grid, set);
  const auto largest = std::max_element(components.voxel_count.begin(), components.voxel_count.end());
  const auto label = static_cast<std::int32_t>(largest - components.voxel_count.begin());
  for (std::size_t i = 0; i < set.size(); ++i) {
    set[i] = set[i] != 0 && components.label[i] == label ? std::uint8_t{1} : std::uint8_t{0};
  }
}

void fill_holes(const VoxelGrid& grid, std::vector<std::uint8_t>& set) {
  std::vector<std::uint8_t> outside(set.size(), 0);
  std::vector<std::size_t> stack;
  const auto enter = [&](std::size_t index) {
    if (set[index] != 0 || outside[index] != 0) return;
    outside[index] = 1;
    stack.push_back(index);
  };
  for (int slice = 0; slice < grid.size[2]; ++slice) {
    for (int column = 0; column < grid.size[0]; ++column) {
      enter(grid.index(column, 0, slice));
      enter(grid.index(column, grid.size[1] - 1, slice));
    }
    for (int row = 0; row < grid.size[1]; ++row) {
      enter(grid.index(0, row, slice));
      enter(grid.index(grid.size[0] - 1, row, slice));
    }
  }
  while (!stack.empty()) {
    const std::size_t index = stack.back();
    stack.pop_back();
    for_each_face_neighbour(grid, index, [&](std::size_t, std::size_t other) { enter(other); });
  }
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = outside[i] != 0 ? std::uint8_t{0} : std::uint8_t{1};
}

void fill_plane_holes(const VoxelGrid& grid, std::size_t axis, std::vector<std::uint8_t>& set) {
  if (set.empty()) return;
  const std::array<std::size_t, 3> size{static_cast<std::size_t>(grid.size[0]),
                                        static_cast<std::size_t>(grid.size[1]),
                                        static_cast<std::size_t>(grid.size[2])};
  const std::array<std::size_t, 3> stride{1, size[0], size[0] * size[1]};
  const std::size_t u = axis == 0 ? 1 : 0;
  const std::size_t v = axis == 2 ? 1 : 2;
  PlaneFiller filler(size[u], size[v]);
  for (std::size_t plane = 0; plane < size[axis]; ++plane) {
    const auto at = [&](std::size_t pixel) {
      return plane * stride[axis] + pixel % size[u] * stride[u] + pixel / size[u] * stride[v];
    };
    filler.fill([&](std::size_t pixel) { return set[at(pixel)] != 0; },
                [&](std::size_t pixel) { set[at(pixel)] = 1; });
  }
}

void close_ball(const VoxelGrid& grid, double radius_mm, std::vector<std::uint8_t>& set) {
  const auto limit_mm2 = static_cast<float>(radius_mm * radius_mm);
  std::vector<std::uint8_t> outside(set.size());
  const std::vector<float> to_set_mm2 = squared_distance_mm2(grid, set);
  for (std::size_t i = 0; i < set.size(); ++i) outside[i] = to_set_mm2[i] > limit_mm2 ? 1 : 0;
  const std::vector<float> to_outside_mm2 = squared_distance_mm2(grid, outside);
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = to_outside_mm2[i] > limit_mm2 ? 1 : 0;
}

void open_ball(const VoxelGrid& grid, double radius_mm, std::vector<std::uint8_t>& set) {
  for (std::uint8_t& value : set) value = value == 0 ? 1 : 0;
  close_ball(grid, radius_mm, set);
  for (std::uint8_t& value : set) value = value == 0 ? 1 : 0;
}

}  // namespace focalhip
