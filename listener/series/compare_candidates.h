#pragma once

#include <string>

#include "listener/series/volume_candidates.h"

namespace focalhip {

// The order in which candidates are preferred: no problem, complete, not reformatted, best grade, smallest
// spacing, softest kernel, latest acquisition; the rest is decided by identifiers, so that the order of
// arrival never matters. [science: qct 1.1]
[[nodiscard]] bool is_better(const VolumeCandidate& left, const VolumeCandidate& right);

[[nodiscard]] std::string series_name(int number);  // "series 3"; below 0: a series without number

}  // namespace focalhip
