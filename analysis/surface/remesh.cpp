#include "analysis/surface/remesh.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/surface/editable_mesh.h"

namespace focalhip {

namespace {

constexpr double too_long = 4.0 / 3.0;  // of the wanted edge [BotschKobbelt2004]
constexpr double too_short = 4.0 / 5.0;
constexpr double furthest_projection_mm = 1.5;
constexpr int plane_steps = 4;

Eigen::Vector3d onto_surface(const LevelSet& surface, const Eigen::Vector3d& p) {
  return project_to_surface(surface, p, furthest_projection_mm).value_or(p);
}

// On the zero and on the plane: both in turns, moving within the plane towards the zero.
Eigen::Vector3d onto_rim(const LevelSet& surface, const CutPlane& plane, Eigen::Vector3d p) {
  p -= plane.height_mm(p) * plane.normal;
  const Eigen::Vector3d start = p;
  for (int i = 0; i < plane_steps; ++i) {
    const std::optional<double> distance = surface.distance_at(p);
    if (!distance) return start;
    Eigen::Vector3d gradient = surface.gradient_at(p);
    gradient -= gradient.dot(plane.normal) * plane.normal;
    if (gradient.squaredNorm() < 0.01) return start;
    p -= *distance / gradient.squaredNorm() * gradient;
  }
  return (p - start).norm() < furthest_projection_mm ? p : start;
}

class Remesher {
 public:
  Remesher(const TriangleMesh& mesh,
           const LevelSet& surface,
           const std::optional<CutPlane>& rim,
           double edge_mm)
      : mesh_(mesh), surface_(surface), rim_(rim), edge_mm_(edge_mm) {}

  void split_long() {
    for (const auto& edge : mesh_.edges()) {
      if (mesh_.length_mm(edge) <= too_long * edge_mm_) continue;
      if (!rim_ && mesh_.is_rim(edge)) continue;
      const int middle = mesh_.split(edge);
      mesh_.move(middle, placed(middle, mesh_.position_mm(middle)));
    }
  }

  void collapse_short() {
    for (const auto& edge : mesh_.edges()) {
      if (!mesh_.is_alive(edge.a) || !mesh_.is_alive(edge.b) || !mesh_.has_edge(edge.a, edge.b)) continue;
      if (mesh_.length_mm(edge) >= too_short * edge_mm_) continue;
      const bool on_rim = mesh_.is_rim(edge);
      if (on_rim && !rim_) continue;
      const Eigen::Vector3d middle = 0.5 * (mesh_.position_mm(edge.a) + mesh_.position_mm(edge.b));
      const Eigen::Vector3d to = on_rim ? onto_rim(surface_, *rim_, middle) : onto_surface(surface_, middle);
      mesh_.collapse(edge, to, too_long * edge_mm_);
    }
  }

  void flip() {
    for (const auto& edge : mesh_.edges()) {
      if (mesh_.has_edge(edge.a, edge.b)) mesh_.flip_if_more_regular(edge);
    }
  }

  // Every vertex to the middle of its neighbours, along the surface. From the old positions, all at once.
  void relax() {
    std::vector<Eigen::Vector3d> to(static_cast<std::size_t>(mesh_.vertex_count()));
    for (int v = 0; v < mesh_.vertex_count(); ++v) {
      if (mesh_.is_alive(v)) to[static_cast<std::size_t>(v)] = relaxed(v);
    }
    for (int v = 0; v < mesh_.vertex_count(); ++v) {
      if (mesh_.is_alive(v)) mesh_.move(v, to[static_cast<std::size_t>(v)]);
    }
  }

  [[nodiscard]] TriangleMesh result() const { return mesh_.compact(); }

 private:
  [[nodiscard]] Eigen::Vector3d placed(int vertex, const Eigen::Vector3d& p) const {
    if (!mesh_.is_rim(vertex)) return onto_surface(surface_, p);
    return rim_ ? onto_rim(surface_, *rim_, p) : mesh_.position_mm(vertex);
  }

  [[nodiscard]] Eigen::Vector3d relaxed(int vertex) const {
    const bool on_rim = mesh_.is_rim(vertex);
    Eigen::Vector3d sum = Eigen::Vector3d::Zero();
    double count = 0.0;
    for (const int n : mesh_.neighbours(vertex)) {
      if (on_rim && !mesh_.is_rim({vertex, n})) continue;
      sum += mesh_.position_mm(n);
      count += 1.0;
    }
    const Eigen::Vector3d here = mesh_.position_mm(vertex);
    if (count < 2.0) return here;
    const Eigen::Vector3d step = sum / count - here;
    const Eigen::Vector3d normal = mesh_.normal(vertex);
    return placed(vertex, here + step - step.dot(normal) * normal);
  }

  EditableMesh mesh_;
  const LevelSet& surface_;
  std::optional<CutPlane> rim_;
  double edge_mm_;
};

}  // namespace

TriangleMesh remesh(const TriangleMesh& mesh,
                    const LevelSet& surface,
                    const std::optional<CutPlane>& rim,
                    const RemeshOptions& options) {
  Remesher remesher(mesh, surface, rim, options.edge_mm);
  for (int pass = 0; pass < options.passes; ++pass) {
    remesher.split_long();
    remesher.collapse_short();
    remesher.flip();
    remesher.relax();
  }
  // The last passes only even out: no vertex comes or goes.
  for (int pass = 0; pass < 3; ++pass) {
    remesher.flip();
    remesher.relax();
  }
  return remesher.result();
}

}  // namespace focalhip
