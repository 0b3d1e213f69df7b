#pragma once

#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>

namespace focalhip::test {

// Reads a Part 10 file from memory; throws std::runtime_error when DCMTK does not accept it.
void parse(const std::string& bytes, DcmFileFormat& file);

// Value bytes of a top-level attribute, exactly as stored but for the padding; "" when absent.
[[nodiscard]] std::string value_of(DcmFileFormat& file, const DcmTagKey& tag);
[[nodiscard]] bool has(DcmFileFormat& file, const DcmTagKey& tag);

// All coded entries of a data set at any depth: "scheme|value|meaning".
[[nodiscard]] std::vector<std::string> codes_in(DcmItem& item);

// Every Referenced SOP Instance UID below the given sequence of the data set, or of the whole data set.
[[nodiscard]] std::vector<std::string> instances_in(DcmItem& item);

}  // namespace focalhip::test
