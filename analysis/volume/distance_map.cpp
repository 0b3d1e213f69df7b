#include "analysis/volume/distance_map.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace focalhip {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// Lower envelope of parabolas over one line of samples. [FelzenszwalbHuttenlocher2012] Sec. 2.1
class LowerEnvelope {
 public:
  explicit LowerEnvelope(int longest) : apex_(longest), from_mm_(longest + 1), line_(longest) {}

  [[nodiscard]] float& operator[](int i) { return line_[i]; }

  // Replaces line[i] by min over j of (distance between samples i and j)^2 + line[j].
  void transform(int count, double spacing_mm) {
    int parabolas = 0;
    for (int j = 0; j < count; ++j) {
      if (line_[j] == infinity) continue;
      double start_mm = -std::numeric_limits<double>::infinity();
      while (parabolas > 0) {
        start_mm = crossing_mm(apex_[parabolas - 1], j, spacing_mm);
        if (start_mm > from_mm_[parabolas - 1]) break;
        --parabolas;
        start_mm = -std::numeric_limits<double>::infinity();
      }
      apex_[parabolas] = j;
      from_mm_[parabolas++] = start_mm;
    }
    if (parabolas == 0) return;
    write(count, parabolas, spacing_mm);
  }

  // vector with a signed index: keeps the arithmetic above free of casts.
  template <typename T>
  struct Samples {
    explicit Samples(int size) : values(static_cast<std::size_t>(size)) {}
    T& operator[](int i) { return values[static_cast<std::size_t>(i)]; }
    std::vector<T> values;
  };

 private:
  double crossing_mm(int left, int right, double spacing_mm) {
    const double a = left * spacing_mm;
    const double b = right * spacing_mm;
    return ((line_[right] + b * b) - (line_[left] + a * a)) / (2.0 * (b - a));
  }
  void write(int count, int parabolas, double spacing_mm) {
    for (int p = 0; p < parabolas; ++p) height_[p] = line_[apex_[p]];
    int current = 0;
    for (int i = 0; i < count; ++i) {
      const double at_mm = i * spacing_mm;
      while (current + 1 < parabolas && from_mm_[current + 1] < at_mm) ++current;
      const double offset_mm = at_mm - apex_[current] * spacing_mm;
      line_[i] = static_cast<float>(offset_mm * offset_mm + height_[current]);
    }
  }

  Samples<int> apex_;
  Samples<double> from_mm_;
  Samples<float> line_;
  Samples<float> height_{static_cast<int>(line_.values.size())};
};

void transform_axis(const VoxelGrid& grid, std::size_t axis, std::vector<float>& values) {
  const std::size_t first_other = axis == 0 ? 1 : 0;
  const std::size_t second_other = axis == 2 ? 1 : 2;
  const std::array<std::size_t, 3> stride{
      1,
      static_cast<std::size_t>(grid.size[0]),
      static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1])};
  const int count = grid.size[axis];
  LowerEnvelope line(count);
  for (int b = 0; b < grid.size[second_other]; ++b) {
    for (int a = 0; a < grid.size[first_other]; ++a) {
      float* start = values.data() + static_cast<std::size_t>(a) * stride[first_other] +
                     static_cast<std::size_t>(b) * stride[second_other];
      bool settled = true;  // all infinite or all zero: nothing to do
      for (int i = 0; i < count; ++i) {
        line[i] = start[static_cast<std::size_t>(i) * stride[axis]];
        settled = settled && line[i] == line[0];
      }
      if (settled && (line[0] == infinity || line[0] == 0.0F)) continue;
      line.transform(count, grid.spacing_mm[static_cast<Eigen::Index>(axis)]);
      for (int i = 0; i < count; ++i) start[static_cast<std::size_t>(i) * stride[axis]] = line[i];
    }
  }
}

std::vector<float> squared_distance_to(const VoxelGrid& grid,
                                       std::span<const std::uint8_t> set,
                                       bool inside) {
  std::vector<float> values(set.size());
  for (std::size_t i = 0; i < set.size(); ++i) values[i] = (set[i] != 0) == inside ? 0.0F : infinity;
  for (std::size_t axis = 0; axis < 3; ++axis) transform_axis(grid, axis, values);
  return values;
}

}  // namespace

std::vector<float> squared_distance_mm2(const VoxelGrid& grid, std::span<const std::uint8_t> set) {
  return squared_distance_to(grid, set, true);
}

std::vector<float> signed_distance_mm(const VoxelGrid& grid, std::span<const std::uint8_t> set) {
  std::vector<float> outside = squared_distance_to(grid, set, true);
  const std::vector<float> inside = squared_distance_to(grid, set, false);
  // Centre-to-centre distances pass the face between two voxels after about half a voxel.
  const auto half_voxel = static_cast<float>(0.5 * std::cbrt(grid.voxel_volume_mm3()));
  for (std::size_t i = 0; i < set.size(); ++i) {
    outside[i] = set[i] != 0 ? half_voxel - std::sqrt(inside[i]) : std::sqrt(outside[i]) - half_voxel;
  }
  return outside;
}

}  // namespace focalhip
