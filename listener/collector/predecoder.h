#pragma once

#include <filesystem>

#include "listener/support/helper_process.h"

namespace focalhip {

// Decodes compressed objects while the rest of their series is still on its way, into the copies of
// series/decoded_copy.h. A helper process holds the queue; every object is decoded in a process of its own
// with limits, because decoding foreign data can crash or hang the library. Whatever goes wrong, the worker
// decodes the object itself.
class Predecoder {
 public:
  // Forks the helper: call it single-threaded. At most `processes` objects are decoded at once.
  explicit Predecoder(int processes);

  // Asks for the copy of an object of the spool and does not wait. A full queue forgets the request.
  void ask(const std::filesystem::path& object) const;

 private:
  HelperProcess helper_;
};

// Decodes one object to its copy; nothing happens when it has one or is no object of a spool. Throws Refusal,
// std::system_error. Not for foreign files in a process that must live.
void decode_ahead(const std::filesystem::path& object);

}  // namespace focalhip
