#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace focalhip {

// Incremental SHA-256 (OpenSSL).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  // Length-prefixed, so that ("ab","c") and ("a","bc") differ.
  void update_field(std::string_view text);
  [[nodiscard]] std::array<std::uint8_t, 32> finish();  // once
  [[nodiscard]] std::string finish_hex();               // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};
[[nodiscard]] std::string sha256_hex(std::string_view text);

// 2.25.<decimal of the first 128 bits of SHA-256 of the length-prefixed fields>, at most 64 characters.
[[nodiscard]] std::string derived_uid(std::span<const std::string_view> fields);

}  // namespace focalhip
