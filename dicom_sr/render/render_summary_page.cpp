#include "dicom_sr/render/render_summary_page.h"

namespace focalhip {
Page render_summary_page(const HipReport&, const PageText&) {
  return {.label = "SUMMARY", .image = {64, 64, std::vector<std::uint8_t>(64 * 64 * 3)}, .texts = {}};
}
}  // namespace focalhip
