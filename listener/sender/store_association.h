#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "listener/sender/send_objects.h"

namespace focalhip {

// What the network or the peer did; the text is one line and holds no words of the peer's.
class PeerError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An association as service class user for storage: requested by the constructor, released by release(),
// aborted by the destructor when it was not. Throws PeerError; std::runtime_error for an object that is not
// readable.
class StoreAssociation {
 public:
  StoreAssociation(const SendOptions& options, const std::vector<std::string>& sop_class_uids);
  ~StoreAssociation();
  StoreAssociation(const StoreAssociation&) = delete;
  StoreAssociation& operator=(const StoreAssociation&) = delete;

  [[nodiscard]] bool accepts(std::string_view sop_class_uid) const;
  // Sends a Part 10 file in the transfer syntax that was agreed on; returns the status of the response.
  [[nodiscard]] std::uint16_t store(const OutboxObject& object, const std::string& part10);
  void release();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace focalhip
