#include "config/version.h"

namespace focalhip {

std::string focalhip_version() { return FOCALHIP_VERSION; }
std::string focalhip_build() { return FOCALHIP_BUILD; }

}  // namespace focalhip
