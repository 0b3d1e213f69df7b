#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

// Part 10 files made byte by byte, also wrong ones: no library between the test and the file.
namespace focalhip::testing_support {

inline constexpr std::string_view explicit_little_endian = "1.2.840.10008.1.2.1";
inline constexpr std::string_view implicit_little_endian = "1.2.840.10008.1.2";
inline constexpr std::string_view ct_image_storage = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr std::string_view mr_image_storage = "1.2.840.10008.5.1.4.1.1.4";
inline constexpr std::uint32_t undefined_length = 0xFFFFFFFFU;

// Appends elements of one data set; `explicit_vr` decides the encoding.
class DicomBytes {
 public:
  explicit DicomBytes(bool explicit_vr = true) : explicit_vr_(explicit_vr) {}

  DicomBytes& u16(std::uint32_t value) {
    bytes_ += static_cast<char>(value & 0xFFU);
    bytes_ += static_cast<char>((value >> 8U) & 0xFFU);
    return *this;
  }
  DicomBytes& u32(std::uint32_t value) { return u16(value & 0xFFFFU).u16(value >> 16U); }
  DicomBytes& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  // Tag, VR and length as given, right or wrong.
  DicomBytes& head(std::uint32_t tag, std::string_view vr, std::uint32_t length) {
    u16(tag >> 16U).u16(tag & 0xFFFFU);
    if (!explicit_vr_ || (tag >> 16U) == 0xFFFEU) return u32(length);
    bytes_ += vr;
    constexpr std::string_view long_ones = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
    if (long_ones.find(vr) == std::string_view::npos) return u16(length);
    return u16(0).u32(length);
  }
  DicomBytes& text(std::uint32_t tag, std::string_view vr, std::string value) {
    if (value.size() % 2 != 0) value += vr == "UI" ? '\0' : ' ';
    return head(tag, vr, static_cast<std::uint32_t>(value.size())).raw(value);
  }
  DicomBytes& number(std::uint32_t tag, std::uint32_t value) { return head(tag, "US", 2).u16(value); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  bool explicit_vr_;
  std::string bytes_;
};

// Preamble, prefix and meta information in front of a data set.
inline std::string part10(std::string_view data_set,
                          std::string_view transfer_syntax = explicit_little_endian,
                          std::string_view sop_class = ct_image_storage,
                          std::string_view sop_instance = "1.2.3.4") {
  DicomBytes group;
  group.head(0x00020001U, "OB", 2).raw(std::string_view("\0\1", 2));
  group.text(0x00020002U, "UI", std::string(sop_class));
  group.text(0x00020003U, "UI", std::string(sop_instance));
  group.text(0x00020010U, "UI", std::string(transfer_syntax));
  DicomBytes length;
  length.head(0x00020000U, "UL", 4).u32(static_cast<std::uint32_t>(group.bytes().size()));
  return std::string(128, '\0') + "DICM" + length.bytes() + group.bytes() + std::string(data_set);
}

// A small but complete CT slice.
struct CtSlice {
  std::string sop_class_uid{ct_image_storage};
  std::string sop_instance_uid = "1.2.3.4";
  std::string study_uid = "1.2.3";
  std::string series_uid = "1.2.3.1";
  std::string patient_name = "TEST^SLICE";
  std::string patient_id = "T1";
  std::string accession = "A1";
  std::string model = "Scanner";
  int instance_number = 1;
  double z_mm = 0.0;
  int rows = 16;
  int columns = 16;
  char pixel_fill = 0;
  bool explicit_vr = true;
};

// Everything up to, not including, the pixel data.
inline DicomBytes ct_header(const CtSlice& slice) {
  DicomBytes d(slice.explicit_vr);
  d.text(0x00080005U, "CS", "ISO_IR 100").text(0x00080008U, "CS", "ORIGINAL\\PRIMARY\\AXIAL");
  d.text(0x00080016U, "UI", slice.sop_class_uid).text(0x00080018U, "UI", slice.sop_instance_uid);
  d.text(0x00080020U, "DA", "20260101").text(0x00080050U, "SH", slice.accession);
  d.text(0x00080060U, "CS", "CT").text(0x00081090U, "LO", slice.model);
  d.text(0x00100010U, "PN", slice.patient_name).text(0x00100020U, "LO", slice.patient_id);
  d.text(0x00180050U, "DS", "1.0").text(0x00180060U, "DS", "120").text(0x00181210U, "SH", "FC13");
  d.text(0x0020000DU, "UI", slice.study_uid).text(0x0020000EU, "UI", slice.series_uid);
  d.text(0x00200011U, "IS", "3").text(0x00200013U, "IS", std::to_string(slice.instance_number));
  d.text(0x00200032U, "DS", "-10\\-20\\" + std::to_string(slice.z_mm));
  d.text(0x00200037U, "DS", "1\\0\\0\\0\\1\\0");
  d.number(0x00280002U, 1).text(0x00280004U, "CS", "MONOCHROME2");
  d.number(0x00280010U, static_cast<std::uint32_t>(slice.rows));
  d.number(0x00280011U, static_cast<std::uint32_t>(slice.columns));
  d.text(0x00280030U, "DS", "0.9765625\\0.9765625");
  d.number(0x00280100U, 16).number(0x00280101U, 16).number(0x00280102U, 15).number(0x00280103U, 1);
  d.text(0x00281052U, "DS", "0").text(0x00281053U, "DS", "1").text(0x00281054U, "LO", "HU");
  return d;
}

inline std::string ct_data_set(const CtSlice& slice) {
  DicomBytes d = ct_header(slice);
  const auto bytes = static_cast<std::size_t>(slice.rows) * static_cast<std::size_t>(slice.columns) * 2;
  d.head(0x7FE00010U, "OW", static_cast<std::uint32_t>(bytes)).raw(std::string(bytes, slice.pixel_fill));
  return d.bytes();
}

inline std::string ct_file(const CtSlice& slice) {
  return part10(ct_data_set(slice),
                slice.explicit_vr ? explicit_little_endian : implicit_little_endian,
                slice.sop_class_uid,
                slice.sop_instance_uid);
}

inline void write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace focalhip::testing_support
