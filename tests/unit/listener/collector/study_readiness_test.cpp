#include "listener/collector/study_readiness.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

using std::chrono::seconds;

constexpr SeriesSettings settings{.quiet = seconds(30), .complete_quiet = seconds(2)};
constexpr seconds idle{60};

StudySignals released_and_complete() {
  return {.association_open = false,
          .released = true,
          .volume_complete = true,
          .only_localizers = false,
          .last_object_ms = 1000,
          .last_ended_ms = 1500};
}

TEST(StudyReadiness, AReleasedStudyWithACompleteVolumeWaitsOnlyTheShortTime) {
  const Readiness readiness = study_readiness(released_and_complete(), settings, idle);
  EXPECT_EQ(readiness.at_ms, 1500 + 2000);
  EXPECT_EQ(readiness.reason, "complete");
}

TEST(StudyReadiness, AnIncompleteVolumeWaitsForQuiet) {
  StudySignals signals = released_and_complete();
  signals.volume_complete = false;
  EXPECT_EQ(study_readiness(signals, settings, idle).at_ms, 1500 + 30000);
}

TEST(StudyReadiness, AnAbortedAssociationWaitsForQuietHoweverCompleteTheVolumeLooks) {
  StudySignals signals = released_and_complete();
  signals.released = false;
  EXPECT_EQ(study_readiness(signals, settings, idle).at_ms, 1500 + 30000);
}

TEST(StudyReadiness, AnOpenAssociationPostponesByTheTimeAfterWhichASilentOneIsEnded) {
  StudySignals signals = released_and_complete();
  signals.association_open = true;
  EXPECT_EQ(study_readiness(signals, settings, idle).at_ms, 1000 + 30000 + 60000);
}

TEST(StudyReadiness, LocalizersAloneWaitLonger) {
  StudySignals signals = released_and_complete();
  signals.only_localizers = true;
  EXPECT_EQ(study_readiness(signals, settings, idle).at_ms, 1500 + 300000);
}

TEST(StudyReadiness, AShortQuietTimeAlsoShortensTheCompleteOne) {
  const SeriesSettings hasty{.quiet = seconds(1), .complete_quiet = seconds(2)};
  EXPECT_EQ(study_readiness(released_and_complete(), hasty, idle).at_ms, 1500 + 1000);
}

}  // namespace
}  // namespace focalhip
