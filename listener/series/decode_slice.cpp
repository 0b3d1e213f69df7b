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

void read_rescale(DcmItem& header, PixelMeaning& meaning) {
  meaning.slope_hu = rescale_value(header, DCM_RescaleSlope, "Rescale Slope");
  meaning.intercept_hu = rescale_value(header, DCM_RescaleIntercept, "Rescale Intercept");
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
  if (header.tagExistsWithValue(DCM_NumberOfFrames) && decimal(header, DCM_NumberOfFrames) != 1.0) {
    refuse_header("Number of Frames is not 1");
  }
  slice.meaning.bits_stored = bits_stored;
  slice.meaning.is_signed = representation == 1;
  return slice;
}

void read_native(DcmPixelData& pixels, StoredSlice& slice) {
  const std::size_t count = static_cast<std::size_t>(slice.rows) * static_cast<std::size_t>(slice.columns);
  if (pixels.getLength() != count * 2) {
    refuse_header("Pixel Data has " + std::to_string(pixels.getLength()) + " bytes, " +
                  std::to_string(count * 2) + " needed");
  }
  Uint16* words = nullptr;
  if (pixels.getUint16Array(words).bad() || words == nullptr)
    refuse_header("Pixel Data cannot be read as words");
  slice.words.assign(words, words + count);
}

// The start of the frame: all fragments after the offset table, as far as a frame header can reach.
std::vector<std::uint8_t> frame_start(DcmPixelSequence& fragments, bool single) {
  const unsigned long count = fragments.card();
  if (count < 2) refuse_header("compressed Pixel Data has no frame");
  if (single && count != 2) refuse_header("an RLE frame must be one fragment");
  std::vector<std::uint8_t> bytes;
  for (unsigned long i = 1; i < count && bytes.size() < most_frame_header_bytes; ++i) {
    DcmPixelItem* item = nullptr;
    Uint8* data = nullptr;
    if (fragments.getItem(item, i).bad() || item == nullptr || item->getUint8Array(data).bad()) {
      refuse_header("compressed Pixel Data cannot be read");
    }
    if (data != nullptr) bytes.insert(bytes.end(), data, data + item->getLength());
  }
  return bytes;
}

void check_frame(DcmPixelData& pixels, E_TransferSyntax syntax, const StoredSlice& slice) {
  DcmPixelSequence* fragments = nullptr;
  if (pixels.getEncapsulatedRepresentation(syntax, nullptr, fragments).bad() || fragments == nullptr) {
    refuse_header("compressed Pixel Data cannot be read");
  }
  const bool is_rle = syntax == EXS_RLELossless;
  const std::vector<std::uint8_t> bytes = frame_start(*fragments, is_rle);
  const PromisedFrame promised{.rows = slice.rows,
                               .columns = slice.columns,
                               .bits_stored = slice.meaning.bits_stored,
                               .is_signed = slice.meaning.is_signed};
  const JpegKind kind = syntax == EXS_JPEGLSLossless ? JpegKind::jpeg_ls : JpegKind::lossless;
  const std::optional<std::string> problem =
      is_rle ? problem_in_rle(bytes) : problem_in_jpeg(bytes, kind, promised);
  if (problem) refuse_header(*problem);
}

void read_compressed(DcmDataset& dataset, DcmPixelData& pixels, E_TransferSyntax syntax, StoredSlice& slice) {
  check_frame(pixels, syntax, slice);
  register_decoders();
  slice.words.assign(static_cast<std::size_t>(slice.rows) * static_cast<std::size_t>(slice.columns), 0);
  Uint32 fragment = 0;
  OFString colour_model;
  const auto bytes = static_cast<Uint32>(slice.words.size() * 2);
  const OFCondition decoded =
      pixels.getUncompressedFrame(&dataset, 0, fragment, slice.words.data(), bytes, colour_model);
  if (decoded.bad()) refuse_header(std::string("Pixel Data cannot be decoded: ") + decoded.text());
}

}  // namespace

StoredSlice decode_slice(DcmFileFormat& object) {
  DcmDataset& dataset = *object.getDataset();
  StoredSlice slice = read_layout(dataset);
  read_rescale(dataset, slice.meaning);
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
      read_native(*pixels, slice);
      break;
    case EXS_JPEGProcess14:
    case EXS_JPEGProcess14SV1:
    case EXS_JPEGLSLossless:
    case EXS_RLELossless:
      read_compressed(dataset, *pixels, syntax, slice);
      break;
    default:
      throw Refusal(RefusalCode::unsupported_syntax,
                    std::string("transfer syntax ") + DcmXfer(syntax).getXferID() + " is not supported");
  }
  return slice;
}

}  // namespace focalhip
