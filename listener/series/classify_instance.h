#pragma once

#include <optional>
#include <string>
#include <variant>

#include "analysis/support/reason_codes.h"
#include "listener/spool/scanned_instance.h"

namespace focalhip {

// What one received object can be used for. [science: qct 1.1]
struct AxialSlice {};
struct IgnoredObject {
  std::string what;  // "localizer", "structured report": plain words for the list of series not analysed
};
// A CT image that would be wanted but cannot be used: the whole series is refused for this reason.
struct UnusableSlice {
  NotMeasured reason;
};
using InstanceUse = std::variant<AxialSlice, IgnoredObject, UnusableSlice>;

[[nodiscard]] InstanceUse classify_instance(const ScannedInstance& instance);

}  // namespace focalhip
