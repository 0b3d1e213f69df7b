#pragma once

#include <string>
#include <string_view>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>

#include "dicom_sr/codes.h"

namespace focalhip {

// Thin helpers over DCMTK data sets. Each throws std::runtime_error naming the attribute (never its value).

// Turns a bad condition into std::runtime_error "<action>: <text>".
void require(const OFCondition& condition, std::string_view action);

// Replaces the attribute; an empty value writes a zero-length attribute (type 2).
void put(DcmItem& item, const DcmTagKey& tag, std::string_view value);
void put(DcmItem& item, const DcmTagKey& tag, std::uint16_t value);

// Appends an item to a sequence, which is made when missing.
[[nodiscard]] DcmItem& append_item(DcmItem& item, const DcmTagKey& sequence);

// Code value, scheme and meaning of a code sequence item.
void put_code(DcmItem& item, const Code& code);

// The data set as a Part 10 file, Explicit VR Little Endian. Same data set, same bytes.
[[nodiscard]] std::string part10_bytes(DcmFileFormat& file);

// plain_ascii shortened to a VR's length, without the backslash that separates values.
[[nodiscard]] std::string short_ascii(std::string_view text, std::size_t longest);

// Throws unless the UID is 1 to 64 digits and points (what reception lets through). `what` names it.
[[nodiscard]] std::string checked_uid(std::string uid, std::string_view what);

// Foreign values that are only written when DCMTK will take them.
[[nodiscard]] bool is_date(const std::string& yyyymmdd);
[[nodiscard]] bool is_strict_uid(const std::string& uid);

}  // namespace focalhip
