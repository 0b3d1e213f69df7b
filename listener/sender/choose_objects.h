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

// For every part one alternative: the first, in the manifest's order, of which the peer accepts every object
// and whose companions are chosen, too; else the first of which it accepts every object. `secondary_capture`
// says which alternative of a secondary capture comes first, or that all accepted ones are wanted; the other
// one still serves when the peer does not accept the wanted one.
[[nodiscard]] ChosenObjects choose_objects(
    const std::vector<OutboxObject>& objects,
    SecondaryCapture secondary_capture,
    const std::function<bool(std::string_view sop_class_uid)>& accepts);

}  // namespace focalhip
