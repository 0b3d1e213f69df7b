#include "dicom_sr/plain_text.h"

namespace focalhip {

std::string plain_ascii(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    if (c < ' ' || c > '~') c = '?';
  }
  return result;
}

}  // namespace focalhip
