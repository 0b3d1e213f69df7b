#include "listener/collector/predecoder.h"

#include <array>
#include <cerrno>
#include <deque>
#include <string>
#include <system_error>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/support/reason_codes.h"
#include "listener/series/decode_slice.h"
#include "listener/series/decoded_copy.h"
#include "listener/spool/spool_layout.h"
#include "listener/support/fault_points.h"
#include "listener/support/fork_child.h"
#include "listener/support/log.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_request = 4096;
constexpr std::size_t most_waiting = 4096;
constexpr unsigned int longest_decoding_s = 20;
constexpr rlim_t most_memory_bytes = 2ULL << 30U;
// While children run the helper looks after them this often.
constexpr int reap_every_ms = 5;

int decode_in_this_process(const std::string& object) {
  const rlimit memory{most_memory_bytes, most_memory_bytes};
  ::setrlimit(RLIMIT_AS, &memory);
  ::alarm(longest_decoding_s);
  silence_dcmtk_log();
  fault_point("predecoder_before_decoding");
  try {
    decode_ahead(object);
  } catch (const std::exception&) {
    return 1;  // the worker meets the same and says why
  }
  return 0;
}

class DecodeQueue {
 public:
  DecodeQueue(int socket, int processes) : socket_(socket), processes_(processes) {}

  // Until the owner closes its end.
  int run() {
    while (receive()) {
      reap();
      while (running_ < processes_ && !waiting_.empty()) start_next();
    }
    return 0;
  }

 private:
  // False: the owner is gone.
  bool receive() {
    pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
    const int count = ::poll(&ready, 1, running_ > 0 ? reap_every_ms : -1);
    if (count < 0) return errno == EINTR;
    while (count > 0) {
      std::array<char, longest_request> request{};
      const ssize_t size = ::recv(socket_, request.data(), request.size(), MSG_DONTWAIT);
      if (size < 0) return errno == EAGAIN || errno == EINTR;
      if (size == 0) return false;
      if (waiting_.size() < most_waiting) {
        waiting_.emplace_back(request.data(), static_cast<std::size_t>(size));
      }
    }
    return true;
  }

  void reap() {
    while (running_ > 0 && ::waitpid(-1, nullptr, WNOHANG) > 0) --running_;
  }

  void start_next() {
    const std::string object = std::move(waiting_.front());
    waiting_.pop_front();
    fault_point("predecoder_before_fork");
    static_cast<void>(fork_child({"decode"}, [&object] { return decode_in_this_process(object); }));
    ++running_;
  }

  int socket_;
  int processes_;
  int running_ = 0;
  std::deque<std::string> waiting_;
};

}  // namespace

void decode_ahead(const fs::path& object) {
  const std::optional<fs::path> copy = decoded_copy_of(object);
  if (!copy || fs::exists(*copy)) return;
  DcmFileFormat file = open_object(object, ReadPart::whole);
  const StoredSlice slice = decode_slice(file);
  std::error_code error;
  fs::create_directory(copy->parent_path(), error);
  write_decoded_copy(*copy, slice.rows, slice.columns, slice.words);
}

Predecoder::Predecoder(int processes)
    : helper_("predecoder", [processes](int socket) { return DecodeQueue(socket, processes).run(); }) {}

void Predecoder::ask(const fs::path& object) const {
  const std::string request = object.string();
  if (request.size() > longest_request) return;
  static_cast<void>(::send(helper_.socket(), request.data(), request.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

}  // namespace focalhip
