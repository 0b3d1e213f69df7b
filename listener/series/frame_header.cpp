#include "listener/series/frame_header.h"

#include <array>
#include <string>
#include <utility>

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include "analysis/support/reason_codes.h"

namespace focalhip {

namespace {

// Item of a sequence, from 0; null when it is not there.
DcmItem* item_of(DcmItem& item, const DcmTagKey& tag, unsigned long index) {
  DcmSequenceOfItems* sequence = nullptr;
  if (item.findAndGetSequence(tag, sequence).bad() || sequence == nullptr || index >= sequence->card())
    return nullptr;
  return sequence->getItem(index);
}

}  // namespace

FrameHeader::FrameHeader(DcmItem& dataset, int frame) : dataset_(&dataset) {
  if (frame == 0) return;
  own_ = item_of(dataset, DCM_PerFrameFunctionalGroupsSequence, static_cast<unsigned long>(frame - 1));
  shared_ = item_of(dataset, DCM_SharedFunctionalGroupsSequence, 0);
  if (own_ == nullptr) {
    throw Refusal(RefusalCode::header_inconsistent, "no functional groups of frame " + std::to_string(frame));
  }
}

DcmItem& FrameHeader::item_with(const DcmTagKey& macro, const DcmTagKey& attribute) const {
  const std::array<std::pair<DcmItem*, DcmTagKey>, 4> places{{
      {own_, macro},
      {shared_, macro},
      {own_, DCM_UnassignedPerFrameConvertedAttributesSequence},
      {shared_, DCM_UnassignedSharedConvertedAttributesSequence},
  }};
  for (const auto& [group, sequence] : places) {
    DcmItem* found = group == nullptr ? nullptr : item_of(*group, sequence, 0);
    if (found != nullptr && found->tagExistsWithValue(attribute)) return *found;
  }
  return *dataset_;
}

}  // namespace focalhip
