#include <bit>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>

#include "testdata/simulator/write_truth.h"

namespace focalhip::simulator {
namespace {

// Legacy VTK binary is big endian.
void append_big_endian(std::string& out, std::uint32_t bits) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>((bits >> shift) & 0xFFU);
}
void append(std::string& out, double value) {
  append_big_endian(out, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
}
void append(std::string& out, int value) { append_big_endian(out, static_cast<std::uint32_t>(value)); }
void append(std::string& out, Vec3 v) {
  append(out, v.x);
  append(out, v.y);
  append(out, v.z);
}

}  // namespace

void write_vtk(const std::filesystem::path& file, const SurfaceMesh& mesh) {
  const std::string points = std::to_string(mesh.vertices_patient_mm.size());
  std::string text =
      "# vtk DataFile Version 3.0\nsimulated femur, LPS mm\nBINARY\nDATASET POLYDATA\nPOINTS " + points +
      " float\n";
  for (const Vec3 p : mesh.vertices_patient_mm) append(text, p);
  text += "\nPOLYGONS " + std::to_string(mesh.triangles.size()) + ' ' +
          std::to_string(4 * mesh.triangles.size()) + '\n';
  for (const auto& t : mesh.triangles) {
    append(text, 3);
    for (const int vertex : t) append(text, vertex);
  }
  text += "\nPOINT_DATA " + points + '\n';
  const auto scalars = [&](const char* name, auto value) {
    text += std::string("SCALARS ") + name + " float 1\nLOOKUP_TABLE default\n";
    for (const CortexTruth& cortex : mesh.cortex) append(text, static_cast<double>(value(cortex)));
    text += '\n';
  };
  scalars("cth_mm", [](const CortexTruth& c) { return c.cth_mm; });
  scalars("cm_mg_cm2", [](const CortexTruth& c) { return c.cm_mg_cm2; });
  scalars("cbmd_mg_cm3", [](const CortexTruth& c) { return c.cbmd_mg_cm3; });
  scalars("ectd_mg_cm3", [](const CortexTruth& c) { return c.ectd_mg_cm3; });
  scalars("valid", [](const CortexTruth& c) { return c.valid ? 1.0 : 0.0; });
  text += "NORMALS normals float\n";
  for (const Vec3 n : mesh.normals) append(text, n);
  text += '\n';
  std::ofstream out(file, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace focalhip::simulator
