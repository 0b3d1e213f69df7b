#include "listener/collector/image_comparer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <stdexcept>
#include <string>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener/support/fork_child.h"
#include "listener/support/log.h"

namespace focalhip {

namespace {

constexpr std::size_t longest_request = 8192;
constexpr unsigned int longest_comparison_s = 20;
constexpr rlim_t most_memory_bytes = 2ULL << 30U;

// A request is two paths separated by a zero byte; the answer one byte.
constexpr char answer_same = 'S';
constexpr char answer_different = 'D';

int compare_in_this_process(const std::string& request) {
  const std::size_t split = request.find('\0');
  if (split == std::string::npos) return 1;
  const rlimit memory{most_memory_bytes, most_memory_bytes};
  ::setrlimit(RLIMIT_AS, &memory);
  ::alarm(longest_comparison_s);
  silence_dcmtk_log();
  return same_decoded_image(request.substr(0, split), request.substr(split + 1)) ? 0 : 1;
}

char answer_to(const std::string& request) {
  const pid_t child = fork_child({"compare"}, [&request] { return compare_in_this_process(request); });
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? answer_same : answer_different;
}

// Until the owner closes its end.
int answer_requests(int socket) {
  std::string request(longest_request, '\0');
  while (true) {
    request.resize(longest_request);
    const ssize_t count = ::recv(socket, request.data(), request.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return 0;
    request.resize(static_cast<std::size_t>(count));
    const char answer = answer_to(request);
    if (::send(socket, &answer, 1, MSG_NOSIGNAL) != 1) return 0;
  }
}

void load(DcmFileFormat& file, const std::filesystem::path& path) {
  OFCondition condition = file.loadFile(path.c_str());
  if (condition.good())
    condition = file.getDataset()->chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
  if (condition.bad()) throw std::runtime_error(std::string("decode: ") + condition.text());
}

std::string text_of(DcmDataset& dataset, const DcmTagKey& tag) {
  OFString text;
  static_cast<void>(dataset.findAndGetOFStringArray(tag, text));  // absent = empty
  return text.c_str();
}

bool same_attributes(DcmDataset& one, DcmDataset& other) {
  const std::array tags = {DCM_Rows,
                           DCM_Columns,
                           DCM_BitsAllocated,
                           DCM_BitsStored,
                           DCM_PixelRepresentation,
                           DCM_SamplesPerPixel,
                           DCM_NumberOfFrames,
                           DCM_PixelSpacing,
                           DCM_ImagePositionPatient,
                           DCM_ImageOrientationPatient,
                           DCM_RescaleSlope,
                           DCM_RescaleIntercept};
  return std::all_of(tags.begin(), tags.end(), [&](const DcmTagKey& tag) {
    return text_of(one, tag) == text_of(other, tag);
  });
}

std::span<const Uint16> pixels_of(DcmDataset& dataset) {
  const Uint16* words = nullptr;
  unsigned long count = 0;
  const OFCondition condition = dataset.findAndGetUint16Array(DCM_PixelData, words, &count);
  if (condition.bad() || words == nullptr) throw std::runtime_error("no pixels to compare");
  return {words, count};
}

}  // namespace

bool same_decoded_image(const std::filesystem::path& one, const std::filesystem::path& other) {
  DJDecoderRegistration::registerCodecs();
  DJLSDecoderRegistration::registerCodecs();
  DcmRLEDecoderRegistration::registerCodecs();
  DcmFileFormat first;
  DcmFileFormat second;
  load(first, one);
  load(second, other);
  if (!same_attributes(*first.getDataset(), *second.getDataset())) return false;
  const std::span<const Uint16> left = pixels_of(*first.getDataset());
  const std::span<const Uint16> right = pixels_of(*second.getDataset());
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

ImageComparer::ImageComparer() : helper_("comparer", answer_requests) {}

bool ImageComparer::same(const std::filesystem::path& one, const std::filesystem::path& other) const {
  const std::string request = one.string() + '\0' + other.string();
  if (request.size() > longest_request) return false;
  if (::send(helper_.socket(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return false;
  char answer = answer_different;
  ssize_t count = 0;
  do {
    count = ::recv(helper_.socket(), &answer, 1, 0);
  } while (count < 0 && errno == EINTR);
  return count == 1 && answer == answer_same;
}

}  // namespace focalhip
