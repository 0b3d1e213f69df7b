#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "listener/spool/byte_source.h"
#include "listener/spool/scan_frames.h"
#include "listener/spool/scan_values.h"
#include "listener/spool/scanned_instance.h"
#include "listener/support/digest.h"

// [PS3.5] section 7 (elements, sequences), annex A (transfer syntaxes, encapsulated pixel data); [PS3.10]
// section 7.
namespace focalhip {

namespace {

using Kind = ScanProblem::Kind;

constexpr std::uint32_t undefined_length = 0xFFFFFFFFU;
constexpr DicomTag item_tag = 0xFFFEE000U;
constexpr DicomTag item_end_tag = 0xFFFEE00DU;
constexpr DicomTag sequence_end_tag = 0xFFFEE0DDU;
constexpr DicomTag transfer_syntax_tag = 0x00020010U;
constexpr DicomTag monoenergetic_equivalent_tag = 0x0018937CU;
constexpr std::size_t preamble_bytes = 128;

// Never leaves this file: scan_instance turns it into its result.
struct Stop {
  ScanProblem problem;
};
[[noreturn]] void stop(Kind kind, std::string detail) {
  throw Stop{{.kind = kind, .detail = std::move(detail)}};
}

std::uint16_t u16(const std::uint8_t* bytes) {
  return static_cast<std::uint16_t>(bytes[0] | (bytes[1] << 8));
}
std::uint32_t u32(const std::uint8_t* bytes) {
  return u16(bytes) | (static_cast<std::uint32_t>(u16(bytes + 2)) << 16U);
}

struct Encoding {
  bool explicit_vr = true;
  bool encapsulated = false;
};

Encoding encoding_of(std::string_view transfer_syntax_uid) {
  if (transfer_syntax_uid == "1.2.840.10008.1.2") return {.explicit_vr = false, .encapsulated = false};
  if (transfer_syntax_uid == "1.2.840.10008.1.2.1") return {};
  const bool referenced = transfer_syntax_uid == "1.2.840.10008.1.2.4.94" ||  // JPIP: pixels are elsewhere
                          transfer_syntax_uid == "1.2.840.10008.1.2.4.95";
  const bool compressed = transfer_syntax_uid.starts_with("1.2.840.10008.1.2.4.") ||
                          transfer_syntax_uid == "1.2.840.10008.1.2.5" ||
                          transfer_syntax_uid == "1.2.840.10008.1.2.1.98";
  if (compressed && !referenced) return {.explicit_vr = true, .encapsulated = true};
  stop(Kind::unsupported,
       is_valid_uid(transfer_syntax_uid) ? "transfer syntax " + std::string(transfer_syntax_uid)
                                         : "transfer syntax is not a UID");
}

// [PS3.5] 7.1.2: these have a 32-bit length. Two capital letters that are no known VR: a VR of the future,
// also 32 bits. Anything else ("??", blanks) is written by old tools with 16 bits.
bool has_long_length(std::string_view vr) {
  constexpr std::string_view long_ones = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
  constexpr std::string_view short_ones = "AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US";
  if (long_ones.find(vr) != std::string_view::npos) return true;
  if (short_ones.find(vr) != std::string_view::npos) return false;
  return vr[0] >= 'A' && vr[0] <= 'Z' && vr[1] >= 'A' && vr[1] <= 'Z';
}

struct Head {
  DicomTag tag = 0;
  std::string vr;  // empty in implicit VR and for items
  std::uint32_t length = 0;
};

// An open item or sequence; level 0 is the data set itself. `end` is its own end, or its parent's when its
// length is undefined: nothing inside may reach beyond it.
struct Level {
  DicomTag tag = 0;  // of the sequence or item
  int index = -1;    // of a sequence: its last item so far, from 0; of an item: which one it is
  std::uint64_t end = 0;
  bool holds_elements = true;  // false: a sequence, holds items
  bool undefined = false;
  bool explicit_vr = true;
};

class Scanner {
 public:
  Scanner(ByteSource& source, const ScanLimits& limits) : source_(source), limits_(limits) {}

  void read_meta();
  void read_data_set();
  [[nodiscard]] ScannedInstance result();

 private:
  [[nodiscard]] Head read_head(bool explicit_vr, std::uint64_t end);
  void read_element();
  void read_item();
  void read_top_level(const Head& head);
  void read_nested(const Head& head);
  void count_item();
  void digest_native_pixels(std::uint32_t length);
  void open(const Head& head, bool holds_elements, bool explicit_vr);
  void read_fragments(bool keep);
  [[nodiscard]] bool looks_like_items(const Head& head);
  [[nodiscard]] bool is_top_level() const { return levels_.size() == 1; }
  [[nodiscard]] int open_sequences() const { return static_cast<int>(levels_.size()) / 2; }

  ByteSource& source_;
  const ScanLimits& limits_;
  std::string transfer_syntax_uid_;
  Encoding encoding_;
  std::vector<Level> levels_;
  ScanValues values_;
  ScanFrames frames_;
  bool is_monoenergetic_ = false;
  Sha256 pixel_sha_;
  std::uint64_t pixel_bytes_ = 0;
  bool has_pixels_ = false;
};

Head Scanner::read_head(bool explicit_vr, std::uint64_t end) {
  if (end - source_.position() < 8) stop(Kind::malformed, "ends inside an element");
  std::array<std::uint8_t, 8> bytes{};
  source_.read(bytes.data(), bytes.size());
  Head head{.tag = static_cast<DicomTag>(u16(bytes.data())) << 16U | u16(bytes.data() + 2), .vr = {}};
  if (!explicit_vr || (head.tag >> 16U) == 0xFFFEU) {
    head.length = u32(bytes.data() + 4);
    return head;
  }
  head.vr = {static_cast<char>(bytes[4]), static_cast<char>(bytes[5])};
  if (!has_long_length(head.vr)) {
    head.length = u16(bytes.data() + 6);
    return head;
  }
  if (end - source_.position() < 4) stop(Kind::malformed, "ends inside an element");
  source_.read(bytes.data(), 4);
  head.length = u32(bytes.data());
  return head;
}

void Scanner::read_meta() {
  std::array<char, preamble_bytes + 4> start{};
  if (source_.size() < start.size()) stop(Kind::not_dicom, "shorter than a DICOM file's preamble");
  source_.read(start.data(), start.size());
  if (std::memcmp(start.data() + preamble_bytes, "DICM", 4) != 0) stop(Kind::not_dicom, "no DICM prefix");
  // The group length is not trusted: the group ends where another group starts.
  for (;;) {
    const auto next = source_.peek8();
    if (!next || u16(next->data()) != 0x0002U) break;
    const Head head = read_head(true, source_.size());
    if (head.length > source_.left()) stop(Kind::malformed, "file meta information is longer than the file");
    if (head.tag != transfer_syntax_tag) {
      source_.skip(head.length);
      continue;
    }
    if (head.length > limits_.header_value_bytes) stop(Kind::too_large, "transfer syntax UID too long");
    transfer_syntax_uid_ = trimmed(source_.read_text(head.length));
  }
  if (transfer_syntax_uid_.empty()) stop(Kind::malformed, "no transfer syntax in the file meta information");
  encoding_ = encoding_of(transfer_syntax_uid_);
}

void Scanner::open(const Head& head, bool holds_elements, bool explicit_vr) {
  const std::uint64_t outer_end = levels_.back().end;
  const bool undefined = head.length == undefined_length;
  if (!undefined && head.length > outer_end - source_.position())
    stop(Kind::malformed, "length of " + tag_text(head.tag) + " reaches beyond its container");
  if (!holds_elements && open_sequences() >= limits_.nesting)
    stop(Kind::too_deep, "sequence nesting deeper than " + std::to_string(limits_.nesting));
  if (holds_elements) count_item();
  levels_.push_back({.tag = head.tag,
                     .index = holds_elements ? levels_.back().index : -1,
                     .end = undefined ? outer_end : source_.position() + head.length,
                     .holds_elements = holds_elements,
                     .undefined = undefined,
                     .explicit_vr = explicit_vr});
}

// One more item of the innermost open sequence.
void Scanner::count_item() {
  Level& sequence = levels_.back();
  ++sequence.index;
  if (levels_.size() != 2) return;  // not at the top level of the data set
  if (sequence.tag == frame_groups_tag) {
    if (sequence.index >= most_frames)
      stop(Kind::too_large, "more than " + std::to_string(most_frames) + " frames");
    frames_.add_frame();
  }
}

// Implicit VR does not say what is a sequence. Whatever starts like an item is walked: a reader with a
// dictionary would descend there too, and the nesting limit must hold for it.
bool Scanner::looks_like_items(const Head& head) {
  if (head.length < 8 || head.tag == pixel_data_tag) return false;
  const auto next = source_.peek8();
  return next && u16(next->data()) == 0xFFFEU && u16(next->data() + 2) == 0xE000U;
}

// Encapsulated pixel data: an offset table item, fragment items, a sequence delimiter. [PS3.5] A.4
void Scanner::read_fragments(bool keep) {
  const std::uint64_t end = levels_.back().end;
  std::vector<std::string> digests;  // of the first fragments, as many as there are frames
  int fragments = 0;
  for (bool is_offset_table = true;; is_offset_table = false) {
    const Head head = read_head(false, end);
    if (head.tag == sequence_end_tag) break;
    if (head.tag != item_tag || head.length == undefined_length)
      stop(Kind::malformed, "encapsulated pixel data holds something else than fragments");
    if (head.length > end - source_.position())
      stop(Kind::malformed, "pixel data fragment is longer than the file");
    if (!keep || is_offset_table || !limits_.digest_pixels) {
      source_.skip(head.length);
    } else {
      pixel_sha_.update(std::to_string(head.length) + ":");
      if (++fragments > frames_.frame_count()) {
        source_.digest(head.length, pixel_sha_);
      } else {
        Sha256 fragment;
        source_.digest(head.length, fragment);
        digests.push_back(fragment.finish_hex());
        pixel_sha_.update(digests.back());
      }
    }
    if (keep && !is_offset_table) pixel_bytes_ += head.length;
  }
  if (fragments != frames_.frame_count()) return;  // frames of several fragments are not told apart
  for (int i = 0; i < fragments; ++i)
    frames_.keep_pixel_digest(i, std::move(digests[static_cast<std::size_t>(i)]));
}

// Frame by frame where the functional groups told how many there are.
void Scanner::digest_native_pixels(std::uint32_t length) {
  const auto frames = static_cast<std::uint32_t>(frames_.frame_count());
  if (frames == 0 || length % frames != 0) return source_.digest(length, pixel_sha_);
  for (std::uint32_t i = 0; i < frames; ++i) {
    Sha256 frame;
    source_.digest(length / frames, frame);
    const std::string hex = frame.finish_hex();
    pixel_sha_.update(hex);
    frames_.keep_pixel_digest(static_cast<int>(i), hex);
  }
}

// What counts of the elements inside sequences: the functional groups and the dimensions of a multi-frame
// object.
void Scanner::read_nested(const Head& head) {
  const Level& outer = levels_[1];
  if (levels_.size() == 3 && outer.tag == dimension_index_tag && head.tag == dimension_pointer_tag &&
      head.length == 4 && frames_.dimension_count() < most_dimensions) {
    const std::string bytes = source_.read_text(head.length);
    const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return frames_.add_dimension(static_cast<DicomTag>(u16(at)) << 16U | u16(at + 2));
  }
  const bool in_macro =
      levels_.size() == 5 && levels_[4].index == 0 &&
      (outer.tag == frame_groups_tag || (outer.tag == shared_groups_tag && levels_[2].index == 0));
  if (!in_macro) return source_.skip(head.length);
  const FramePlace place{
      .groups = outer.tag, .item = levels_[2].index, .macro = levels_[3].tag, .attribute = head.tag};
  if (!ScanFrames::wants(place)) return source_.skip(head.length);
  if (head.length > longest_frame_value)
    stop(Kind::too_large, "value of " + tag_text(head.tag) + " is too long");
  if (!frames_.keep(place, source_.read_text(head.length)))
    stop(Kind::malformed, "attribute " + tag_text(head.tag) + " appears twice");
}

void Scanner::read_top_level(const Head& head) {
  if (head.tag == pixel_data_tag) {
    if (has_pixels_) stop(Kind::malformed, "pixel data appears twice");
    has_pixels_ = true;
    pixel_bytes_ = head.length;
    if (limits_.digest_pixels)
      digest_native_pixels(head.length);
    else
      source_.skip(head.length);
  } else if (!ScanValues::wants(head.tag)) {
    source_.skip(head.length);
  } else if (values_.has(head.tag)) {
    stop(Kind::malformed, "attribute " + tag_text(head.tag) + " appears twice");
  } else if (head.length > limits_.header_value_bytes) {
    stop(Kind::too_large, "value of " + tag_text(head.tag) + " is too long");
  } else {
    values_.keep(head.tag, source_.read_text(head.length));
  }
}

void Scanner::read_element() {
  const Level level = levels_.back();
  const Head head = read_head(level.explicit_vr, level.end);
  if (head.tag == item_end_tag) {
    if (!level.undefined || head.length != 0) stop(Kind::malformed, "unexpected end of item");
    levels_.pop_back();
    return;
  }
  if ((head.tag >> 16U) == 0xFFFEU) stop(Kind::malformed, "item outside a sequence");
  if (head.length == undefined_length) {
    if (head.tag == pixel_data_tag) {
      if (!encoding_.encapsulated) stop(Kind::malformed, "pixel data of undefined length is not compressed");
      if (is_top_level() && has_pixels_) stop(Kind::malformed, "pixel data appears twice");
      if (is_top_level()) has_pixels_ = true;
      return read_fragments(is_top_level());
    }
    // UN of undefined length holds implicit VR items. [PS3.5] 6.2.2
    if (level.explicit_vr && head.vr != "SQ" && head.vr != "UN")
      stop(Kind::malformed, "undefined length of " + tag_text(head.tag) + ", which is not a sequence");
    return open(head, false, level.explicit_vr && head.vr == "SQ");
  }
  if (head.length > level.end - source_.position())
    stop(Kind::malformed, "length of " + tag_text(head.tag) + " reaches beyond its container");
  if (level.explicit_vr ? head.vr == "SQ" : looks_like_items(head))
    return open(head, false, level.explicit_vr);
  if (head.tag == monoenergetic_equivalent_tag && head.length > 0) is_monoenergetic_ = true;
  if (is_top_level())
    read_top_level(head);
  else
    read_nested(head);
}

void Scanner::read_item() {
  const Level level = levels_.back();
  const Head head = read_head(false, level.end);
  if (head.tag == item_tag) return open(head, true, level.explicit_vr);
  if (head.tag != sequence_end_tag || !level.undefined || head.length != 0)
    stop(Kind::malformed, "sequence holds something else than items");
  levels_.pop_back();
}

void Scanner::read_data_set() {
  levels_.reserve(2 * static_cast<std::size_t>(limits_.nesting) + 2);
  levels_.push_back({.end = source_.size(), .explicit_vr = encoding_.explicit_vr});
  for (;;) {
    while (levels_.size() > 1 && !levels_.back().undefined && source_.position() == levels_.back().end)
      levels_.pop_back();
    if (is_top_level() && source_.left() == 0) break;
    // Writers that pad files to blocks leave a few bytes after the pixel data: nothing can be lost there.
    if (is_top_level() && has_pixels_ && source_.left() < 8) break;
    if (levels_.back().holds_elements)
      read_element();
    else
      read_item();
  }
  if (const std::string problem = values_.problem(); !problem.empty()) stop(Kind::malformed, problem);
}

ScannedInstance Scanner::result() {
  ScannedInstance instance;
  values_.fill(instance);
  instance.transfer_syntax_uid = transfer_syntax_uid_;
  instance.file_bytes = source_.size();
  instance.encapsulated = encoding_.encapsulated;
  instance.pixel_bytes = pixel_bytes_;
  instance.is_monoenergetic = is_monoenergetic_;
  instance.frames = frames_.frames();
  if (!has_pixels_ || !limits_.digest_pixels) return instance;
  const auto digest_of = [&](const std::string& frame_geometry, const std::string& pixels) {
    Sha256 sha;
    sha.update_field(values_.geometry_text() + frame_geometry);
    sha.update_field(encoding_.encapsulated ? transfer_syntax_uid_ : "native");
    sha.update_field(pixels);
    return sha.finish_hex();
  };
  std::string all_frames;
  for (int i = 0; i < frames_.frame_count(); ++i) {
    const std::string geometry = frames_.geometry_text(i);
    std::string& digest = instance.frames[static_cast<std::size_t>(i)].pixel_digest;
    if (!digest.empty()) digest = digest_of(geometry, digest);
    all_frames += geometry;
  }
  instance.pixel_digest = digest_of(all_frames, pixel_sha_.finish_hex());
  return instance;
}

}  // namespace

std::variant<ScannedInstance, ScanProblem> scan_instance(const std::filesystem::path& file,
                                                         const ScanLimits& limits) {
  ByteSource source(file);
  try {
    if (!source.is_regular()) stop(Kind::not_dicom, "not a regular file");
    if (source.size() > limits.file_bytes)
      stop(Kind::too_large, "larger than " + std::to_string(limits.file_bytes) + " bytes");
    Scanner scanner(source, limits);
    scanner.read_meta();
    scanner.read_data_set();
    ScannedInstance instance = scanner.result();
    instance.file = file;
    return instance;
  } catch (const Stop& stopped) {
    return stopped.problem;
  }
}

}  // namespace focalhip
