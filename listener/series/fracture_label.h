#pragma once

#include <span>
#include <string>

#include "analysis/side/decide_side.h"

namespace focalhip {

// The hip fracture that free texts of a header name (descriptions, reasons, protocol), by keywords in
// English, German, French, Chinese (pinyin, UTF-8 and GB 18030 bytes). A mention counts unless it is denied
// or called a risk by the words next to it, or the nearest bone of its clause is another one. A hint that
// never chooses a side alone; the texts themselves go nowhere. [qct 5]
[[nodiscard]] FractureLabel fracture_label(std::span<const std::string> texts);

}  // namespace focalhip
