#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcfilefo.h>

namespace focalhip {

// Reading attributes of foreign objects with DCMTK. Every file was walked by scan_instance before (bounded
// nesting and lengths); nothing here trusts the value representation or the syntax of a value.

// With or without the pixels' place in the file. Throws std::runtime_error when there is no such file,
// Refusal{header_inconsistent} when it cannot be parsed.
enum class ReadPart { whole, header };
[[nodiscard]] DcmFileFormat open_object(const std::filesystem::path& file, ReadPart part);

// Value bytes of a string attribute, padding included; nothing when absent, empty or no string.
[[nodiscard]] std::optional<std::string> raw_text(DcmItem& item, const DcmTagKey& tag);
// Without leading and trailing spaces; empty when absent.
[[nodiscard]] std::string plain_text(DcmItem& item, const DcmTagKey& tag);
// Printable ASCII of the first value, at most 64 characters.
[[nodiscard]] std::string ascii_text(DcmItem& item, const DcmTagKey& tag);
// One finite decimal number and nothing else.
[[nodiscard]] std::optional<double> decimal(DcmItem& item, const DcmTagKey& tag);
// One unsigned 16-bit integer of VR US.
[[nodiscard]] std::optional<std::uint16_t> unsigned_short(DcmItem& item, const DcmTagKey& tag);
// The 16 bits of one value of VR US or SS.
[[nodiscard]] std::optional<std::uint16_t> word(DcmItem& item, const DcmTagKey& tag);

}  // namespace focalhip
