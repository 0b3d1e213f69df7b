#pragma once

#include <string_view>

namespace focalhip {

// Identifies this implementation in file meta information and associations: 2.25. and a UUID made once for
// the project ([PS3.5] B.2); never changes. The version name does.
inline constexpr std::string_view implementation_class_uid = "2.25.307544767127157404955527662501460535099";
inline constexpr std::string_view implementation_version_name = "FOCALHIP_0_1";

}  // namespace focalhip
