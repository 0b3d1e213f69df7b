#pragma once

#include <filesystem>

#include "listener/support/helper_process.h"

namespace focalhip {

// Compares two files with different transfer syntaxes by their decoded pixels. Decoding foreign data can
// crash or hang the library, so every comparison runs in a process of its own with limits; those are forked
// by a helper that is made before the owner opens its job store. A comparison that fails in any way says
// "different".
class ImageComparer {
 public:
  ImageComparer();  // forks the helper: call it single-threaded

  [[nodiscard]] bool same(const std::filesystem::path& one, const std::filesystem::path& other) const;

 private:
  HelperProcess helper_;
};

// The comparison itself: same matrix, geometry, rescaling and pixel values. Throws std::runtime_error when a
// file cannot be decoded. Not for foreign files in a process that must live.
[[nodiscard]] bool same_decoded_image(const std::filesystem::path& one, const std::filesystem::path& other);

}  // namespace focalhip
