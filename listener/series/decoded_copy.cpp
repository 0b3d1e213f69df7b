#include "listener/series/decoded_copy.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <unistd.h>

#include "listener/support/digest.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

static_assert(std::endian::native == std::endian::little, "stored words are little endian");

struct Head {
  std::array<char, 8> magic{'F', 'H', 'W', 'O', 'R', 'D', 'S', '1'};
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::array<std::uint8_t, 32> digest{};
  [[nodiscard]] bool operator==(const Head&) const = default;
};
static_assert(sizeof(Head) == 48, "written as it lies in memory");

Head head_of(int rows, int columns, std::span<const std::uint16_t> words) {
  Sha256 sha;
  sha.update(std::as_bytes(words));
  Head head;
  head.rows = static_cast<std::uint32_t>(rows);
  head.columns = static_cast<std::uint32_t>(columns);
  head.digest = sha.finish();
  return head;
}

}  // namespace

void write_decoded_copy(const std::filesystem::path& copy,
                        int rows,
                        int columns,
                        std::span<const std::uint16_t> words) {
  const Head head = head_of(rows, columns, words);
  const std::filesystem::path part = copy.string() + ".part" + std::to_string(::getpid());
  std::ofstream file(part, std::ios::binary);
  std::array<char, sizeof(Head)> bytes{};
  std::memcpy(bytes.data(), &head, sizeof(Head));
  file.write(bytes.data(), bytes.size());
  file.write(reinterpret_cast<const char*>(words.data()), static_cast<std::streamsize>(words.size_bytes()));
  file.close();
  if (!file) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw std::system_error(errno, std::generic_category(), "write " + part.string());
  }
  fault_point("predecoder_in_copy");
  std::filesystem::rename(part, copy);
}

std::optional<std::vector<std::uint16_t>> read_decoded_copy(const std::filesystem::path& copy,
                                                            int rows,
                                                            int columns) {
  std::ifstream file(copy, std::ios::binary);
  std::array<char, sizeof(Head)> bytes{};
  if (!file.read(bytes.data(), bytes.size())) return std::nullopt;
  Head head;
  std::memcpy(&head, bytes.data(), sizeof(Head));
  std::vector<std::uint16_t> words(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  const auto size = static_cast<std::streamsize>(words.size() * sizeof(std::uint16_t));
  if (!file.read(reinterpret_cast<char*>(words.data()), size)) return std::nullopt;
  if (file.peek() != std::ifstream::traits_type::eof()) return std::nullopt;
  if (head != head_of(rows, columns, words)) return std::nullopt;
  return words;
}

}  // namespace focalhip
