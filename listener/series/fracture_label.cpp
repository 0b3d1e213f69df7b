#include "listener/series/fracture_label.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "listener/series/fracture_terms.h"

// A text is cut into clauses, a clause into words. Every word that names a fracture is a mention; what stands
// next to it in its clause decides whether it speaks of a broken hip, its clause names the side.

namespace focalhip {

namespace {

using Parts = std::span<const std::string_view>;
using namespace fracture_terms;

bool holds(std::string_view word, Parts parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return word.find(part) != std::string_view::npos; });
}
bool is_one_of(std::string_view word, Parts known) { return std::ranges::find(known, word) != known.end(); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '#' || static_cast<unsigned char>(c) >= 0x80; }
bool is_in_word(char c) { return is_letter(c) || is_digit(c); }

std::string lower_case(std::string text) {
  std::ranges::transform(
      text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

void replace_all(std::string& text, std::string_view old, std::string_view by) {
  for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + by.size())) {
    text.replace(at, old.size(), by);
  }
}

// In lower case, expressions of several words made one.
std::string prepared(const std::string& given) {
  std::string text = lower_case(given);
  replace_all(text, "gu zhe", "guzhe");
  replace_all(text, "broken hip", "hipfracture");
  replace_all(text, "rule out", "ruleout");
  replace_all(text, "ruled out", "ruledout");
  replace_all(text, "\xEF\xBC\x8C", ",");  // UTF-8: commas and full stop
  replace_all(text, "\xE3\x80\x81", ",");
  replace_all(text, "\xE3\x80\x82", ";");
  return text;
}

using Words = std::vector<std::string_view>;

// A full stop ends a clause unless it shortens the word before it.
bool is_shortened(std::string_view word) {
  return word.size() < 4 || word.starts_with("vert") || word.starts_with("lumb") || word.starts_with("thor");
}

std::vector<Words> clauses_of(std::string_view text) {
  std::vector<Words> clauses(1);
  std::size_t at = 0;
  while (at < text.size()) {
    Words& words = clauses.back();
    if (text.substr(at, 3) == "r/o" && (at == 0 || !is_in_word(text[at - 1])) &&
        (at + 3 == text.size() || !is_in_word(text[at + 3]))) {
      words.push_back(text.substr(at, 3));
      at += 3;
    } else if (is_in_word(text[at])) {
      const std::size_t begin = at;
      while (at < text.size() && is_in_word(text[at])) ++at;
      words.push_back(text.substr(begin, at - begin));
    } else {
      const char c = text[at++];
      const bool ends = c == ',' || c == ';' || c == ':' || c == '\n' || c == '(' || c == ')' ||
                        (c == '.' && !words.empty() && !is_shortened(words.back()));
      if (ends) clauses.emplace_back();
    }
  }
  return clauses;
}

bool is_fracture(std::string_view word) {
  return holds(word, fracture_parts) || is_one_of(word, fracture_words);
}
bool is_hip(std::string_view word) { return holds(word, hip_parts) || is_one_of(word, hip_words); }

// "L1", "th12": a level of the spine.
bool is_spinal_level(std::string_view word) {
  const auto letters = static_cast<std::size_t>(
      std::ranges::find_if_not(word, [](char c) { return c >= 'a' && c <= 'z'; }) - word.begin());
  const std::string_view name = word.substr(0, letters);
  const std::string_view number = word.substr(letters);
  constexpr std::array names{std::string_view("c"),
                             std::string_view("t"),
                             std::string_view("th"),
                             std::string_view("d"),
                             std::string_view("l"),
                             std::string_view("s")};
  return is_one_of(name, names) && !number.empty() && number.size() <= 2 &&
         std::ranges::all_of(number, is_digit);
}
bool is_other_bone(std::string_view word) {
  return holds(word, other_bone_parts) || is_one_of(word, other_bone_words) || is_spinal_level(word);
}

struct Sides {
  bool right = false;
  bool left = false;
};

Sides sides_of(const Words& words) {
  Sides sides;
  for (const std::string_view word : words) {
    const bool both = is_one_of(word, both_words);
    sides.right = sides.right || both || is_one_of(word, right_words) || holds(word, right_parts);
    sides.left = sides.left || both || is_one_of(word, left_words) || holds(word, left_parts);
  }
  return sides;
}

bool names_a_side(std::string_view word) {
  const Sides sides = sides_of({word});
  return sides.right || sides.left;
}
bool may_stand_between(std::string_view word) {
  return names_a_side(word) || is_hip(word) || is_other_bone(word) || is_one_of(word, fillers);
}

// The first word that says something, from the mention on in one direction.
std::optional<std::string_view> telling_word(const Words& words, std::size_t mention, std::ptrdiff_t step) {
  for (auto at = static_cast<std::ptrdiff_t>(mention) + step; at >= 0 && at < std::ssize(words); at += step) {
    const std::string_view word = words[static_cast<std::size_t>(at)];
    if (!may_stand_between(word)) return word;
  }
  return std::nullopt;
}

bool is_denied(const Words& words, std::size_t mention) {
  if (holds(words[mention], compound_dismissals)) return true;
  if (const auto before = telling_word(words, mention, -1)) {
    if (holds(*before, negation_parts) || is_one_of(*before, negation_words)) return true;
  }
  const auto after = telling_word(words, mention, 1);
  return after && holds(*after, dismissal_parts);
}

// The nearest bone is the broken one; of two as near the one before, as in "vertebral fracture, hip".
bool is_of_another_bone(const Words& words, std::size_t mention) {
  if (is_other_bone(words[mention])) return true;
  if (is_hip(words[mention])) return false;
  for (std::size_t distance = 1; distance < words.size(); ++distance) {
    for (const bool before : {true, false}) {
      const bool exists = before ? distance <= mention : mention + distance < words.size();
      if (!exists) continue;
      const std::string_view word = words[before ? mention - distance : mention + distance];
      if (is_hip(word)) return false;
      if (is_other_bone(word)) return true;
    }
  }
  return false;
}

FractureLabel label_of(const Sides& sides) {
  if (sides.right && sides.left) return FractureLabel::both;
  return sides.right ? FractureLabel::right : sides.left ? FractureLabel::left : FractureLabel::unsided;
}

FractureLabel merged(FractureLabel a, FractureLabel b) {
  if (a == FractureLabel::none || a == b) return b;
  if (b == FractureLabel::none) return a;
  if (a == FractureLabel::unsided) return b;
  return b == FractureLabel::unsided ? a : FractureLabel::both;
}

// The hip fracture of one clause, with the side that stands beside it.
FractureLabel label_of(const Words& words) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (is_fracture(words[at]) && !is_denied(words, at) && !is_of_another_bone(words, at))
      return label_of(sides_of(words));
  }
  return FractureLabel::none;
}

// "Fracture, right hip": the side of a neighbouring clause that speaks of nothing else.
FractureLabel side_beside(const std::vector<Words>& clauses) {
  FractureLabel label = FractureLabel::unsided;
  for (const Words& words : clauses) {
    if (std::ranges::any_of(words, is_other_bone) || std::ranges::any_of(words, is_fracture)) continue;
    label = merged(label, label_of(sides_of(words)));
  }
  return label;
}

FractureLabel label_of(const std::string& given) {
  const std::string text = prepared(given);
  const std::vector<Words> clauses = clauses_of(text);
  FractureLabel label = FractureLabel::none;
  for (const Words& words : clauses) label = merged(label, label_of(words));
  return label == FractureLabel::unsided ? side_beside(clauses) : label;
}

}  // namespace

FractureLabel fracture_label(std::span<const std::string> texts) {
  FractureLabel label = FractureLabel::none;
  for (const std::string& text : texts) label = merged(label, label_of(text));
  return label;
}

}  // namespace focalhip
