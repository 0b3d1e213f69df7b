#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "analysis/statistics/search_region.h"

namespace focalhip::proof {

// Gaussian noise of known smoothness on a region: maps without any effect.
class NullFields {
 public:
  virtual ~NullFields() = default;
  [[nodiscard]] const SearchRegion& region() const { return region_; }
  [[nodiscard]] const std::vector<std::uint8_t>& mask() const { return mask_; }
  // One subject's map into `values`, one a point.
  virtual void draw(std::mt19937_64& random, std::span<float> values) const = 0;

 protected:
  SearchRegion region_;
  std::vector<std::uint8_t> mask_;
};

// An icosahedron divided four times (2,562 vertices). White noise averaged with its neighbours few times and
// many times, blended from one pole to the other: the smoothness differs from place to place. About 80
// resels. `cut`: caps at both ends lie outside the mask, which leaves two boundaries.
class SphereFields : public NullFields {
 public:
  enum class Caps { kept, cut };
  explicit SphereFields(Caps caps);
  void draw(std::mt19937_64& random, std::span<float> values) const override;

 private:
  void average(std::vector<float>& values, std::vector<float>& next, int times) const;
  std::vector<std::array<float, 3>> vertices_;
  std::vector<int> neighbours_;  // of vertex i: first_[i] .. first_[i + 1]
  std::vector<std::size_t> first_;
};

// An ellipsoid in a lattice of voxels. White noise, smoothed by a Gaussian of 4.7 voxels FWHM.
class LatticeFields : public NullFields {
 public:
  LatticeFields();
  void draw(std::mt19937_64& random, std::span<float> values) const override;

 private:
  std::vector<std::size_t> place_;  // of every point in the noise's lattice
  std::vector<float> kernel_;
};

}  // namespace focalhip::proof
