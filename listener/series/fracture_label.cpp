#include "listener/series/fracture_label.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace focalhip {

namespace {

// Parts of words, in lower case.
constexpr std::array fracture_parts{std::string_view("fractur"),
                                    std::string_view("fraktur"),
                                    std::string_view("halsbruch"),
                                    std::string_view("broken hip"),
                                    std::string_view("guzhe"),
                                    std::string_view("gu zhe"),
                                    std::string_view("\xE9\xAA\xA8\xE6\x8A\x98"),  // UTF-8: bone, break
                                    std::string_view("\xB9\xC7\xD5\xDB")};         // GB 18030: the same
constexpr std::array fracture_words{
    std::string_view("fx"), std::string_view("nof"), std::string_view("#nof")};

// Texts with one of these do not speak of a broken hip.
constexpr std::array no_hip_fracture_parts{
    std::string_view("risk"),      std::string_view("risiko"),      std::string_view("risque"),
    std::string_view("prevent"),   std::string_view("no frac"),     std::string_view("no hip frac"),
    std::string_view("not frac"),  std::string_view("without"),     std::string_view("ohne"),
    std::string_view("kein"),      std::string_view("ausschlu"),    std::string_view("exclu"),
    std::string_view("rule out"),  std::string_view("r/o"),         std::string_view("sans frac"),
    std::string_view("pas de fr"), std::string_view("wrist"),       std::string_view("radius"),
    std::string_view("vertebr"),   std::string_view("spine"),       std::string_view("wirbel"),
    std::string_view("lws"),       std::string_view("bws"),         std::string_view("ankle"),
    std::string_view("rib "),      std::string_view("ribs"),        std::string_view("rippe"),
    std::string_view("humer"),     std::string_view("shoulder"),    std::string_view("pelvic f"),
    std::string_view("acetab"),    std::string_view("beckenfr"),    std::string_view("tibia"),
    std::string_view("knee"),      std::string_view("\xE6\x97\xA0")};  // UTF-8: without

constexpr std::array right_words{std::string_view("right"),
                                 std::string_view("rt"),
                                 std::string_view("r"),
                                 std::string_view("rechts"),
                                 std::string_view("rechte"),
                                 std::string_view("rechter"),
                                 std::string_view("re"),
                                 std::string_view("droite"),
                                 std::string_view("droit"),
                                 std::string_view("youce"),
                                 std::string_view("youkuan"),
                                 std::string_view("yougu")};
constexpr std::array left_words{std::string_view("left"),
                                std::string_view("lt"),
                                std::string_view("l"),
                                std::string_view("links"),
                                std::string_view("linke"),
                                std::string_view("linker"),
                                std::string_view("li"),
                                std::string_view("gauche"),
                                std::string_view("zuo"),
                                std::string_view("zuoce"),
                                std::string_view("zuokuan"),
                                std::string_view("zuogu")};
constexpr std::array both_words{std::string_view("bilateral"),
                                std::string_view("both"),
                                std::string_view("beidseits"),
                                std::string_view("beidseitig"),
                                std::string_view("bds"),
                                std::string_view("shuangce")};
constexpr std::array right_parts{std::string_view("\xE5\x8F\xB3"), std::string_view("\xD3\xD2")};
constexpr std::array left_parts{std::string_view("\xE5\xB7\xA6"), std::string_view("\xD7\xF3")};

std::string lower_case(std::string text) {
  std::ranges::transform(
      text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '#' || static_cast<unsigned char>(c) >= 0x80; }

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_letter(text[i])) continue;
    if (i > begin) words.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

bool holds_part(std::string_view text, std::span<const std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}
bool holds_word(const std::vector<std::string_view>& words, std::span<const std::string_view> known) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return std::ranges::find(known, word) != known.end(); });
}

FractureLabel label_of(const std::string& given) {
  const std::string text = lower_case(given);
  const std::vector<std::string_view> words = words_of(text);
  if (!holds_part(text, fracture_parts) && !holds_word(words, fracture_words)) return FractureLabel::none;
  if (holds_part(text, no_hip_fracture_parts)) return FractureLabel::none;
  const bool both = holds_word(words, both_words);
  const bool right = both || holds_word(words, right_words) || holds_part(text, right_parts);
  const bool left = both || holds_word(words, left_words) || holds_part(text, left_parts);
  if (right && left) return FractureLabel::both;
  return right ? FractureLabel::right : left ? FractureLabel::left : FractureLabel::unsided;
}

FractureLabel merged(FractureLabel a, FractureLabel b) {
  if (a == FractureLabel::none || a == b) return b;
  if (b == FractureLabel::none) return a;
  if (a == FractureLabel::unsided) return b;
  return b == FractureLabel::unsided ? a : FractureLabel::both;
}

}  // namespace

FractureLabel fracture_label(std::span<const std::string> texts) {
  FractureLabel label = FractureLabel::none;
  for (const std::string& text : texts) label = merged(label, label_of(text));
  return label;
}

}  // namespace focalhip
