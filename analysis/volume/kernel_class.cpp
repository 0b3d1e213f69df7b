#include "analysis/volume/kernel_class.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace focalhip {

namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "Br40d" -> {"BR", 40}; no number: the whole name.
struct KernelName {
  std::string letters;
  std::optional<int> number;
};

KernelName split(std::string_view name) {
  KernelName result;
  std::size_t i = 0;
  for (; i < name.size() && !is_digit(name[i]); ++i) result.letters += upper(name[i]);
  int number = 0;
  const auto [end, error] = std::from_chars(name.data() + i, name.data() + name.size(), number);
  if (error == std::errc() && end != name.data() + i) result.number = number;
  while (!result.letters.empty() && result.letters.back() == ' ') result.letters.pop_back();
  return result;
}

template <std::size_t N>
bool is_one_of(const std::string& name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

// Siemens: letter of the body region (B, I, Q, H, J, ...), then sharpness 10 to 80. Canon/Toshiba: FC.
KernelClass numbered_class(const std::string& letters, int number) {
  if (letters == "FC") {
    if (number < 20) return KernelClass::soft;
    return number < 30 ? KernelClass::medium : KernelClass::sharp;
  }
  constexpr std::array<std::string_view, 14> siemens{
      "B", "BR", "BV", "BF", "I", "Q", "QR", "H", "HR", "HV", "J", "U", "UR", "T"};
  if (!is_one_of(letters, siemens) || number < 8) return KernelClass::unknown;
  if (number <= 44) return KernelClass::soft;
  return number < 60 ? KernelClass::medium : KernelClass::sharp;
}

KernelClass named_class(const std::string& name) {
  constexpr std::array<std::string_view, 4> soft{"STANDARD", "SOFT", "A", "B"};
  constexpr std::array<std::string_view, 4> medium{"DETAIL", "CHEST", "C", "UB"};
  constexpr std::array<std::string_view, 8> sharp{
      "BONE", "BONEPLUS", "LUNG", "EDGE", "ULTRA", "D", "YC", "YD"};
  if (is_one_of(name, soft)) return KernelClass::soft;
  if (is_one_of(name, medium)) return KernelClass::medium;
  return is_one_of(name, sharp) ? KernelClass::sharp : KernelClass::unknown;
}

}  // namespace

KernelClass kernel_class(std::string_view convolution_kernel) {
  // Further values tell the strength of iterative reconstruction ("Br40d\3").
  const KernelName name = split(convolution_kernel.substr(0, convolution_kernel.find('\\')));
  return name.number ? numbered_class(name.letters, *name.number) : named_class(name.letters);
}

std::string plain_kernel(std::string_view convolution_kernel) {
  std::string text;
  for (const char c : convolution_kernel.substr(0, convolution_kernel.find('\\'))) {
    const char u = upper(c);
    const bool allowed =
        (u >= 'A' && u <= 'Z') || is_digit(c) || c == ' ' || c == '-' || c == '_' || c == '+' || c == '.';
    if (allowed && text.size() < 16) text += c;
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace focalhip
