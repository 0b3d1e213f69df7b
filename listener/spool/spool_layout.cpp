#include "listener/spool/spool_layout.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <random>

#include <unistd.h>

#include "listener/support/digest.h"
#include "listener/support/durable_file.h"

namespace focalhip {

namespace {

constexpr std::size_t digest_digits = 16;
constexpr std::size_t id_time_digits = 13;
constexpr std::size_t id_random_digits = 8;
constexpr std::string_view object_suffix = ".dcm";

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}
bool is_decimal(std::string_view text) { return all_of(text, "0123456789"); }
bool is_hex(std::string_view text) { return all_of(text, "0123456789abcdef"); }

}  // namespace

SpoolLayout spool_layout(const std::filesystem::path& data_folder, const std::string& node_name) {
  return {.root = data_folder / "spool" / node_name};
}

void create_spool_folders(const SpoolLayout& spool) {
  for (const std::filesystem::path& folder :
       {spool.associations(), spool.incoming(), spool.commitments(), spool.quarantine()})
    create_folders_durably(folder);
}

std::string new_spool_id(UtcMs now_ms) {
  std::random_device random;
  std::array<char, 64> text{};
  std::snprintf(text.data(),
                text.size(),
                "%013lld-%d-%08x",
                static_cast<long long>(now_ms),
                static_cast<int>(::getpid()),
                static_cast<unsigned int>(random()));
  return text.data();
}

bool is_spool_id(std::string_view name) {
  const std::size_t first = name.find('-');
  const std::size_t last = name.rfind('-');
  if (first != id_time_digits || last == first || name.size() != last + 1 + id_random_digits) return false;
  return is_decimal(name.substr(0, first)) && is_decimal(name.substr(first + 1, last - first - 1)) &&
         is_hex(name.substr(last + 1));
}

std::string object_file_name(int number, std::string_view sop_instance_uid) {
  return std::to_string(number) + "-" + sha256_hex(sop_instance_uid).substr(0, digest_digits) +
         std::string(object_suffix);
}

std::optional<ObjectName> parse_object_file_name(std::string_view name) {
  if (!name.ends_with(object_suffix)) return std::nullopt;
  name.remove_suffix(object_suffix.size());
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  ObjectName parsed{.number = 0, .digest16 = std::string(name.substr(dash + 1))};
  if (parsed.digest16.size() != digest_digits || !is_hex(parsed.digest16)) return std::nullopt;
  const char* const end = name.data() + dash;
  const auto [stop, error] = std::from_chars(name.data(), end, parsed.number);
  if (error != std::errc{} || stop != end || parsed.number < 0) return std::nullopt;
  return parsed;
}

std::optional<std::filesystem::path> decoded_copy_of(const std::filesystem::path& object) {
  const std::filesystem::path association = object.parent_path();
  const SpoolLayout spool{.root = association.parent_path().parent_path()};
  const std::string id = association.filename().string();
  if (association.parent_path() != spool.associations() || !is_spool_id(id)) return std::nullopt;
  if (!parse_object_file_name(object.filename().string())) return std::nullopt;
  return spool.decoded() / (id + "-" + object.stem().string());
}

}  // namespace focalhip
