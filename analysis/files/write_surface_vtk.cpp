#include "analysis/files/write_surface_vtk.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/files/write_whole_file.h"

namespace focalhip {

namespace {

constexpr int coordinate_digits = 4;  // 0.1 micrometre: below any meaning
constexpr int value_digits = 5;

void append(std::string& text, double value, int decimals) {
  if (!std::isfinite(value)) {
    text += "nan";
    return;
  }
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
  text.append(buffer.data(), end.ptr);
}

void append_vector(std::string& text, const Eigen::Vector3d& v, int decimals) {
  append(text, v.x(), decimals);
  text += ' ';
  append(text, v.y(), decimals);
  text += ' ';
  append(text, v.z(), decimals);
  text += '\n';
}

template <typename AppendValue>
void append_scalars(std::string& text,
                    std::string_view name,
                    std::string_view type,
                    std::size_t count,
                    const AppendValue& append_value) {
  text += "SCALARS " + std::string(name) + ' ' + std::string(type) + " 1\nLOOKUP_TABLE default\n";
  for (std::size_t v = 0; v < count; ++v) {
    append_value(v);
    text += '\n';
  }
}

void append_geometry(std::string& text, const TriangleMesh& mesh) {
  text += "POINTS " + std::to_string(mesh.vertices_mm.size()) + " float\n";
  for (const Eigen::Vector3d& p : mesh.vertices_mm) append_vector(text, p, coordinate_digits);
  const std::size_t triangles = mesh.triangles.size();
  text += "POLYGONS " + std::to_string(triangles) + ' ' + std::to_string(4 * triangles) + '\n';
  for (const auto& t : mesh.triangles) {
    text += "3 " + std::to_string(t[0]) + ' ' + std::to_string(t[1]) + ' ' + std::to_string(t[2]) + '\n';
  }
}

}  // namespace

void write_surface_vtk(const std::filesystem::path& file, const CortexMeasurement& cortex) {
  const CorticalMap& map = cortex.map;
  const std::size_t count = cortex.surface.mesh.vertices_mm.size();
  std::string text =
      "# vtk DataFile Version 3.0\nfemur surface with cortical map, LPS mm, HA\nASCII\nDATASET POLYDATA\n";
  append_geometry(text, cortex.surface.mesh);
  text += "POINT_DATA " + std::to_string(count) + '\n';
  const auto reals = [&](std::string_view name, const std::vector<float>& values) {
    append_scalars(text, name, "float", count, [&](std::size_t v) {
      append(text, static_cast<double>(values[v]), value_digits);
    });
  };
  const auto flags = [&](std::string_view name, const auto& flag) {
    append_scalars(
        text, name, "int", count, [&](std::size_t v) { text += std::to_string(static_cast<int>(flag(v))); });
  };
  reals("cth_mm", map.cth_mm);
  reals("cm_mg_cm2", map.cm_mg_cm2);
  reals("cbmd_mg_cm3", map.cbmd_mg_cm3);
  reals("ectd_mg_cm3", map.ectd_mg_cm3);
  reals("cth_sd_mm", map.cth_sd_mm);
  flags("valid", [&](std::size_t v) { return map.state[v] == VertexState::measured; });
  // 0 measured, 1 rim, 2 metal, 3 joint not visible, 4 joint closed, 5 no fit
  flags("unmeasured", [&](std::size_t v) { return cortex.unmeasured[v]; });
  flags("stood_in",
        [&](std::size_t v) { return map.state[v] == VertexState::failed && map.has_value[v] != 0; });
  reals("density_information", map.information_share);
  flags("region", [&](std::size_t v) { return cortex.surface.region[v]; });
  text += "NORMALS outward float\n";
  for (const Eigen::Vector3d& n : cortex.surface.outward) append_vector(text, n, value_digits);
  write_whole_file(file, text);
}

}  // namespace focalhip
