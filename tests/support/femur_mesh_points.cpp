#include "tests/support/femur_mesh_points.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace focalhip::test {

namespace {

using Eigen::Vector3d;

std::string unpacked(const std::filesystem::path& file) {
  const std::string command = "xz -dc '" + file.string() + "'";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string bytes;
  std::string piece(1 << 16, '\0');
  for (std::size_t got = 0; (got = std::fread(piece.data(), 1, piece.size(), pipe.get())) > 0;)
    bytes.append(piece, 0, got);
  return bytes;
}

int count_of(const std::string& header, const std::string& element) {
  const std::size_t at = header.find("element " + element + " ");
  if (at == std::string::npos) throw std::runtime_error("no element " + element);
  return std::stoi(header.substr(at + 9 + element.size()));
}

// Triangles of the mesh and a fan over its border.
std::vector<std::array<Vector3d, 3>> closed_triangles(const TriangleMesh& mesh) {
  std::vector<std::array<Vector3d, 3>> triangles;
  std::map<std::pair<int, int>, int> uses;
  for (const auto& corners : mesh.triangles) {
    std::array<Vector3d, 3> place;
    for (std::size_t i = 0; i < 3; ++i) {
      place[i] = mesh.vertices_mm[static_cast<std::size_t>(corners[i])];
      ++uses[std::minmax(corners[i], corners[(i + 1) % 3])];
    }
    triangles.push_back(place);
  }
  const std::vector<int> border = border_vertices(mesh);
  Vector3d centre{0, 0, 0};
  for (const int vertex : border) {
    centre += mesh.vertices_mm[static_cast<std::size_t>(vertex)] / static_cast<double>(border.size());
  }
  for (const auto& [edge, count] : uses) {
    if (count != 1) continue;
    triangles.push_back({mesh.vertices_mm[static_cast<std::size_t>(edge.first)],
                         mesh.vertices_mm[static_cast<std::size_t>(edge.second)],
                         centre});
  }
  return triangles;
}

// Whether a point is inside closed triangles: crossings of the ray in +x. Triangles wait in cells of y and z.
class InsideTest {
 public:
  explicit InsideTest(std::vector<std::array<Vector3d, 3>> triangles) : triangles_(std::move(triangles)) {
    low_ = high_ = triangles_.front()[0];
    for (const auto& triangle : triangles_) {
      for (const Vector3d& corner : triangle) {
        low_ = low_.cwiseMin(corner);
        high_ = high_.cwiseMax(corner);
      }
    }
    columns_ = cell(high_.y() - low_.y()) + 1;
    cells_.resize(static_cast<std::size_t>(columns_) *
                  static_cast<std::size_t>(cell(high_.z() - low_.z()) + 1));
    for (std::size_t i = 0; i < triangles_.size(); ++i) {
      const auto& [a, b, c] = triangles_[i];
      const Vector3d least = a.cwiseMin(b).cwiseMin(c) - low_;
      const Vector3d most = a.cwiseMax(b).cwiseMax(c) - low_;
      for (int z = cell(least.z()); z <= cell(most.z()); ++z)
        for (int y = cell(least.y()); y <= cell(most.y()); ++y) cells_[index(y, z)].push_back(i);
    }
  }
  [[nodiscard]] const Vector3d& low() const { return low_; }
  [[nodiscard]] const Vector3d& high() const { return high_; }
  [[nodiscard]] bool contains(const Vector3d& point) const {
    if ((point.array() < low_.array()).any() || (point.array() > high_.array()).any()) return false;
    int crossings = 0;
    for (const std::size_t i : cells_[index(cell(point.y() - low_.y()), cell(point.z() - low_.z()))]) {
      crossings += crosses(point, triangles_[i]) ? 1 : 0;
    }
    return crossings % 2 == 1;
  }

 private:
  static int cell(double distance_mm) { return static_cast<int>(distance_mm / 2.0); }
  [[nodiscard]] std::size_t index(int y, int z) const {
    return static_cast<std::size_t>(z) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(y);
  }
  static bool crosses(const Vector3d& from, const std::array<Vector3d, 3>& triangle) {
    std::array<double, 3> area{};  // twice the signed areas in the y-z plane
    for (std::size_t i = 0; i < 3; ++i) {
      const Vector3d a = triangle[(i + 1) % 3] - from;
      const Vector3d b = triangle[(i + 2) % 3] - from;
      area[i] = a.y() * b.z() - a.z() * b.y();
    }
    const bool inside = (area[0] > 0) == (area[1] > 0) && (area[1] > 0) == (area[2] > 0);
    const double sum = area[0] + area[1] + area[2];
    if (!inside || sum == 0.0) return false;
    const double x =
        (area[0] * triangle[0].x() + area[1] * triangle[1].x() + area[2] * triangle[2].x()) / sum;
    return x > from.x();
  }

  std::vector<std::array<Vector3d, 3>> triangles_;
  Vector3d low_;
  Vector3d high_;
  int columns_ = 0;
  std::vector<std::vector<std::size_t>> cells_;
};

// SplitMix64: the same numbers everywhere.
double uniform(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

std::vector<Vector3d> one_a_cell(const InsideTest& inside, double step_mm, std::uint64_t seed) {
  std::vector<Vector3d> found;
  const Vector3d extent = inside.high() - inside.low();
  for (int k = 0; k * step_mm < extent.z(); ++k)
    for (int j = 0; j * step_mm < extent.y(); ++j)
      for (int i = 0; i * step_mm < extent.x(); ++i) {
        const double x = i + uniform(seed);
        const double y = j + uniform(seed);
        const double z = k + uniform(seed);
        const Vector3d point = inside.low() + step_mm * Vector3d{x, y, z};
        if (inside.contains(point)) found.push_back(point);
      }
  return found;
}

}  // namespace

TriangleMesh read_packed_ply(const std::filesystem::path& file) {
  const std::string bytes = unpacked(file);
  const std::string end = "end_header\n";
  const std::size_t at = bytes.find(end);
  if (at == std::string::npos) throw std::runtime_error("no PLY header: " + file.string());
  const std::string header = bytes.substr(0, at);
  const auto vertices = static_cast<std::size_t>(count_of(header, "vertex"));
  const auto faces = static_cast<std::size_t>(count_of(header, "face"));
  if (bytes.size() < at + end.size() + 12 * vertices + 13 * faces) throw std::runtime_error("short PLY");
  TriangleMesh mesh;
  const char* from = bytes.data() + at + end.size();
  for (std::size_t i = 0; i < vertices; ++i, from += 12) {
    std::array<float, 3> place{};
    std::memcpy(place.data(), from, 12);
    mesh.vertices_mm.emplace_back(place[0], place[1], place[2]);
  }
  for (std::size_t i = 0; i < faces; ++i, from += 13) {
    std::array<int, 3> corners{};
    if (*from != 3) throw std::runtime_error("a face that is no triangle");
    std::memcpy(corners.data(), from + 1, 12);
    mesh.triangles.push_back(corners);
  }
  return mesh;
}

std::vector<int> border_vertices(const TriangleMesh& mesh) {
  std::map<std::pair<int, int>, int> uses;
  for (const auto& corners : mesh.triangles) {
    for (std::size_t i = 0; i < 3; ++i) ++uses[std::minmax(corners[i], corners[(i + 1) % 3])];
  }
  std::vector<int> border;
  for (const auto& [edge, count] : uses) {
    if (count == 1) border.insert(border.end(), {edge.first, edge.second});
  }
  std::sort(border.begin(), border.end());
  border.erase(std::unique(border.begin(), border.end()), border.end());
  return border;
}

Points points_inside(const TriangleMesh& mesh, int count, std::uint64_t seed) {
  const InsideTest inside(closed_triangles(mesh));
  const auto coarse = static_cast<double>(one_a_cell(inside, 4.0, seed).size());
  const std::vector<Vector3d> found = one_a_cell(inside, 4.0 * std::cbrt(coarse / count), seed);
  Points points(static_cast<Eigen::Index>(found.size()), 3);
  for (std::size_t i = 0; i < found.size(); ++i) points.row(static_cast<Eigen::Index>(i)) = found[i];
  return points;
}

}  // namespace focalhip::test
