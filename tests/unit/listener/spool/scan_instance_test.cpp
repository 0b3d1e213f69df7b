#include <optional>
#include <random>
#include <string>
#include <variant>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "listener/spool/scanned_instance.h"
#include "listener/support/unique_fd.h"
#include "tests/support/part10_bytes.h"

namespace focalhip {
namespace {

using namespace testing_support;
using Kind = ScanProblem::Kind;
using Scan = std::variant<ScannedInstance, ScanProblem>;

class ScanInstance : public ::testing::Test {
 protected:
  // From a file in memory: thousands of them are scanned here.
  Scan scan(std::string_view bytes, const ScanLimits& limits = {}) {
    const UniqueFd file(::memfd_create("object", MFD_CLOEXEC));
    EXPECT_EQ(::write(file.value(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    return scan_instance("/proc/self/fd/" + std::to_string(file.value()), limits);
  }
  ScannedInstance good(std::string_view bytes, const ScanLimits& limits = {}) {
    const Scan scanned = scan(bytes, limits);
    if (const auto* problem = std::get_if<ScanProblem>(&scanned)) {
      ADD_FAILURE() << "refused: " << problem->detail;
      return {};
    }
    return std::get<ScannedInstance>(scanned);
  }
  // The kind and the sentence, or nothing when the file was accepted.
  std::optional<Kind> problem(std::string_view bytes, const ScanLimits& limits = {}) {
    const Scan scanned = scan(bytes, limits);
    const auto* found = std::get_if<ScanProblem>(&scanned);
    if (found == nullptr) return std::nullopt;
    EXPECT_FALSE(found->detail.empty());
    detail_ = found->detail;
    return found->kind;
  }
  std::string detail_;
};

// `levels` sequences of undefined length inside each other, closed again.
std::string nested(int levels, bool explicit_vr, bool undefined = true) {
  std::string inner;
  for (int level = 0; level < levels; ++level) {
    DicomBytes d(explicit_vr);
    const auto inner_bytes = static_cast<std::uint32_t>(inner.size());
    d.head(0x00081140U, "SQ", undefined ? undefined_length : inner_bytes + 8);
    d.head(0xFFFEE000U, "", undefined ? undefined_length : inner_bytes).raw(inner);
    if (undefined) d.head(0xFFFEE00DU, "", 0).head(0xFFFEE0DDU, "", 0);
    inner = d.bytes();
  }
  return inner;
}

std::string ct_with(std::string_view extra, bool explicit_vr = true) {
  CtSlice slice;
  slice.explicit_vr = explicit_vr;
  DicomBytes d = ct_header(slice);
  return part10(d.raw(extra).bytes(), explicit_vr ? explicit_little_endian : implicit_little_endian);
}

TEST_F(ScanInstance, ReadsEveryFieldOfAnExplicitSlice) {
  CtSlice slice;
  slice.z_mm = 12.5;
  slice.instance_number = 7;
  const ScannedInstance i = good(ct_file(slice));
  EXPECT_EQ(i.transfer_syntax_uid, explicit_little_endian);
  EXPECT_EQ(i.sop_class_uid, ct_image_storage);
  EXPECT_EQ(i.sop_instance_uid, "1.2.3.4");
  EXPECT_EQ(i.study_instance_uid, "1.2.3");
  EXPECT_EQ(i.series_instance_uid, "1.2.3.1");
  EXPECT_EQ(i.specific_character_set, "ISO_IR 100");
  EXPECT_EQ(i.modality, "CT");
  ASSERT_EQ(i.image_type.size(), 3U);
  EXPECT_EQ(i.image_type[2], "AXIAL");
  EXPECT_EQ(i.convolution_kernel, "FC13");
  EXPECT_EQ(i.rescale_type, "HU");
  EXPECT_EQ(i.photometric_interpretation, "MONOCHROME2");
  EXPECT_EQ(i.rows, 16);
  EXPECT_EQ(i.columns, 16);
  EXPECT_EQ(i.samples_per_pixel, 1);
  EXPECT_EQ(i.series_number, 3);
  EXPECT_EQ(i.instance_number, 7);
  EXPECT_EQ(i.kvp, 120.0);
  EXPECT_EQ(i.slice_thickness_mm, 1.0);
  EXPECT_EQ(i.gantry_tilt_deg, std::nullopt);
  ASSERT_TRUE(i.position_patient_mm.has_value());
  EXPECT_EQ((*i.position_patient_mm)[2], 12.5);
  ASSERT_TRUE(i.pixel_spacing_mm.has_value());
  EXPECT_EQ((*i.pixel_spacing_mm)[0], 0.9765625);
  EXPECT_TRUE(i.orientation_patient.has_value());
  EXPECT_EQ(i.pixel_bytes, 512U);
  EXPECT_FALSE(i.encapsulated);
  EXPECT_EQ(i.file_bytes, ct_file(slice).size());
}

TEST_F(ScanInstance, ExplicitAndImplicitGiveTheSameDigests) {
  CtSlice slice;
  const ScannedInstance a = good(ct_file(slice));
  slice.explicit_vr = false;
  const ScannedInstance b = good(ct_file(slice));
  EXPECT_EQ(a.pixel_digest.size(), 64U);
  EXPECT_EQ(a.pixel_digest, b.pixel_digest);
  EXPECT_EQ(a.identity_digest, b.identity_digest);
}

TEST_F(ScanInstance, DigestsTellPixelsGeometryAndPersonApart) {
  const CtSlice slice;
  const ScannedInstance base = good(ct_file(slice));
  CtSlice other_pixels = slice;
  other_pixels.pixel_fill = 1;
  CtSlice other_place = slice;
  other_place.z_mm = 1.0;
  CtSlice other_person = slice;
  other_person.patient_name = "TEST^RECONCILED";
  EXPECT_NE(good(ct_file(other_pixels)).pixel_digest, base.pixel_digest);
  EXPECT_EQ(good(ct_file(other_pixels)).identity_digest, base.identity_digest);
  EXPECT_NE(good(ct_file(other_place)).pixel_digest, base.pixel_digest);
  EXPECT_EQ(good(ct_file(other_person)).pixel_digest, base.pixel_digest);
  EXPECT_NE(good(ct_file(other_person)).identity_digest, base.identity_digest);
}

TEST_F(ScanInstance, LeavesThePixelDigestOutWhenAsked) {
  const ScannedInstance i = good(ct_file({}), {.digest_pixels = false});
  EXPECT_TRUE(i.pixel_digest.empty());
  EXPECT_EQ(i.identity_digest.size(), 64U);
}

TEST_F(ScanInstance, WalksEncapsulatedPixelData) {
  DicomBytes d;
  d.head(0x7FE00010U, "OB", undefined_length).head(0xFFFEE000U, "", 4).u32(0);
  d.head(0xFFFEE000U, "", 6).raw("abcdef").head(0xFFFEE000U, "", 2).raw("gh").head(0xFFFEE0DDU, "", 0);
  const CtSlice slice;
  const std::string file = part10(ct_header(slice).raw(d.bytes()).bytes(), "1.2.840.10008.1.2.4.80");
  const ScannedInstance i = good(file);
  EXPECT_TRUE(i.encapsulated);
  EXPECT_EQ(i.pixel_bytes, 8U);
  EXPECT_EQ(i.pixel_digest.size(), 64U);
  EXPECT_EQ(problem(file.substr(0, file.size() - 8)), Kind::malformed);   // no delimiter
  EXPECT_EQ(problem(file.substr(0, file.size() - 10)), Kind::malformed);  // inside a fragment
}

TEST_F(ScanInstance, RefusesUndefinedLengthWhereNothingIsCompressed) {
  DicomBytes d;
  d.head(0x7FE00010U, "OW", undefined_length).head(0xFFFEE0DDU, "", 0);
  EXPECT_EQ(problem(ct_with(d.bytes())), Kind::malformed);
  DicomBytes text;
  text.head(0x00400254U, "LO", 0).head(0x00400255U, "UT", undefined_length).raw("whatever");
  EXPECT_EQ(problem(ct_with(text.bytes())), Kind::malformed);
}

TEST_F(ScanInstance, TakesSixtyFourLevelsAndRefusesOneMore) {
  for (const bool explicit_vr : {true, false})
    for (const bool undefined : {true, false}) {
      EXPECT_EQ(problem(ct_with(nested(64, explicit_vr, undefined), explicit_vr)), std::nullopt) << detail_;
      EXPECT_EQ(problem(ct_with(nested(65, explicit_vr, undefined), explicit_vr)), Kind::too_deep);
    }
}

// DCMTK 3.6.7 dies of about 9,400 levels.
TEST_F(ScanInstance, SurvivesFiftyThousandLevels) {
  std::string open;
  DicomBytes level;
  level.head(0x00081140U, "SQ", undefined_length).head(0xFFFEE000U, "", undefined_length);
  for (int i = 0; i < 50'000; ++i) open += level.bytes();
  EXPECT_EQ(problem(ct_with(open)), Kind::too_deep);
}

TEST_F(ScanInstance, DescendsIntoUnknownVrOfUndefinedLengthAsImplicit) {
  DicomBytes outer;
  outer.head(0x00091001U, "UN", undefined_length);
  DicomBytes item(false);
  item.head(0xFFFEE000U, "", undefined_length).text(0x00091002U, "", "abcd").head(0xFFFEE00DU, "", 0);
  item.head(0xFFFEE0DDU, "", 0);
  EXPECT_EQ(problem(ct_with(outer.raw(item.bytes()).bytes())), std::nullopt) << detail_;
}

TEST_F(ScanInstance, RefusesLengthsBeyondTheFileOrTheirContainer) {
  for (const std::uint32_t length : {100U, 0x7FFFFFFFU, 0xFFFFFFFEU, 0x10000000U}) {
    DicomBytes d;
    d.head(0x00990001U, "OB", length).raw("only these");
    EXPECT_EQ(problem(ct_with(d.bytes())), Kind::malformed) << length;
  }
  DicomBytes item;  // an element longer than its item, though not longer than the file
  item.head(0x00081140U, "SQ", 18).head(0xFFFEE000U, "", 10).head(0x00081150U, "UI", 40).raw("1.");
  EXPECT_EQ(problem(ct_with(item.raw(std::string(64, ' ')).bytes())), Kind::malformed);
}

TEST_F(ScanInstance, RefusesStrayDelimiters) {
  EXPECT_EQ(problem(ct_with(DicomBytes().head(0xFFFEE00DU, "", 0).bytes())), Kind::malformed);
  EXPECT_EQ(problem(ct_with(DicomBytes().head(0xFFFEE0DDU, "", 0).bytes())), Kind::malformed);
  EXPECT_EQ(problem(ct_with(DicomBytes().head(0xFFFEE000U, "", 0).bytes())), Kind::malformed);
  DicomBytes no_item;
  no_item.head(0x00081140U, "SQ", undefined_length).text(0x00081150U, "UI", "1.2");
  EXPECT_EQ(problem(ct_with(no_item.bytes())), Kind::malformed);
}

TEST_F(ScanInstance, RefusesEveryTruncation) {
  const std::string file = ct_file({});
  // Cut between the meta group and the last pixel byte; only cuts at element borders may pass, and then pixel
  // data is missing.
  int accepted = 0;
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Scan scanned = scan(std::string_view(file).substr(0, size));
    if (const auto* instance = std::get_if<ScannedInstance>(&scanned)) {
      ++accepted;
      EXPECT_EQ(instance->pixel_bytes, 0U);
      EXPECT_TRUE(instance->pixel_digest.empty());
    }
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, 40);  // number of elements of ct_header
}

TEST_F(ScanInstance, RefusesWhatIsNotDicom) {
  EXPECT_EQ(problem(""), Kind::not_dicom);
  EXPECT_EQ(problem("GET / HTTP/1.1\r\n\r\n"), Kind::not_dicom);
  EXPECT_EQ(problem(std::string(1000, '\0')), Kind::not_dicom);
  EXPECT_EQ(problem(std::string(128, '\0') + "DICM"), Kind::malformed);
  EXPECT_EQ(std::get<ScanProblem>(scan_instance("/dev/null", {})).kind, Kind::not_dicom);
}

TEST_F(ScanInstance, NamesTransferSyntaxesItDoesNotWalk) {
  const std::string data = ct_data_set({});
  EXPECT_EQ(problem(part10(data, "1.2.840.10008.1.2.1.99")), Kind::unsupported);  // deflated
  EXPECT_NE(detail_.find("1.2.840.10008.1.2.1.99"), std::string::npos);
  EXPECT_EQ(problem(part10(data, "1.2.840.10008.1.2.2")), Kind::unsupported);  // big endian
  EXPECT_EQ(problem(part10(data, "1.2.840.113619.5.2")), Kind::unsupported);   // GE private
  EXPECT_EQ(problem(part10(data, "evil\n")), Kind::unsupported);
  EXPECT_EQ(detail_.find("evil"), std::string::npos);
  EXPECT_EQ(problem(part10(data, "")), Kind::malformed);
}

TEST_F(ScanInstance, RefusesRepeatedAndOversizedAttributes) {
  EXPECT_EQ(problem(ct_with(DicomBytes().number(0x00280010U, 9).bytes())), Kind::malformed);
  EXPECT_NE(detail_.find("(0028,0010)"), std::string::npos);
  DicomBytes d;
  d.head(0x00281055U, "LO", 2).raw("ab").head(0x0040A730U, "UT", 3'000'000).raw(std::string(3'000'000, 'x'));
  EXPECT_EQ(problem(ct_with(d.bytes())), std::nullopt) << detail_;  // long, but nothing we keep
  DicomBytes uid;
  uid.head(0x00200052U, "UN", 2'000'000).raw(std::string(2'000'000, '1'));
  EXPECT_EQ(problem(ct_with(uid.bytes())), Kind::too_large);
  EXPECT_EQ(problem(ct_file({}), {.file_bytes = 100}), Kind::too_large);
}

TEST_F(ScanInstance, RefusesUidsThatAreNone) {
  for (const char* const uid : {"../../etc/passwd", "1.2.3\n4", "1.2.3.4.5 6", "abc"}) {
    CtSlice slice;
    slice.series_uid = uid;
    EXPECT_EQ(problem(ct_file(slice)), Kind::malformed) << uid;
    EXPECT_EQ(detail_.find(uid), std::string::npos);
  }
  CtSlice slice;
  slice.study_uid = std::string(65, '1');
  EXPECT_EQ(problem(ct_file(slice)), Kind::malformed);
}

TEST_F(ScanInstance, NumbersThatAreNoneAreAbsent) {
  for (const char* const text : {"1e400", "nan", "inf", "1,5", "", "12abc", "0x10", "--1"}) {
    DicomBytes d;
    d.text(0x00181120U, "DS", text);
    EXPECT_EQ(good(ct_with(d.bytes())).gantry_tilt_deg, std::nullopt) << text;
  }
  EXPECT_EQ(good(ct_with(DicomBytes().text(0x00181120U, "DS", "+18.5").bytes())).gantry_tilt_deg, 18.5);
  EXPECT_EQ(good(ct_with(DicomBytes().text(0x00201002U, "IS", "99999999999").bytes())).images_in_acquisition,
            std::nullopt);
}

// Not a proof, but each run walks 10,000 different damaged files; a crash or a hang fails the test.
TEST_F(ScanInstance, SurvivesDamagedFiles) {
  std::mt19937 random(20261123);  // any seed will do
  const std::string file = ct_with(nested(5, true) + ct_data_set({}));
  std::uniform_int_distribution<std::size_t> place(132, file.size() - 1);
  std::uniform_int_distribution<int> byte(0, 255);
  std::uniform_int_distribution<int> count(1, 8);
  int refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string damaged = file;
    for (int n = count(random); n > 0; --n) damaged[place(random)] = static_cast<char>(byte(random));
    refused += std::holds_alternative<ScanProblem>(scan(damaged)) ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
}

// --- functional groups of multi-frame objects

DicomBytes sequence(std::uint32_t tag, std::string_view items, bool explicit_vr = true) {
  DicomBytes d(explicit_vr);
  d.head(tag, "SQ", undefined_length).raw(items).head(0xFFFEE0DDU, "", 0);
  return d;
}
std::string item(std::string_view elements) {
  DicomBytes d;
  return d.head(0xFFFEE000U, "", static_cast<std::uint32_t>(elements.size())).raw(elements).bytes();
}
std::string macro(std::uint32_t tag, std::string_view elements) {
  return sequence(tag, item(elements)).bytes();
}

std::string frame_at(double z_mm) {
  DicomBytes position;
  position.text(0x00200032U, "DS", "1\\2\\" + std::to_string(z_mm));
  return item(macro(0x00209113U, position.bytes()));
}

// Three frames of 4 x 4 words: orientation and kernel shared, positions their own.
std::string three_frames(const std::string& per_frame, std::uint32_t pixel_bytes = 96) {
  DicomBytes orientation;
  orientation.text(0x00200037U, "DS", "1\\0\\0\\0\\1\\0");
  DicomBytes kernel;
  kernel.text(0x00181210U, "SH", "Br40");
  const std::string shared =
      item(macro(0x00189314U, kernel.bytes()) + macro(0x00209116U, orientation.bytes()));
  DicomBytes d;
  d.text(0x00080016U, "UI", "1.2.840.10008.5.1.4.1.1.2.1").text(0x00280008U, "IS", "3");
  d.raw(sequence(0x52009229U, shared).bytes()).raw(sequence(0x52009230U, per_frame).bytes());
  d.head(0x7FE00010U, "OW", pixel_bytes);
  for (std::uint32_t i = 0; i < pixel_bytes; ++i) d.raw(std::string(1, static_cast<char>(i)));
  return part10(d.bytes(), explicit_little_endian, "1.2.840.10008.5.1.4.1.1.2.1");
}

TEST_F(ScanInstance, ReadsFramesOwnBeforeShared) {
  const ScannedInstance i = good(three_frames(frame_at(1) + frame_at(2) + frame_at(3)));
  ASSERT_EQ(i.frames.size(), 3U);
  EXPECT_EQ((*i.frames[2].position_patient_mm)[2], 3.0);
  EXPECT_EQ(i.frames[2].convolution_kernel, "Br40");
  EXPECT_TRUE(i.frames[0].orientation_patient.has_value());
  EXPECT_EQ(i.frames[0].pixel_digest.size(), 64U);
  EXPECT_NE(i.frames[0].pixel_digest, i.frames[1].pixel_digest);
}

TEST_F(ScanInstance, DigestFollowsTheGeometryOfFrames) {
  const ScannedInstance one = good(three_frames(frame_at(1) + frame_at(2) + frame_at(3)));
  const ScannedInstance moved = good(three_frames(frame_at(1) + frame_at(2) + frame_at(4)));
  EXPECT_NE(one.pixel_digest, moved.pixel_digest);
  EXPECT_EQ(one.frames[0].pixel_digest, moved.frames[0].pixel_digest);
}

TEST_F(ScanInstance, AFrameAttributeThatAppearsTwiceIsMalformed) {
  DicomBytes twice;
  twice.text(0x00200032U, "DS", "1\\2\\3").text(0x00200032U, "DS", "1\\2\\4");
  const std::string frame = item(macro(0x00209113U, twice.bytes()));
  EXPECT_EQ(problem(three_frames(frame + frame_at(2) + frame_at(3))), Kind::malformed);
}

TEST_F(ScanInstance, LimitsWhatFramesMakeItHold) {
  std::string many;
  for (int frame = 0; frame < 16385; ++frame) many += frame_at(frame);
  EXPECT_EQ(problem(three_frames(many)), Kind::too_large);
  DicomBytes id;
  id.text(0x00209056U, "SH", std::string(2000, 'x'));
  const std::string frame = item(macro(0x00209111U, id.bytes()));
  EXPECT_EQ(problem(three_frames(frame + frame_at(2) + frame_at(3))), Kind::too_large);
}

TEST_F(ScanInstance, FramesThatDoNotDivideThePixelsHaveNoDigestOfTheirOwn) {
  const ScannedInstance i = good(three_frames(frame_at(1) + frame_at(2) + frame_at(3), 98));
  EXPECT_TRUE(i.frames[0].pixel_digest.empty());
  EXPECT_EQ(i.pixel_digest.size(), 64U);
}

// Functional groups somewhere else than at the top, or nested too deep, describe no frames.
TEST_F(ScanInstance, IgnoresGroupsThatAreNotTheObjects) {
  const std::string inner = sequence(0x52009230U, frame_at(1)).bytes();
  EXPECT_TRUE(good(ct_with(sequence(0x00081140U, item(inner)).bytes())).frames.empty());
}

}  // namespace
}  // namespace focalhip
