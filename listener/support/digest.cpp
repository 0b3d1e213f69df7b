#include "listener/support/digest.h"

#include <stdexcept>
#include <utility>

#include <openssl/evp.h>

namespace focalhip {

namespace {
void check(int status) {
  if (status != 1) throw std::runtime_error("SHA-256 failed in the crypto library");
}
}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() {
    if (context == nullptr) throw std::bad_alloc();
    check(EVP_DigestInit_ex(context, EVP_sha256(), nullptr));
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}
void Sha256::update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }
void Sha256::update_field(std::string_view text) {
  update(std::to_string(text.size()) + ":");
  update(text);
}

std::array<std::uint8_t, 32> Sha256::finish() {
  std::array<std::uint8_t, 32> digest{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(state_->context, digest.data(), &size));
  return digest;
}

std::string Sha256::finish_hex() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(64);
  for (const std::uint8_t byte : finish()) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

std::string sha256_hex(std::string_view text) {
  Sha256 sha;
  sha.update(text);
  return sha.finish_hex();
}

std::string derived_uid(std::span<const std::string_view> fields) {
  Sha256 sha;
  for (const std::string_view field : fields) sha.update_field(field);
  const std::array<std::uint8_t, 32> digest = sha.finish();
  unsigned __int128 value = 0;
  for (std::size_t i = 0; i < 16; ++i) value = (value << 8U) | digest[i];
  std::string decimal;
  do {
    decimal.insert(decimal.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return "2.25." + decimal;
}

}  // namespace focalhip
