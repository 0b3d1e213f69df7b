#pragma once

#include <span>
#include <string>

#include "analysis/side/decide_side.h"

namespace focalhip {

// The hip fracture that free texts of a header name (descriptions, reasons, protocol), by keywords in
// English, German, French, Chinese (pinyin, UTF-8 and GB 18030 bytes). Texts about risk or other bones, and
// those that say there is none, name nothing. A hint that is never decisive alone; the texts themselves go
// nowhere. [qct 5]
[[nodiscard]] FractureLabel fracture_label(std::span<const std::string> texts);

}  // namespace focalhip
