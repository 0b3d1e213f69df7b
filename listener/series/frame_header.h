#pragma once

#include "listener/series/dicom_header.h"

namespace focalhip {

// The header of one frame: for a single-frame image the data set itself, for a frame of an Enhanced CT object
// its functional groups before it. [PS3.3 C.7.6.16]
class FrameHeader {
 public:
  // `frame` counts from 1; 0 is a single-frame image. Throws Refusal{header_inconsistent} where the object
  // has no such frame. The data set must outlive this.
  FrameHeader(DcmItem& dataset, int frame);

  [[nodiscard]] DcmItem& dataset() const { return *dataset_; }
  // The item that holds an attribute of a macro: the frame's own functional group, else the shared one, else
  // what a conversion left beside them, else the data set.
  [[nodiscard]] DcmItem& item_with(const DcmTagKey& macro, const DcmTagKey& attribute) const;

 private:
  DcmItem* dataset_;
  DcmItem* own_ = nullptr;     // of the frame; null for a single-frame image
  DcmItem* shared_ = nullptr;  // null where there is none
};

}  // namespace focalhip
