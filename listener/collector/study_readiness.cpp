#include "listener/collector/study_readiness.h"

#include <algorithm>

namespace focalhip {

namespace {
constexpr int localizer_patience = 10;  // times quiet
}

Readiness study_readiness(const StudySignals& signals,
                          const SeriesSettings& series,
                          std::chrono::milliseconds idle) {
  const SteadyMs last_news_ms = std::max(signals.last_object_ms, signals.last_ended_ms);
  const std::chrono::milliseconds quiet = series.quiet;
  const std::chrono::milliseconds complete_quiet = std::min(series.complete_quiet, series.quiet);
  if (signals.only_localizers) {
    return {last_news_ms + localizer_patience * quiet.count(), "only_localizers"};
  }
  if (signals.association_open) {
    return {signals.last_object_ms + (quiet + idle).count(), "open_but_silent"};
  }
  if (signals.released && signals.volume_complete) return {last_news_ms + complete_quiet.count(), "complete"};
  return {last_news_ms + quiet.count(), "quiet"};
}

}  // namespace focalhip
