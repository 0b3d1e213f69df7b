#include "listener/jobs/accession_digest.h"

#include "listener/support/digest.h"

namespace focalhip {

std::string accession_digest(std::string_view accession_number) {
  constexpr std::string_view padding(" \t\r\n\0", 5);
  const std::size_t first = accession_number.find_first_not_of(padding);
  if (first == std::string_view::npos) return "";
  return sha256_hex(accession_number.substr(first, accession_number.find_last_not_of(padding) + 1 - first));
}

}  // namespace focalhip
