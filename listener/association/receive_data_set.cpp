#include "listener/association/receive_data_set.h"

namespace focalhip {

namespace {

// DCMTK keeps the fragments of the last PDU; the next PDU is read when they are used up. Blocking: the
// watchdog wakes us.
bool next_fragment(T_ASC_Association& association, DUL_PDV& fragment) {
  if (DUL_NextPDV(&association.DULassociation, &fragment).good()) return true;
  if (DUL_ReadPDVs(&association.DULassociation, nullptr, DUL_BLOCK, 0) != DUL_PDATAPDUARRIVED) return false;
  return DUL_NextPDV(&association.DULassociation, &fragment).good();
}

}  // namespace

Next receive_data_set(Session& session,
                      T_ASC_PresentationContextID presentation_context,
                      const std::function<void(std::span<const std::byte>)>& sink) {
  DUL_PDV fragment{};
  do {
    if (!next_fragment(*session.association, fragment)) return Next::broken;
    if (fragment.pdvType != DUL_DATASETPDV || fragment.presentationContextID != presentation_context)
      return Next::broken;
    session.counts.bytes += fragment.fragmentLength;
    sink({static_cast<const std::byte*>(fragment.data), fragment.fragmentLength});
  } while (!fragment.lastPDV);
  return Next::go_on;
}

}  // namespace focalhip
