#pragma once

#include "analysis/pipeline.h"

namespace focalhip {

// Which of the measured femora is used, by what was told (options, header), what the image shows and what the
// texts say; marks it, withholds a broken one, adds the notes of the decision and of differences between the
// sides, and keeps the sides that were asked for. Order of evidence and table: analysis/side. [qct 5]
// report.femurs: right and left as measured; femora: what they were measured on.
void use_side(HipReport& report,
              const CtVolume& ct,
              const std::array<FemurOutcome, 2>& femora,
              const AnalysisOptions& options);

}  // namespace focalhip
