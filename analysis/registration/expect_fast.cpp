#include "analysis/registration/expect_fast.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/support/expects.h"
#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr int part_count = 16;
// Where a padding point lies, in source units: its responsibilities are 2^-64 and nobody reads its sums.
constexpr double far_away = 1e15;

int blocks_of(Eigen::Index points) { return static_cast<int>((points + tile_points - 1) / tile_points); }

// Pairs below exp(-cutoff) are left out: 1e-7 of what a point at its place weighs, and 1 % of the uniform
// component, beside which a stray target has nothing else.
double cutoff_exponent(double uniform) {
  constexpr double least = 16.0;
  if (uniform <= 0.0) return least;
  return std::clamp(std::log(100.0 / uniform), least, 40.0);
}

}  // namespace

FastExpectation::FastExpectation(const Points& target, Eigen::Index source_points, SimdLevel level)
    : target_(target),
      source_points_(source_points),
      source_blocks_(blocks_of(source_points)),
      expect_tile_(expect_tile_function(level)),
      target_boxes_(static_cast<std::size_t>(blocks_of(target.rows()))),
      parts_(part_count) {
  expects(is_supported(level), "the processor has the instruction set");
  replace_target(target);
  const auto padded = static_cast<std::size_t>(source_blocks_) * tile_points;
  for (Part& part : parts_) {
    part.sums.resize(4 * padded);
    part.touched.resize(static_cast<std::size_t>(source_blocks_));
  }
  moved_.resize(3 * padded);
  for (Eigen::ArrayXf& bound : source_boxes_) bound.resize(source_blocks_);
}

void FastExpectation::replace_target(const Points& target) {
  expects(target.rows() == target_.rows(), "the new target has as many points as the last");
  target_ = target;
  for (std::size_t i = 0; i < target_boxes_.size(); ++i) {
    const auto first = static_cast<Eigen::Index>(i) * tile_points;
    const auto points =
        target_.middleRows(first, std::min<Eigen::Index>(tile_points, target_.rows() - first));
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      target_boxes_[i][static_cast<std::size_t>(axis)] = static_cast<float>(points.col(axis).minCoeff());
      target_boxes_[i][static_cast<std::size_t>(axis) + 3] = static_cast<float>(points.col(axis).maxCoeff());
    }
  }
}

void FastExpectation::place_source(const Points& moved) {
  const auto padded = static_cast<std::size_t>(source_blocks_) * tile_points;
  std::fill(moved_.begin(), moved_.end(), far_away);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double* from = moved.col(static_cast<Eigen::Index>(axis)).data();
    double* to = moved_.data() + axis * padded;
    std::copy(from, from + moved.rows(), to);
    for (std::size_t block = 0; block < static_cast<std::size_t>(source_blocks_); ++block) {
      const double* begin = to + block * tile_points;
      const double* end = std::min(begin + tile_points, static_cast<const double*>(to + moved.rows()));
      const auto [low, high] = std::minmax_element(begin, end);
      source_boxes_[axis][static_cast<Eigen::Index>(block)] = static_cast<float>(*low);
      source_boxes_[axis + 3][static_cast<Eigen::Index>(block)] = static_cast<float>(*high);
    }
  }
}

void FastExpectation::find_near_blocks(const Box& box, float reach2, Scratch& scratch) const {
  const auto gap2 = [&](std::size_t axis) {
    const Eigen::ArrayXf& low = source_boxes_[axis];
    const Eigen::ArrayXf& high = source_boxes_[axis + 3];
    return (low - box[axis + 3]).max(box[axis] - high).max(0.0F).square();
  };
  scratch.distance2 = gap2(0) + gap2(1) + gap2(2);
  scratch.blocks.clear();
  for (int i = 0; i < source_blocks_; ++i) {
    if (scratch.distance2[i] <= reach2) scratch.blocks.push_back(i);
  }
}

void FastExpectation::expect_part(int part_index, double sigma2, double uniform, Scratch& scratch) {
  Part& part = parts_[static_cast<std::size_t>(part_index)];
  std::fill(part.touched.begin(), part.touched.end(), std::uint8_t{0});
  part.squared_residual = part.log_density = 0.0;
  part.evaluated = 0;
  part.far_targets.clear();
  const auto padded = static_cast<std::size_t>(source_blocks_) * tile_points;
  const auto reach2 = static_cast<float>(2.0 * sigma2 * cutoff_exponent(uniform));
  ExpectTile tile;
  tile.scale = std::sqrt(std::numbers::log2e / (2.0 * sigma2));
  tile.uniform = uniform;
  // Without a uniform component a target far from everything would divide by what the cut-off left of it.
  tile.least_density = uniform > 0.0 ? 0.0 : 0.01;
  tile.scratch = scratch.pairs.data();
  tile.weight = part.sums.data();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    tile.residual[axis] = part.sums.data() + (axis + 1) * padded;
    tile.moved[axis] = moved_.data() + axis * padded;
  }
  const int tiles = static_cast<int>(target_boxes_.size());
  const int end = tiles * (part_index + 1) / part_count;
  for (int i = tiles * part_index / part_count; i < end; ++i) {
    const Box& box = target_boxes_[static_cast<std::size_t>(i)];
    find_near_blocks(box, reach2, scratch);
    for (const int block : scratch.blocks) {
      std::uint8_t& touched = part.touched[static_cast<std::size_t>(block)];
      if (touched != 0) continue;
      touched = 1;
      for (std::size_t column = 0; column < 4; ++column) {
        const auto first = column * padded + static_cast<std::size_t>(block) * tile_points;
        std::fill_n(part.sums.begin() + static_cast<std::ptrdiff_t>(first), tile_points, 0.0);
      }
    }
    const Eigen::Index first = static_cast<Eigen::Index>(i) * tile_points;
    tile.target_count = static_cast<int>(std::min<Eigen::Index>(tile_points, target_.rows() - first));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      tile.target[axis] = target_.col(static_cast<Eigen::Index>(axis)).data() + first;
      tile.centre[axis] = 0.5 * (static_cast<double>(box[axis]) + static_cast<double>(box[axis + 3]));
    }
    tile.blocks = scratch.blocks.data();
    tile.block_count = static_cast<int>(scratch.blocks.size());
    expect_tile_(tile);
    part.squared_residual += tile.squared_residual;
    part.evaluated += static_cast<std::int64_t>(tile.block_count) * tile.target_count;
    for (int n = 0; n < tile.target_count; ++n) {
      const double density = tile.density[static_cast<std::size_t>(n)];
      if (density > tile.least_density) {
        part.log_density += std::log(density);
      } else {
        part.far_targets.push_back(static_cast<int>(first) + n);
      }
    }
  }
}

CpdSums FastExpectation::merged(const Points& moved, int threads) const {
  CpdSums sums;
  sums.weight.resize(moved.rows());
  sums.residual.resize(moved.rows(), 3);
  const auto padded = static_cast<std::size_t>(source_blocks_) * tile_points;
  const auto merge_block = [&](std::size_t block) {
    std::array<double, std::size_t{4} * tile_points> sum{};
    for (const Part& part : parts_) {
      if (part.touched[block] == 0) continue;
      for (std::size_t column = 0; column < 4; ++column) {
        const double* from = part.sums.data() + column * padded + block * tile_points;
        for (std::size_t lane = 0; lane < tile_points; ++lane) sum[column * tile_points + lane] += from[lane];
      }
    }
    const auto first = static_cast<Eigen::Index>(block) * tile_points;
    const auto count = std::min<Eigen::Index>(tile_points, moved.rows() - first);
    for (Eigen::Index lane = 0; lane < count; ++lane) {
      const auto at = static_cast<std::size_t>(lane);
      sums.weight[first + lane] = sum[at];
      for (Eigen::Index axis = 0; axis < 3; ++axis) {
        sums.residual(first + lane, axis) = sum[at + static_cast<std::size_t>(axis + 1) * tile_points];
      }
    }
  };
  constexpr int ranges = 8;
  const auto blocks = static_cast<std::size_t>(source_blocks_);
  parallel_for(ranges, threads, [&](int range) {
    const auto i = static_cast<std::size_t>(range);
    for (std::size_t block = blocks * i / ranges; block < blocks * (i + 1) / ranges; ++block)
      merge_block(block);
  });
  for (const Part& part : parts_) {
    sums.squared_residual += part.squared_residual;
    sums.log_density += part.log_density;
  }
  return sums;
}

CpdSums FastExpectation::expect(const Points& moved, double sigma2, double uniform, int threads) {
  expects(moved.rows() == source_points_, "the source has as many points as promised");
  place_source(moved);
  const int workers = std::min(threads, part_count);
  scratch_.resize(std::max(scratch_.size(), static_cast<std::size_t>(workers)));
  std::atomic<int> next{0};
  parallel_for(workers, workers, [&](int worker) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(worker)];
    scratch.pairs.resize(static_cast<std::size_t>(source_blocks_) * tile_points * tile_points);
    for (int part = next.fetch_add(1); part < part_count; part = next.fetch_add(1)) {
      expect_part(part, sigma2, uniform, scratch);
    }
  });
  CpdSums sums = merged(moved, threads);
  std::int64_t evaluated = 0;
  for (const Part& part : parts_) {
    evaluated += part.evaluated;
    for (const int n : part.far_targets) add_far_target(moved, target_.row(n), sigma2, sums);
  }
  sums.total_weight = sums.weight.sum();
  evaluated_share_ = static_cast<double>(evaluated) /
                     (static_cast<double>(source_blocks_) * static_cast<double>(target_.rows()));
  return sums;
}

}  // namespace focalhip
