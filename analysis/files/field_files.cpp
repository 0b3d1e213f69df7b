#include "analysis/files/field_files.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include <nlohmann/json.hpp>

#include "analysis/files/read_whole_file.h"

namespace focalhip {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "files are read as they lie in memory");

constexpr std::size_t shape_bytes = 1U << 20U;
constexpr int most_along = 1 << 28;

Json read_json(const fs::path& file) {
  const std::string text = read_whole_file(file, shape_bytes);
  try {
    Json json = Json::parse(text);
    if (!json.is_object()) throw InputError(file, 1, "not a JSON object");
    return json;
  } catch (const Json::parse_error& error) {
    const std::size_t end = std::min(error.byte, text.size());
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n') + 1;
    throw InputError(file, static_cast<std::size_t>(line), "not JSON");
  } catch (const Json::out_of_range&) {
    throw InputError(file, "a number is too large");
  }
}

void require_text(const Json& json, const fs::path& file, const char* key, const char* value) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string() || found->get<std::string>() != value) {
    throw InputError(file, std::string(key) + " must be \"" + value + '"');
  }
}

template <std::size_t count>
std::array<int, count> sizes_in(const Json& json, const fs::path& file, const char* key) {
  std::array<int, count> sizes{};
  const auto found = json.find(key);
  bool right = found != json.end() && found->is_array() && found->size() == count;
  for (std::size_t i = 0; right && i < count; ++i) {
    const Json& one = (*found)[i];
    right = one.is_number_integer() && one >= 1 && one <= most_along;
    if (right) sizes[i] = one.template get<int>();
  }
  if (!right)
    throw InputError(file, std::string(key) + " must be " + std::to_string(count) + " whole numbers from 1");
  return sizes;
}

// A product that cannot overflow, as the limits are far below 2^64.
std::size_t product_below(const fs::path& file, std::size_t most, std::initializer_list<int> factors) {
  std::size_t product = 1;
  for (const int factor : factors) {
    product *= static_cast<std::size_t>(factor);
    if (product > most) throw InputError(file, "more than " + std::to_string(most) + " values");
  }
  return product;
}

void require_size(const fs::path& file, std::size_t bytes) {
  std::error_code failure;
  if (!fs::is_regular_file(file, failure)) throw InputError(file, "no such file");
  const auto size = fs::file_size(file, failure);
  if (failure || size != bytes) {
    throw InputError(file, std::to_string(size) + " bytes, its shape needs " + std::to_string(bytes));
  }
}

}  // namespace

FieldFile read_field_file(const fs::path& data, const fs::path& shape, const FieldFileLimits& limits) {
  const Json json = read_json(shape);
  require_text(json, shape, "dtype", "float32");
  if (json.contains("byte_order")) require_text(json, shape, "byte_order", "little");
  const auto [rows, points] = sizes_in<2>(json, shape, "shape");
  const std::size_t count = product_below(shape, limits.values, {rows, points});
  require_size(data, count * sizeof(float));
  const std::string bytes = read_whole_file(data, count * sizeof(float));
  FieldFile field{.rows = rows, .points = points, .values = std::vector<float>(count)};
  std::memcpy(field.values.data(), bytes.data(), bytes.size());
  return field;
}

LatticeFile read_lattice_file(const fs::path& file) {
  const Json json = read_json(file);
  require_text(json, file, "dtype", "uint8");
  const auto name = json.find("file");
  if (name == json.end() || !name->is_string())
    throw InputError(file, "file must name the file of the voxels");
  LatticeFile lattice;
  lattice.dims = sizes_in<3>(json, file, "dims");
  const std::size_t count =
      product_below(file, std::size_t{1} << 28U, {lattice.dims[0], lattice.dims[1], lattice.dims[2]});
  const fs::path voxels = file.parent_path() / name->get<std::string>();
  require_size(voxels, count);
  const std::string bytes = read_whole_file(voxels, count);
  lattice.inside.assign(bytes.begin(), bytes.end());
  for (std::size_t i = 0; i < count; ++i) {
    if (lattice.inside[i] > 1) throw InputError(voxels, "byte " + std::to_string(i) + " is neither 0 nor 1");
    lattice.voxels_inside += lattice.inside[i];
  }
  if (lattice.voxels_inside == 0) throw InputError(voxels, "no voxel is inside");
  return lattice;
}

}  // namespace focalhip
