#include <zlib.h>

#include <fstream>
#include <span>
#include <sstream>
#include <stdexcept>

#include "testdata/simulator/write_truth.h"

namespace focalhip::simulator {
namespace {

// A gzip member without name and time, so that equal input gives equal bytes.
std::vector<unsigned char> gzip(std::span<const std::byte> raw) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  if (deflateInit2(&stream, 1, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot start");
  }
  std::vector<unsigned char> packed(deflateBound(&stream, raw.size()) + 32);
  std::vector<unsigned char> input(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) input[i] = static_cast<unsigned char>(raw[i]);
  stream.next_in = input.data();
  stream.avail_in = static_cast<unsigned>(input.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<unsigned>(packed.size());
  const int state = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (state != Z_STREAM_END) throw std::runtime_error("zlib cannot compress");
  return packed;
}

std::string in_brackets(Vec3 v) {
  std::ostringstream text;
  text.precision(10);
  text << '(' << v.x << ',' << v.y << ',' << v.z << ')';
  return text.str();
}

void write_raw(const std::filesystem::path& file,
               const ScanGrid& g,
               const char* type,
               std::span<const std::byte> raw) {
  std::ostringstream header;
  header.precision(10);
  const Vec3 o = g.origin_patient_mm;
  header << "NRRD0004\ntype: " << type
         << "\ndimension: 3\nspace: left-posterior-superior\nsizes: " << g.columns << ' ' << g.rows << ' '
         << g.slices << "\nspace directions: (" << g.pixel_mm << ",0,0) "
         << in_brackets(g.pixel_mm * g.column_direction) << ' '
         << in_brackets(g.slice_spacing_mm * g.slice_direction)
         << "\nkinds: domain domain domain\nendian: little\nencoding: gzip\n"
         << "space origin: (" << o.x << ',' << o.y << ',' << o.z << ")\n\n";
  const std::string text = header.str();
  const std::vector<unsigned char> packed = gzip(raw);
  std::ofstream out(file, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  for (const unsigned char byte : packed) out.put(static_cast<char>(byte));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

void write_nrrd(const std::filesystem::path& file,
                const ScanGrid& grid,
                const std::vector<std::uint8_t>& values) {
  write_raw(file, grid, "uint8", std::as_bytes(std::span(values)));
}

void write_nrrd(const std::filesystem::path& file,
                const ScanGrid& grid,
                const std::vector<std::int16_t>& values) {
  write_raw(file, grid, "int16", std::as_bytes(std::span(values)));
}

}  // namespace focalhip::simulator
