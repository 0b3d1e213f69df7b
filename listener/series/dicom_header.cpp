#include "listener/series/dicom_header.h"

#include <charconv>
#include <cmath>
#include <mutex>
#include <stdexcept>

#include <dcmtk/dcmdata/dcbytstr.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcobject.h>

#include "analysis/support/reason_codes.h"

namespace focalhip {

namespace {

std::string_view without_padding(std::string_view text) {
  constexpr std::string_view padding(" \0", 2);
  const std::size_t first = text.find_first_not_of(padding);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(padding) - first + 1);
}

DcmElement* element_of(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = nullptr;
  return item.findAndGetElement(tag, element).good() ? element : nullptr;
}

}  // namespace

DcmFileFormat open_object(const std::filesystem::path& file, ReadPart part) {
  if (!dcmDataDict.isDictionaryLoaded())
    throw std::runtime_error("the DICOM data dictionary is not installed");
  if (!std::filesystem::exists(file))
    throw std::runtime_error("a received object is gone: " + file.filename().string());
  // Archives that do not know an attribute store it as UN; the dictionary says what it is.
  static std::once_flag once;
  std::call_once(once, [] { dcmEnableUnknownVRConversion.set(OFTrue); });
  const OFFilename name(file.c_str());
  DcmFileFormat object;
  const OFCondition read =
      part == ReadPart::whole
          ? object.loadFile(name)
          : object.loadFileUntilTag(
                name, EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_autoDetect, DCM_PixelData);
  if (read.bad()) {
    throw Refusal(RefusalCode::header_inconsistent,
                  std::string("an object cannot be parsed: ") + read.text());
  }
  return object;
}

std::optional<std::string> raw_text(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = element_of(item, tag);
  if (element == nullptr || element->getLength() == 0 || !element->isaString()) return std::nullopt;
  OFString text;
  if (element->getOFStringArray(text, OFFalse).bad()) return std::nullopt;
  return std::string(text.data(), text.size());
}

std::string plain_text(DcmItem& item, const DcmTagKey& tag) {
  const std::optional<std::string> raw = raw_text(item, tag);
  return raw ? std::string(without_padding(*raw)) : std::string();
}

std::string ascii_text(DcmItem& item, const DcmTagKey& tag) {
  std::string text;
  for (const char c : plain_text(item, tag)) {
    if (c == '\\' || text.size() == 64) break;
    if (c >= 0x20 && c < 0x7f) text += c;
  }
  return std::string(without_padding(text));
}

std::optional<double> decimal(DcmItem& item, const DcmTagKey& tag) {
  const std::string text = plain_text(item, tag);
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (begin != end && *begin == '+') ++begin;
  double value = 0.0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end || begin == end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::uint16_t> unsigned_short(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = element_of(item, tag);
  Uint16 value = 0;
  if (element == nullptr || element->ident() != EVR_US || element->getVM() != 1) return std::nullopt;
  if (element->getUint16(value).bad()) return std::nullopt;
  return value;
}

std::optional<std::uint16_t> word(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = element_of(item, tag);
  if (element == nullptr || element->getVM() < 1) return std::nullopt;
  Sint16 value = 0;
  if (element->ident() == EVR_SS && element->getSint16(value).good())
    return static_cast<std::uint16_t>(value);
  Uint16 bits = 0;
  if (element->ident() == EVR_US && element->getUint16(bits).good()) return bits;
  return std::nullopt;
}

}  // namespace focalhip
