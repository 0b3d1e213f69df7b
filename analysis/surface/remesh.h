#pragma once

#include <optional>

#include "analysis/surface/extract_isosurface.h"
#include "analysis/surface/level_set.h"
#include "analysis/surface/triangle_mesh.h"

namespace focalhip {

struct RemeshOptions {
  double edge_mm = 1.7;
  int passes = 8;
};

// The same surface with triangles of about one size and shape: edges split, collapsed, flipped; vertices
// moved along the surface and put back onto the level set's zero. A rim stays on `rim` (and on the zero);
// without it rim vertices stay where they are. Deterministic. [BotschKobbelt2004] Throws
// std::invalid_argument where the mesh is no manifold.
[[nodiscard]] TriangleMesh remesh(const TriangleMesh& mesh,
                                  const LevelSet& surface,
                                  const std::optional<CutPlane>& rim,
                                  const RemeshOptions& options);

}  // namespace focalhip
