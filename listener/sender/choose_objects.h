#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node_config.h"
#include "listener/outbox/outbox.h"

namespace focalhip {

struct ChosenObjects {
  std::vector<OutboxObject> objects;            // in the order of sending, the part "sr" last
  std::vector<std::string> parts_not_accepted;  // parts of which the peer takes no alternative
};

// For every part the first alternative (SOP class, in the manifest's order) that the peer accepts; all
// objects of a part with the same SOP class belong to one alternative. `secondary_capture` says which
// alternative of a secondary capture comes first, or that both are wanted; the other one still serves when
// the peer does not accept the wanted one.
[[nodiscard]] ChosenObjects choose_objects(
    const std::vector<OutboxObject>& objects,
    SecondaryCapture secondary_capture,
    const std::function<bool(std::string_view sop_class_uid)>& accepts);

}  // namespace focalhip
