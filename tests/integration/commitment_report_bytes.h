#pragma once

#include <cstdint>
#include <string>

#include "tests/support/part10_bytes.h"
#include "tests/support/raw_peer.h"

namespace focalhip::testing_support {

// An N-EVENT-REPORT of storage commitment as a peer sends it, [PS3.4] J.3.3: one instance committed
// (2.25.10), one not (2.25.11), transaction 2.25.99.
inline const std::string push_model = "1.2.840.10008.1.20.1";
inline const std::string push_model_instance = "1.2.840.10008.1.20.1.1";

inline std::string event_report(std::uint16_t message_id) {
  return CommandBytes()
      .text(0x0002, push_model)
      .number(0x0100, 0x0100)
      .number(0x0110, message_id)
      .number(0x0800, 0x0001)
      .text(0x1000, push_model_instance)
      .number(0x1002, 2)  // complete, failures exist
      .bytes();
}

inline std::string report_data_set() {
  DicomBytes committed(false);
  committed.text(0x00081150U, "UI", "1.2.840.10008.5.1.4.1.1.88.34").text(0x00081155U, "UI", "2.25.10");
  DicomBytes failed(false);
  failed.text(0x00081150U, "UI", "1.2.840.10008.5.1.4.1.1.7").text(0x00081155U, "UI", "2.25.11");
  failed.number(0x00081197U, 0x0112);
  const auto sequence = [](DicomBytes& d, std::uint32_t tag, const std::string& item) {
    d.head(tag, "SQ", undefined_length)
        .head(0xFFFEE000U, "", static_cast<std::uint32_t>(item.size()))
        .raw(item);
    d.head(0xFFFEE0DDU, "", 0);
  };
  DicomBytes d(false);
  d.text(0x00081195U, "UI", "2.25.99");
  sequence(d, 0x00081198U, failed.bytes());
  sequence(d, 0x00081199U, committed.bytes());
  return d.bytes();
}

// Status of the N-EVENT-REPORT response in these bytes; -1: none.
inline int status_in(const std::string& pdu_bytes) {
  const std::size_t at = pdu_bytes.find(std::string("\0\0\0\x09\2\0\0\0", 8));
  if (at == std::string::npos || at + 10 > pdu_bytes.size()) return -1;
  return static_cast<unsigned char>(pdu_bytes[at + 8]) | (static_cast<unsigned char>(pdu_bytes[at + 9]) << 8);
}

}  // namespace focalhip::testing_support
