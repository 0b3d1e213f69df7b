#pragma once

#include <string>
#include <string_view>

namespace focalhip {

// Text as both engines store it: valid UTF-8 without NUL. Every byte that is not part of a valid character,
// and NUL, becomes the four characters "\xHH"; valid text is unchanged.
[[nodiscard]] std::string storable_text(std::string_view bytes);

// The same, cut at `most_bytes` (at a character) with "..." at its end.
[[nodiscard]] std::string storable_text(std::string_view bytes, std::size_t most_bytes);

}  // namespace focalhip
