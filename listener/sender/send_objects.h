#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node_config.h"
#include "listener/outbox/outbox.h"

namespace focalhip {

struct SendOptions {
  std::string calling_ae_title;
  std::string called_ae_title;
  std::string host;
  std::uint16_t port = 104;
  SecondaryCapture secondary_capture = SecondaryCapture::multiframe;
  // Longest wait for the connection, for the answer to the association request and for each response; also
  // the longest standstill of the socket in either direction.
  std::chrono::seconds timeout{60};
};

enum class StoreOutcome {
  stored,            // 0000
  stored_with_note,  // Bxxx warnings and 0111 (the peer has this instance already)
  out_of_resources,  // A7xx: nothing more is sent now
  refused,           // any other status: the remaining objects are still sent
};
// C-STORE response status (PS3.4 annex B.2.3, PS3.7 annex C).
[[nodiscard]] StoreOutcome store_outcome(std::uint16_t status);

struct StoreResult {
  std::string file_name;
  StoreOutcome outcome = StoreOutcome::stored;
  std::uint16_t status = 0;
  std::string text;  // "0000 Success"; no text of the peer's, which could name the patient
};

struct SendResult {
  std::vector<StoreResult> objects;  // those that were answered, in the order of sending
  std::string error;                 // empty: everything was stored
};

// Sends one report over one association: proposes each SOP class of `objects` with explicit and implicit
// little endian, chooses the alternatives the peer accepts (choose_objects.h), sends them in order.
// `bytes_of` reads an object (Part 10) right before it is sent; `go_on` is asked before each object, false
// ends with the error "stopped". Never throws for anything the peer does; exceptions of `bytes_of` and
// `go_on` pass.
[[nodiscard]] SendResult send_objects(const SendOptions& options,
                                      const std::vector<OutboxObject>& objects,
                                      const std::function<std::string(const OutboxObject&)>& bytes_of,
                                      const std::function<bool()>& go_on);

}  // namespace focalhip
