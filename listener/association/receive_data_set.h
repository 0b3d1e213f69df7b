#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "listener/association/session.h"

namespace focalhip {

// Reads the data set of a message fragment by fragment, unparsed. `broken`: the connection ended, or the peer
// did not send data fragments of the command's presentation context; nothing received so far counts.
[[nodiscard]] Next receive_data_set(Session& session,
                                    T_ASC_PresentationContextID presentation_context,
                                    const std::function<void(std::span<const std::byte>)>& sink);

}  // namespace focalhip
