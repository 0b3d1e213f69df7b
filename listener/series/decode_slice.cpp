#include "listener/series/decode_slice.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <span>

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include "analysis/support/reason_codes.h"
#include "listener/series/check_compressed_frame.h"
#include "listener/series/decoded_copy.h"
#include "listener/series/frame_header.h"
#include "listener/spool/scan_frames.h"

namespace focalhip {

namespace {

// 0 to 4096 as in classify_instance; the file may have changed since it was scanned.
constexpr int largest_matrix = 4096;
// One unit of a CT's stored values is between a ten-thousandth and a hundred HU; anything else is no CT.
constexpr double least_slope_hu = 1e-4;
constexpr double largest_slope_hu = 100.0;
constexpr double largest_intercept_hu = 1e5;
// The frame header lies in front; more than this before the scan is no image of ours.
constexpr std::size_t most_frame_header_bytes = 1U << 16U;

[[noreturn]] void refuse_header(const std::string& detail) {
  throw Refusal(RefusalCode::header_inconsistent, detail);
}

void register_decoders() {
  static std::once_flag once;
  std::call_once(once, [] {
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
    DcmRLEDecoderRegistration::registerCodecs();
  });
}

int needed(DcmItem& header, const DcmTagKey& tag, const char* name) {
  const std::optional<std::uint16_t> value = unsigned_short(header, tag);
  if (!value) refuse_header(std::string(name) + " missing or not one number");
  return *value;
}

double rescale_value(DcmItem& header, const DcmTagKey& tag, const char* name) {
  const std::optional<double> value = decimal(header, tag);
  if (!value) throw Refusal(RefusalCode::not_hu, std::string(name) + " missing or not one number");
  return *value;
}

void read_rescale(const FrameHeader& header, PixelMeaning& meaning) {
  const auto value = [&](const DcmTagKey& tag, const char* name) {
    return rescale_value(header.item_with(DCM_PixelValueTransformationSequence, tag), tag, name);
  };
  meaning.slope_hu = value(DCM_RescaleSlope, "Rescale Slope");
  meaning.intercept_hu = value(DCM_RescaleIntercept, "Rescale Intercept");
  if (!(meaning.slope_hu >= least_slope_hu && meaning.slope_hu <= largest_slope_hu)) {
    throw Refusal(RefusalCode::not_hu, "Rescale Slope outside 0.0001 to 100 HU");
  }
  if (!(std::abs(meaning.intercept_hu) <= largest_intercept_hu)) {
    throw Refusal(RefusalCode::not_hu, "Rescale Intercept outside +-100000 HU");
  }
}

void read_padding(DcmItem& header, PixelMeaning& meaning) {
  if (!header.tagExistsWithValue(DCM_PixelPaddingValue)) return;
  const std::optional<std::uint16_t> first = word(header, DCM_PixelPaddingValue);
  if (!first) refuse_header("Pixel Padding Value is not one number");
  std::optional<std::uint16_t> last = first;
  if (header.tagExistsWithValue(DCM_PixelPaddingRangeLimit)) last = word(header, DCM_PixelPaddingRangeLimit);
  if (!last) refuse_header("Pixel Padding Range Limit is not one number");
  meaning.padding = {*first, *last};
}

StoredSlice read_layout(DcmItem& header) {
  StoredSlice slice;
  slice.rows = needed(header, DCM_Rows, "Rows");
  slice.columns = needed(header, DCM_Columns, "Columns");
  if (std::min(slice.rows, slice.columns) < 1 || std::max(slice.rows, slice.columns) > largest_matrix) {
    refuse_header("Rows or Columns outside 1 to 4096");
  }
  if (needed(header, DCM_SamplesPerPixel, "Samples per Pixel") != 1)
    refuse_header("Samples per Pixel is not 1");
  if (needed(header, DCM_BitsAllocated, "Bits Allocated") != 16) refuse_header("Bits Allocated is not 16");
  const int bits_stored = needed(header, DCM_BitsStored, "Bits Stored");
  if (bits_stored < 8 || bits_stored > 16) refuse_header("Bits Stored outside 8 to 16");
  if (needed(header, DCM_HighBit, "High Bit") != bits_stored - 1)
    refuse_header("High Bit is not Bits Stored - 1");
  const int representation = needed(header, DCM_PixelRepresentation, "Pixel Representation");
  if (representation > 1) refuse_header("Pixel Representation is not 0 or 1");
  slice.meaning.bits_stored = bits_stored;
  slice.meaning.is_signed = representation == 1;
  return slice;
}

// Which of how many frames; a single-frame image is the first of one.
struct FrameNumber {
  std::uint32_t index = 0;  // from 0
  std::uint32_t count = 1;
};

FrameNumber frame_number(DcmItem& header, int frame) {
  const bool is_given = header.tagExistsWithValue(DCM_NumberOfFrames);
  const double count = is_given ? decimal(header, DCM_NumberOfFrames).value_or(0.0) : 1.0;
  if (frame == 0 && count != 1.0) refuse_header("Number of Frames is not 1");
  if (!(count >= std::max(1, frame) && count <= most_frames && count == std::floor(count))) {
    refuse_header("Number of Frames does not fit");
  }
  return {.index = static_cast<std::uint32_t>(std::max(0, frame - 1)),
          .count = static_cast<std::uint32_t>(count)};
}

// Straight from the file: the rest of a large object stays there.
void read_native(DcmPixelData& pixels, const FrameNumber& frame, StoredSlice& slice) {
  const std::size_t count = static_cast<std::size_t>(slice.rows) * static_cast<std::size_t>(slice.columns);
  const std::size_t bytes = count * 2;
  if (pixels.getLength() != bytes * frame.count) {
    refuse_header("Pixel Data has " + std::to_string(pixels.getLength()) + " bytes, " +
                  std::to_string(bytes * frame.count) + " needed");
  }
  slice.words.resize(count);
  const auto offset = static_cast<Uint32>(bytes * frame.index);
  if (pixels.getPartialValue(slice.words.data(), offset, static_cast<Uint32>(bytes)).bad())
    refuse_header("Pixel Data cannot be read as words");
}

// The fragments of one frame, as indices into the sequence (0 is the offset table).
struct FragmentRange {
  unsigned long first = 1;
  unsigned long end = 1;
};

DcmPixelItem& fragment(DcmPixelSequence& fragments, unsigned long index) {
  DcmPixelItem* item = nullptr;
  if (fragments.getItem(item, index).bad() || item == nullptr)
    refuse_header("compressed Pixel Data cannot be read");
  return *item;
}

std::vector<std::uint32_t> offset_table(DcmPixelSequence& fragments) {
  DcmPixelItem& item = fragment(fragments, 0);
  Uint8* bytes = nullptr;
  if (item.getLength() == 0 || item.getUint8Array(bytes).bad() || bytes == nullptr) return {};
  std::vector<std::uint32_t> offsets;
  for (Uint32 at = 0; at + 4 <= item.getLength(); at += 4) {
    offsets.push_back(
        static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1]) << 8U |
        static_cast<std::uint32_t>(bytes[at + 2]) << 16U | static_cast<std::uint32_t>(bytes[at + 3]) << 24U);
  }
  return offsets;
}

// The fragment that begins at an offset: counted from the first fragment's item tag. [PS3.5 A.4]
unsigned long fragment_at(DcmPixelSequence& fragments, std::uint64_t offset) {
  std::uint64_t begin = 0;
  for (unsigned long i = 1; i < fragments.card(); ++i) {
    if (begin == offset) return i;
    begin += 8 + fragment(fragments, i).getLength();
  }
  refuse_header("the offset table of compressed Pixel Data points beside its fragments");
}

// One fragment a frame, or as the offset table says. [PS3.5 A.4]
FragmentRange fragments_of(DcmPixelSequence& fragments, const FrameNumber& frame) {
  const unsigned long count = fragments.card();
  if (count < 2) refuse_header("compressed Pixel Data has no frame");
  if (frame.count == 1) return {.first = 1, .end = count};
  if (count - 1 == frame.count) return {.first = frame.index + 1UL, .end = frame.index + 2UL};
  const std::vector<std::uint32_t> offsets = offset_table(fragments);
  if (offsets.size() != frame.count)
    refuse_header("compressed frames of several fragments without offset table");
  const bool is_last = frame.index + 1 == frame.count;
  const FragmentRange range{.first = fragment_at(fragments, offsets[frame.index]),
                            .end = is_last ? count : fragment_at(fragments, offsets[frame.index + 1])};
  if (range.end <= range.first) refuse_header("the offset table of compressed Pixel Data runs backwards");
  return range;
}

// The start of the frame, as far as a frame header can reach.
std::vector<std::uint8_t> frame_start(DcmPixelSequence& fragments, const FragmentRange& range) {
  std::vector<std::uint8_t> bytes;
  for (unsigned long i = range.first; i < range.end && bytes.size() < most_frame_header_bytes; ++i) {
    DcmPixelItem& item = fragment(fragments, i);
    Uint8* data = nullptr;
    if (item.getUint8Array(data).bad()) refuse_header("compressed Pixel Data cannot be read");
    if (data != nullptr) bytes.insert(bytes.end(), data, data + item.getLength());
  }
  return bytes;
}

void check_frame(DcmPixelSequence& fragments,
                 const FragmentRange& range,
                 E_TransferSyntax syntax,
                 const StoredSlice& slice) {
  const bool is_rle = syntax == EXS_RLELossless;
  if (is_rle && range.end - range.first != 1) refuse_header("an RLE frame must be one fragment");
  const std::vector<std::uint8_t> bytes = frame_start(fragments, range);
  const PromisedFrame promised{.rows = slice.rows,
                               .columns = slice.columns,
                               .bits_stored = slice.meaning.bits_stored,
                               .is_signed = slice.meaning.is_signed};
  const JpegKind kind = syntax == EXS_JPEGLSLossless ? JpegKind::jpeg_ls : JpegKind::lossless;
  const std::optional<std::string> problem =
      is_rle ? problem_in_rle(bytes) : problem_in_jpeg(bytes, kind, promised);
  if (problem) refuse_header(*problem);
}

void read_compressed(DcmDataset& dataset,
                     DcmPixelData& pixels,
                     E_TransferSyntax syntax,
                     const FrameNumber& frame,
                     StoredSlice& slice) {
  DcmPixelSequence* fragments = nullptr;
  if (pixels.getEncapsulatedRepresentation(syntax, nullptr, fragments).bad() || fragments == nullptr) {
    refuse_header("compressed Pixel Data cannot be read");
  }
  const FragmentRange range = fragments_of(*fragments, frame);
  check_frame(*fragments, range, syntax, slice);
  register_decoders();
  slice.words.assign(static_cast<std::size_t>(slice.rows) * static_cast<std::size_t>(slice.columns), 0);
  auto first_fragment = static_cast<Uint32>(range.first);
  OFString colour_model;
  const auto bytes = static_cast<Uint32>(slice.words.size() * 2);
  const OFCondition decoded = pixels.getUncompressedFrame(
      &dataset, frame.index, first_fragment, slice.words.data(), bytes, colour_model);
  for (unsigned long i = range.first; i < range.end; ++i) fragment(*fragments, i).compact();  // out of memory
  if (decoded.bad()) refuse_header(std::string("Pixel Data cannot be decoded: ") + decoded.text());
}

}  // namespace

StoredSlice decode_slice(DcmFileFormat& object, int frame, const std::filesystem::path& decoded_copy) {
  DcmDataset& dataset = *object.getDataset();
  const FrameNumber number = frame_number(dataset, frame);
  StoredSlice slice = read_layout(dataset);
  read_rescale(FrameHeader(dataset, frame), slice.meaning);
  read_padding(dataset, slice.meaning);
  DcmElement* element = nullptr;
  if (dataset.findAndGetElement(DCM_PixelData, element).bad() || element == nullptr) {
    refuse_header("Pixel Data missing");
  }
  auto* pixels = dynamic_cast<DcmPixelData*>(element);
  if (pixels == nullptr) refuse_header("Pixel Data is of another type");
  const E_TransferSyntax syntax = dataset.getOriginalXfer();
  switch (syntax) {
    case EXS_LittleEndianImplicit:
    case EXS_LittleEndianExplicit:
      read_native(*pixels, number, slice);
      break;
    case EXS_JPEGProcess14:
    case EXS_JPEGProcess14SV1:
    case EXS_JPEGLSLossless:
    case EXS_RLELossless:
      if (auto words = read_decoded_copy(decoded_copy, slice.rows, slice.columns)) {
        slice.words = std::move(*words);
      } else {
        read_compressed(dataset, *pixels, syntax, number, slice);
      }
      break;
    default:
      throw Refusal(RefusalCode::unsupported_syntax,
                    std::string("transfer syntax ") + DcmXfer(syntax).getXferID() + " is not supported");
  }
  return slice;
}

}  // namespace focalhip
