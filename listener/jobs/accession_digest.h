#pragma once

#include <string>
#include <string_view>

namespace focalhip {

// What the job store keeps of an accession number: hex SHA-256 of the value without leading and trailing
// blanks and padding NULs; empty for an empty value. Collector and `jobs list --accession` must agree on it.
[[nodiscard]] std::string accession_digest(std::string_view accession_number);

}  // namespace focalhip
