#pragma once

#include <string>

namespace focalhip {

// project(VERSION) of CMakeLists.txt: goes into every report, atlas and derived UID.
[[nodiscard]] std::string focalhip_version();
// How this program was built: "Release, GNU 12.2.0". Nothing that changes between two builds of the same
// source.
[[nodiscard]] std::string focalhip_build();

}  // namespace focalhip
