#include "tests/proof/cortex/cylinder_phantom.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>

namespace focalhip::proof {

namespace {

constexpr double half_length_mm = 16.0;  // of the imaged part, along z
constexpr double margin_mm = 11.0;       // beyond the surface, in the slice plane
constexpr int fine = 8;                  // samples per pixel
constexpr int patches = 8;               // round the cylinder
constexpr double patch_height_mm = 12.0;
constexpr std::array<double, 4> gauss_at{
    -0.4305681558, -0.1699905218, 0.1699905218, 0.4305681558};  // * slice
constexpr std::array<double, 4> gauss_weight{0.1739274226, 0.3260725774, 0.3260725774, 0.1739274226};

// Deterministic normal deviate of a lattice place.
double deviate(std::uint64_t seed, int i, int j, int k) {
  std::seed_seq places{static_cast<std::uint32_t>(seed),
                       static_cast<std::uint32_t>(seed >> 32U),
                       static_cast<std::uint32_t>(i),
                       static_cast<std::uint32_t>(j),
                       static_cast<std::uint32_t>(k)};
  std::mt19937 random(places);
  return std::normal_distribution<double>()(random);
}

class Density {
 public:
  explicit Density(const CylinderPhantom& phantom)
      : phantom_(phantom),
        axis_(std::sin(phantom.tilt_rad), 0.0, std::cos(phantom.tilt_rad)),
        across_(std::cos(phantom.tilt_rad), 0.0, -std::sin(phantom.tilt_rad)) {
    std::mt19937_64 random(phantom.seed);
    std::uniform_real_distribution<double> half(-0.5, 0.5);
    centre_ = {half(random), half(random), half(random)};
    for (int band = 0; band < bands; ++band) {
      for (int patch = 0; patch < patches; ++patch) {
        // 0.866: what interpolation between patches leaves of an SD.
        const double share = deviate(phantom.seed, band, patch, 77) * phantom.cortex_variation / 0.866;
        cortex_[static_cast<std::size_t>(band * patches + patch)] = phantom.cortex * (1.0 + share);
      }
    }
    for (float& value : texture_) {
      value = static_cast<float>(std::normal_distribution<double>(0.0, 1.0)(random));
    }
  }

  [[nodiscard]] Eigen::Vector3d surface_mm(double angle, double along) const {
    return centre_ + along * axis_ + phantom_.radius_mm * outward(angle);
  }
  [[nodiscard]] Eigen::Vector3d outward(double angle) const {
    return std::cos(angle) * across_ + std::sin(angle) * Eigen::Vector3d::UnitY();
  }
  [[nodiscard]] double cortex(double angle, double along) const {
    const int band =
        std::clamp(static_cast<int>(std::floor(along / patch_height_mm)) + bands / 2, 0, bands - 1);
    const double at = (angle / (2.0 * std::numbers::pi) + 1.0) * patches;
    const int low = static_cast<int>(std::floor(at));
    const double t = 0.5 - 0.5 * std::cos((at - low) * std::numbers::pi);
    const auto value = [&](int patch) {
      return cortex_[static_cast<std::size_t>(band * patches + patch % patches)];
    };
    return (1.0 - t) * value(low) + t * value(low + 1);
  }

  [[nodiscard]] double at(const Eigen::Vector3d& p_mm) const {
    const Eigen::Vector3d d = p_mm - centre_;
    const double u = d.dot(across_);
    const double v = d.y();
    const double r = std::sqrt(u * u + v * v);
    const double depth = phantom_.radius_mm - r;
    if (depth < 0.0) {
      const bool neighbour = phantom_.neighbour_gap_mm > 0.0 && -depth > phantom_.neighbour_gap_mm;
      return neighbour ? 0.5 * phantom_.cortex : phantom_.outside;
    }
    const double ramp = phantom_.ramp_mm;
    const double end = phantom_.thickness_mm + 0.5 * ramp;
    const double spongy = depth > phantom_.thickness_mm - 0.5 * ramp ? phantom_.inside + texture(p_mm) : 0.0;
    if (depth >= end) return spongy;
    const double compact = cortex(std::atan2(v, u), d.dot(axis_));
    if (ramp <= 0.0 || depth <= phantom_.thickness_mm - 0.5 * ramp) return compact;
    const double t = (end - depth) / ramp;
    return t * compact + (1.0 - t) * spongy;
  }

 private:
  static constexpr int bands = 8;
  static constexpr int texture_size = 32;
  static constexpr double texture_step_mm = 2.0;

  // Trilinear value noise, period 64 mm; 0.54 is the SD interpolation leaves on average.
  [[nodiscard]] double texture(const Eigen::Vector3d& p) const {
    if (phantom_.texture_sd <= 0.0) return 0.0;
    std::array<int, 3> low{};
    std::array<double, 3> t{};
    for (int a = 0; a < 3; ++a) {
      const double at = p[a] / texture_step_mm;
      const double floor = std::floor(at);
      low[static_cast<std::size_t>(a)] = static_cast<int>(floor);
      t[static_cast<std::size_t>(a)] = at - floor;
    }
    double sum = 0.0;
    for (int corner = 0; corner < 8; ++corner) {
      double weight = 1.0;
      std::size_t index = 0;
      for (std::size_t a = 0; a < 3; ++a) {
        const int side = (corner >> a) & 1;
        weight *= side == 1 ? t[a] : 1.0 - t[a];
        const int wrapped = ((low[a] + side) % texture_size + texture_size) % texture_size;
        index = index * texture_size + static_cast<std::size_t>(wrapped);
      }
      sum += weight * static_cast<double>(texture_[index]);
    }
    return phantom_.texture_sd / 0.54 * sum;
  }

  CylinderPhantom phantom_;
  Eigen::Vector3d axis_;
  Eigen::Vector3d across_;
  Eigen::Vector3d centre_;
  std::array<double, static_cast<std::size_t>(bands) * patches> cortex_{};
  std::vector<float> texture_ = std::vector<float>(texture_size * texture_size * texture_size);
};

VoxelGrid grid_of(const CylinderPhantom& phantom, const PhantomScan& scan) {
  const double sine = std::sin(phantom.tilt_rad);
  const double cosine = std::cos(phantom.tilt_rad);
  const bool lying = phantom.tilt_rad > 1.2;
  const double reach = phantom.radius_mm + margin_mm;
  // The section of a tilted cylinder is an ellipse that moves along x with z.
  const double half_x = lying ? half_length_mm : (reach + half_length_mm * sine) / cosine;
  const double half_z = lying ? reach + 2.0 * scan.slice_mm : half_length_mm;
  VoxelGrid grid;
  grid.spacing_mm = {scan.pixel_mm, scan.pixel_mm, scan.slice_mm};
  grid.size = {2 * static_cast<int>(std::ceil(half_x / scan.pixel_mm)) + 1,
               2 * static_cast<int>(std::ceil(reach / scan.pixel_mm)) + 1,
               2 * static_cast<int>(std::ceil(half_z / scan.slice_mm)) + 1};
  grid.origin_patient_mm = {-0.5 * (grid.size[0] - 1) * scan.pixel_mm,
                            -0.5 * (grid.size[1] - 1) * scan.pixel_mm,
                            -0.5 * (grid.size[2] - 1) * scan.slice_mm};
  return grid;
}

std::vector<float> gaussian(double sd_samples) {
  const int reach = static_cast<int>(std::ceil(5.0 * sd_samples));
  std::vector<float> weights;
  double sum = 0.0;
  for (int k = -reach; k <= reach; ++k) sum += std::exp(-0.5 * k * k / (sd_samples * sd_samples));
  for (int k = -reach; k <= reach; ++k) {
    weights.push_back(static_cast<float>(std::exp(-0.5 * k * k / (sd_samples * sd_samples)) / sum));
  }
  return weights;
}

// Blurs a fine image along x and y and reads it at the pixels' centres only.
void blur_and_sample(const std::vector<float>& image,
                     int columns,
                     int rows,
                     double sd_samples,
                     float* out,
                     int out_columns,
                     int out_rows) {
  const std::vector<float> kernel = gaussian(sd_samples);
  const int reach = static_cast<int>(kernel.size() / 2);
  std::vector<float> narrow(static_cast<std::size_t>(out_columns) * static_cast<std::size_t>(rows));
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < out_columns; ++i) {
      const int centre = i * fine + fine / 2;
      float sum = 0.0F;
      for (int k = -reach; k <= reach; ++k) {
        const int at = std::clamp(centre + k, 0, columns - 1);
        sum += kernel[static_cast<std::size_t>(k + reach)] *
               image[static_cast<std::size_t>(j) * static_cast<std::size_t>(columns) +
                     static_cast<std::size_t>(at)];
      }
      narrow[static_cast<std::size_t>(j * out_columns + i)] = sum;
    }
  }
  for (int j = 0; j < out_rows; ++j) {
    const int centre = j * fine + fine / 2;
    for (int i = 0; i < out_columns; ++i) {
      float sum = 0.0F;
      for (int k = -reach; k <= reach; ++k) {
        const int at = std::clamp(centre + k, 0, rows - 1);
        sum += kernel[static_cast<std::size_t>(k + reach)] *
               narrow[static_cast<std::size_t>(at * out_columns + i)];
      }
      out[j * out_columns + i] = sum;
    }
  }
}

void add_noise(DensityVolume& volume, double sd, std::uint64_t seed) {
  std::mt19937_64 random(seed ^ 0x9e3779b97f4a7c15ULL);
  std::normal_distribution<float> white;
  const std::vector<float> kernel = gaussian(0.7);
  const int reach = static_cast<int>(kernel.size() / 2);
  float power = 0.0F;
  for (const float w : kernel) power += w * w;
  const auto scale = static_cast<float>(sd) / power;  // two axes: sqrt(power * power)
  const int columns = volume.grid.size[0];
  const int rows = volume.grid.size[1];
  const auto wide = static_cast<std::size_t>(columns + 2 * reach);
  for (int slice = 0; slice < volume.grid.size[2]; ++slice) {
    std::vector<float> field(wide * static_cast<std::size_t>(rows + 2 * reach));
    for (float& f : field) f = white(random);
    for (int j = 0; j < rows; ++j) {
      for (int i = 0; i < columns; ++i) {
        float sum = 0.0F;
        for (std::size_t b = 0; b < kernel.size(); ++b) {
          const float* line =
              field.data() + (static_cast<std::size_t>(j) + b) * wide + static_cast<std::size_t>(i);
          float along = 0.0F;
          for (std::size_t a = 0; a < kernel.size(); ++a) along += kernel[a] * line[a];
          sum += kernel[b] * along;
        }
        volume.mg_cm3[volume.grid.index(i, j, slice)] += scale * sum;
      }
    }
  }
}

}  // namespace

DensityVolume scan_phantom(const CylinderPhantom& phantom, const PhantomScan& scan) {
  const Density density(phantom);
  DensityVolume volume{.grid = grid_of(phantom, scan), .basis = MineralBasis::hydroxyapatite, .mg_cm3 = {}};
  volume.mg_cm3.resize(volume.grid.voxel_count());
  const VoxelGrid& grid = volume.grid;
  const int columns = grid.size[0] * fine;
  const int rows = grid.size[1] * fine;
  const double step = scan.pixel_mm / fine;
  const double first_x = grid.origin_patient_mm.x() - fine / 2 * step;
  const double first_y = grid.origin_patient_mm.y() - fine / 2 * step;
  std::vector<float> image(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
  for (int slice = 0; slice < grid.size[2]; ++slice) {
    const double z = grid.origin_patient_mm.z() + slice * scan.slice_mm;
    for (int j = 0; j < rows; ++j) {
      for (int i = 0; i < columns; ++i) {
        double sum = 0.0;
        for (std::size_t q = 0; q < gauss_at.size(); ++q) {
          sum += gauss_weight[q] *
                 density.at({first_x + i * step, first_y + j * step, z + gauss_at[q] * scan.slice_mm});
        }
        image[static_cast<std::size_t>(j) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(i)] =
            static_cast<float>(sum);
      }
    }
    blur_and_sample(image,
                    columns,
                    rows,
                    scan.blur_sd_mm / step,
                    volume.mg_cm3.data() + grid.index(0, 0, slice),
                    grid.size[0],
                    grid.size[1]);
  }
  add_noise(volume, scan.noise, phantom.seed);
  return volume;
}

std::vector<PhantomPoint> phantom_points(const CylinderPhantom& phantom,
                                         const VoxelGrid& grid,
                                         int count,
                                         std::uint64_t seed) {
  const Density density(phantom);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> angle(-std::numbers::pi, std::numbers::pi);
  const double reach_mm =
      phantom.tilt_rad > 1.2 ? half_length_mm : half_length_mm / std::cos(phantom.tilt_rad);
  std::uniform_real_distribution<double> along(-reach_mm, reach_mm);
  const auto inside = [&](const Eigen::Vector3d& p) {
    const Eigen::Vector3d voxel = grid.voxel_from_patient(p);
    for (int a = 0; a < 3; ++a) {
      if (voxel[a] < 2.0 || voxel[a] > grid.size[static_cast<std::size_t>(a)] - 3.0) return false;
    }
    return true;
  };
  std::vector<PhantomPoint> points;
  for (int tries = 0; tries < 200 * count && static_cast<int>(points.size()) < count; ++tries) {
    const double a = angle(random);
    const double l = along(random);
    const PhantomPoint point{.position_mm = density.surface_mm(a, l),
                             .outward = density.outward(a),
                             .cortex = density.cortex(a, l)};
    if (inside(point.position_mm + 7.5 * point.outward) && inside(point.position_mm - 11.5 * point.outward)) {
      points.push_back(point);
    }
  }
  return points;
}

}  // namespace focalhip::proof
