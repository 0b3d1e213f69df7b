#include "analysis/files/write_surface_vtk.h"

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/files/write_whole_file.h"

namespace focalhip {

namespace {

// Legacy VTK binary is big endian.
void append_bits(std::string& out, std::uint32_t bits) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>((bits >> shift) & 0xFFU);
}
void append(std::string& out, float value) { append_bits(out, std::bit_cast<std::uint32_t>(value)); }
void append(std::string& out, int value) { append_bits(out, static_cast<std::uint32_t>(value)); }
void append(std::string& out, const Eigen::Vector3d& v) {
  for (const double value : {v.x(), v.y(), v.z()}) append(out, static_cast<float>(value));
}

template <typename ValueOf>
void append_scalars(std::string& out,
                    std::string_view name,
                    std::string_view type,
                    std::size_t count,
                    const ValueOf& value_of) {
  out += "SCALARS " + std::string(name) + ' ' + std::string(type) + " 1\nLOOKUP_TABLE default\n";
  for (std::size_t v = 0; v < count; ++v) append(out, value_of(v));
  out += '\n';
}

void append_geometry(std::string& out, const TriangleMesh& mesh) {
  out += "POINTS " + std::to_string(mesh.vertices_mm.size()) + " float\n";
  for (const Eigen::Vector3d& p : mesh.vertices_mm) append(out, p);
  const std::size_t triangles = mesh.triangles.size();
  out += "\nPOLYGONS " + std::to_string(triangles) + ' ' + std::to_string(4 * triangles) + '\n';
  for (const auto& t : mesh.triangles) {
    append(out, 3);
    for (const int vertex : t) append(out, vertex);
  }
  out += '\n';
}

}  // namespace

void write_surface_vtk(const std::filesystem::path& file, const CortexMeasurement& cortex) {
  const CorticalMap& map = cortex.map;
  const std::size_t count = cortex.surface.mesh.vertices_mm.size();
  std::string out =
      "# vtk DataFile Version 3.0\nfemur surface with cortical map, LPS mm, HA\nBINARY\nDATASET POLYDATA\n";
  append_geometry(out, cortex.surface.mesh);
  out += "POINT_DATA " + std::to_string(count) + '\n';
  const auto reals = [&](std::string_view name, const std::vector<float>& values) {
    append_scalars(out, name, "float", count, [&](std::size_t v) { return values[v]; });
  };
  const auto flags = [&](std::string_view name, const auto& flag) {
    append_scalars(out, name, "int", count, [&](std::size_t v) { return static_cast<int>(flag(v)); });
  };
  reals("cth_mm", map.cth_mm);
  reals("cm_mg_cm2", map.cm_mg_cm2);
  reals("cbmd_mg_cm3", map.cbmd_mg_cm3);
  reals("ectd_mg_cm3", map.ectd_mg_cm3);
  reals("cth_sd_mm", map.cth_sd_mm);
  reals("cm_sd_mg_cm2", map.cm_sd_mg_cm2);
  reals("cbmd_sd_mg_cm3", map.cbmd_sd_mg_cm3);
  reals("ectd_sd_mg_cm3", map.ectd_sd_mg_cm3);
  flags("valid", [&](std::size_t v) { return map.state[v] == VertexState::measured; });
  flags("unmeasured", [&](std::size_t v) { return cortex.unmeasured[v]; });
  flags("stood_in",
        [&](std::size_t v) { return map.state[v] == VertexState::failed && map.has_value[v] != 0; });
  reals("density_information", map.information_share);
  flags("region", [&](std::size_t v) { return cortex.surface.region[v]; });
  out += "NORMALS outward float\n";
  for (const Eigen::Vector3d& n : cortex.surface.outward) append(out, n);
  out += '\n';
  write_whole_file(file, out);
}

}  // namespace focalhip
