#include "dicom_sr/dataset.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <dcmtk/dcmdata/dcostrmb.h>

#include "dicom_sr/plain_text.h"

namespace focalhip {

namespace {

std::string name_of(const DcmTagKey& tag) {
  DcmTag named(tag);
  return named.getTagName();
}

// Flushes what the data set wrote into the buffer to the end of the file's bytes.
void drain(DcmOutputBufferStream& stream, std::string& bytes) {
  void* data = nullptr;
  offile_off_t length = 0;
  stream.flushBuffer(data, length);
  bytes.append(static_cast<const char*>(data), static_cast<std::size_t>(length));
}

}  // namespace

void require(const OFCondition& condition, std::string_view action) {
  if (condition.good()) return;
  throw std::runtime_error(std::string(action) + ": " + condition.text());
}

void put(DcmItem& item, const DcmTagKey& tag, std::string_view value) {
  const OFCondition result =
      value.empty() ? item.insertEmptyElement(tag)
                    : item.putAndInsertString(tag, value.data(), static_cast<Uint32>(value.size()), OFTrue);
  require(result, "write " + name_of(tag));
}

void put(DcmItem& item, const DcmTagKey& tag, std::uint16_t value) {
  require(item.putAndInsertUint16(tag, value), "write " + name_of(tag));
}

DcmItem& append_item(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* added = nullptr;
  require(item.findOrCreateSequenceItem(sequence, added, -2), "add to " + name_of(sequence));
  return *added;
}

void put_code(DcmItem& item, const Code& code) {
  put(item, DCM_CodeValue, code.value);
  put(item, DCM_CodingSchemeDesignator, code.scheme);
  put(item, DCM_CodeMeaning, code.meaning);
}

std::string part10_bytes(DcmFileFormat& file) {
  std::string bytes;
  std::vector<char> buffer(std::size_t{1} << 16U);
  DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
  file.transferInit();
  OFCondition condition = EC_StreamNotifyClient;  // "buffer full, come again"
  while (condition == EC_StreamNotifyClient) {
    condition = file.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr);
    drain(stream, bytes);
  }
  file.transferEnd();
  require(condition, "encode a DICOM file");
  return bytes;
}

std::string short_ascii(std::string_view text, std::size_t longest) {
  std::string result = plain_ascii(text.substr(0, longest));
  std::replace(result.begin(), result.end(), '\\', '/');
  return result;
}

bool is_date(const std::string& yyyymmdd) {
  return yyyymmdd.size() == 8 && DcmDate::checkStringValue(yyyymmdd.c_str(), "1").good();
}

bool is_strict_uid(const std::string& uid) {
  return !uid.empty() && DcmUniqueIdentifier::checkStringValue(uid.c_str(), "1").good();
}

std::string checked_uid(std::string uid, std::string_view what) {
  const bool valid =
      !uid.empty() && uid.size() <= 64 && uid.find_first_not_of("0123456789.") == std::string::npos;
  if (!valid) throw std::runtime_error("no valid UID for " + std::string(what));
  return uid;
}

}  // namespace focalhip
