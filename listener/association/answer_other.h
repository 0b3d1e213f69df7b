#pragma once

#include "listener/association/session.h"

namespace focalhip {

[[nodiscard]] Next answer_echo(Session& session,
                               T_ASC_PresentationContextID presentation_context,
                               const T_DIMSE_C_EchoRQ& request);

// Storage commitment: the peer reports what it has committed. Kept as a file in commitments/ for the
// couriers.
[[nodiscard]] Next answer_event_report(Session& session,
                                       T_ASC_PresentationContextID presentation_context,
                                       const T_DIMSE_N_EventReportRQ& request);

// Every other request: its data set is skipped and the answer is 0211H (unrecognised operation). Responses we
// did not ask for end the association; C-CANCEL is ignored.
[[nodiscard]] Next answer_unsupported(Session& session,
                                      T_ASC_PresentationContextID presentation_context,
                                      const T_DIMSE_Message& message);

}  // namespace focalhip
