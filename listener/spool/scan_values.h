#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "listener/spool/scanned_instance.h"
#include "listener/spool/value_text.h"

namespace focalhip {

inline constexpr DicomTag pixel_data_tag = 0x7FE00010U;

// The top-level attributes the scanner keeps, and what becomes of them.
class ScanValues {
 public:
  [[nodiscard]] static bool wants(DicomTag tag);
  [[nodiscard]] bool has(DicomTag tag) const { return raw_.contains(tag); }
  void keep(DicomTag tag, std::string value) { raw_.emplace(tag, std::move(value)); }

  // A UID attribute that is not a UID, or nullptr-like empty text when all is well.
  [[nodiscard]] std::string problem() const;
  // Fills everything but file, sizes and the pixel digest.
  void fill(ScannedInstance& instance) const;
  // Canonical text of what decides the geometry and the meaning of pixel values, one entry per attribute.
  [[nodiscard]] std::string geometry_text() const;

 private:
  [[nodiscard]] std::string_view raw(DicomTag tag) const;
  [[nodiscard]] std::string text(DicomTag tag) const;
  [[nodiscard]] std::string identity_digest() const;

  std::map<DicomTag, std::string> raw_;
};

}  // namespace focalhip
