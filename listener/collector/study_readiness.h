#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "config/node_config.h"

namespace focalhip {

// Milliseconds on a clock that never jumps (steady); the zero is arbitrary.
using SteadyMs = std::int64_t;
inline constexpr SteadyMs never_ms = -(SteadyMs{1} << 60U);  // before everything

// What is known about the arrival of one study.
struct StudySignals {
  bool association_open = false;       // one that brought objects of the study has not ended
  bool released = false;               // the last one to end was released, not aborted or lost
  bool volume_complete = false;        // best candidate: uniform, long enough, expected count reached
  bool only_localizers = false;        // the volume usually follows minutes later
  SteadyMs last_object_ms = never_ms;  // arrival of the last new object
  SteadyMs last_ended_ms = never_ms;   // end of the last association that brought a new object
};

struct Readiness {
  SteadyMs at_ms = 0;       // from then on the study is ready, if nothing happens before
  std::string_view reason;  // for the log: "complete", "quiet", "open_but_silent", "only_localizers"
};

// When a study becomes a job, by several signals: all associations ended, the last one by release, and the
// best volume complete: after complete_quiet. Otherwise after quiet without a new object; an association that
// is still open postpones that by `idle`, the time after which a silent association is ended (one that goes
// on longer is busy with other studies). Localizers alone wait ten times as long, so that they are not
// reported as "not analysed" while the patient still lies on the table.
[[nodiscard]] Readiness study_readiness(const StudySignals& signals,
                                        const SeriesSettings& series,
                                        std::chrono::milliseconds idle);

}  // namespace focalhip
