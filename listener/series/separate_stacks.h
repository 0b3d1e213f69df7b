#pragma once

#include <vector>

#include "listener/spool/scanned_instance.h"

namespace focalhip {

// Slices of equal image plane, caudal to cranial, and how many copies of them were dropped.
struct SliceStack {
  std::vector<ScannedInstance> slices;
  int dropped = 0;
};

// Sorts axial slices into what can be one volume each: same series, frame of reference, image plane, matrix,
// kernel, tube voltage, patient position, stack of a multi-frame object. Apart: thicknesses and acquisitions
// that take the same places (by acquisition number, then acquisition time, then content time), and fields of
// view that were moved sideways. What cannot be told apart stays together, and has a problem. [science:
// qct 1.1, 1.2]
[[nodiscard]] std::vector<SliceStack> separate_stacks(const std::vector<ScannedInstance>& axial);

}  // namespace focalhip
