#pragma once

#include <filesystem>

#include "testdata/simulator/simulate.h"

// Ground truth as files. All throw std::runtime_error when a file cannot be written.
namespace focalhip::simulator {

// Everything of ScanTruth, the person and the protocol as JSON. Points LPS mm.
void write_truth_json(const std::filesystem::path& file,
                      const HipParameters& hip,
                      const Protocol& protocol,
                      const SimulatedScan& scan);

// NRRD with gzip, space left-posterior-superior.
void write_nrrd(const std::filesystem::path& file,
                const ScanGrid& grid,
                const std::vector<std::uint8_t>& values);
void write_nrrd(const std::filesystem::path& file,
                const ScanGrid& grid,
                const std::vector<std::int16_t>& values);

// Legacy VTK PolyData (binary), point data: normals and scalars cth_mm.
void write_vtk(const std::filesystem::path& file, const SurfaceMesh& mesh);

}  // namespace focalhip::simulator
