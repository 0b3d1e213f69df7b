#include "analysis/files/write_nrrd.h"

#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <string>

#include <zlib.h>

#include "analysis/files/write_whole_file.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

// Shortest text that reads back as the same number, whatever the locale.
std::string exact_text(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

std::string vector_text(const Eigen::Vector3d& vector) {
  std::string text;
  for (const double component : vector) text.append(text.empty() ? "(" : ",").append(exact_text(component));
  return text.append(")");
}

// [NRRD format, teem.sourceforge.net/nrrd/format.html]
std::string header_text(const VoxelGrid& grid) {
  std::string text = "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes:";
  for (const int size : grid.size) text.append(" ").append(std::to_string(size));
  text.append("\nspace directions:");
  for (int axis = 0; axis < 3; ++axis) {
    text.append(" ").append(vector_text(grid.patient_axes.col(axis) * grid.spacing_mm[axis]));
  }
  text.append(
      "\nkinds: domain domain domain\nspace units: \"mm\" \"mm\" \"mm\"\nencoding: gzip\nspace origin: ");
  return text.append(vector_text(grid.origin_patient_mm)).append("\n\n");
}

// One gzip member; the time in its header stays 0.
std::string gzip(const std::vector<std::uint8_t>& bytes) {
  constexpr int window_bits_gzip = 15 + 16;
  expects(bytes.size() <= std::numeric_limits<uInt>::max(), "label volumes are below 4 GiB");
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, window_bits_gzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot compress");
  }
  std::string compressed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib's interface is older than const
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const int status = deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib cannot compress");
  return compressed;
}

}  // namespace

void write_nrrd(const std::filesystem::path& file, const LabelVolume& volume) {
  expects(volume.label.size() == volume.grid.voxel_count(), "one label a voxel");
  write_whole_file(file, header_text(volume.grid) + gzip(volume.label));
}

}  // namespace focalhip
