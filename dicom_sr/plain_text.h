#pragma once

#include <string>
#include <string_view>

namespace focalhip {

// Printable ASCII, which every DICOM character set contains: other bytes become '?', line breaks blanks.
// Everything that is not our own literal goes through here before it is encoded or drawn.
[[nodiscard]] std::string plain_ascii(std::string_view text);

}  // namespace focalhip
