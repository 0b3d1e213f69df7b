#include "listener/collector/received_studies.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

ScannedInstance object(const std::string& sop,
                       const std::string& pixels = "p",
                       const std::string& identity = "i") {
  ScannedInstance instance;
  instance.file = "/spool/" + sop + "-" + pixels + identity;
  instance.study_instance_uid = "1.2";
  instance.sop_instance_uid = sop;
  instance.transfer_syntax_uid = "1.2.840.10008.1.2.1";
  instance.pixel_digest = pixels;
  instance.identity_digest = identity;
  return instance;
}

Arrival at(SteadyMs at_ms, const std::string& association = "node1/a", const std::string& from = "CT") {
  return {association, from, at_ms};
}

AssociationEnding ending(AssociationEnd end) {
  AssociationEnding ending;
  ending.end = end;
  return ending;
}

class Received : public testing::Test {
 protected:
  [[nodiscard]] const ReceivedStudy& study() const { return received_.studies().at("1.2"); }
  int comparisons_ = 0;
  bool decoded_same_ = false;
  ReceivedStudies received_{[this](const auto&, const auto&) {
    ++comparisons_;
    return decoded_same_;
  }};
};

TEST_F(Received, TheSameObjectAgainIsADuplicateAndChangesNothing) {
  EXPECT_EQ(received_.add(object("1"), at(10)), Novelty::new_object);
  received_.decided("1.2");
  EXPECT_EQ(received_.add(object("1"), at(500, "node1/b", "PACS")), Novelty::duplicate);
  EXPECT_FALSE(study().undecided);
  EXPECT_EQ(study().last_object_ms, 10);
  EXPECT_EQ(study().calling_ae_title, "CT");
  EXPECT_EQ(study().associations.size(), 1U);
  EXPECT_EQ(study().files().size(), 2U) << "a duplicate is still a file to be removed one day";
}

TEST_F(Received, TheSamePixelsOfACorrectedPersonReplaceTheObjectAndReopenTheStudy) {
  static_cast<void>(received_.add(object("1"), at(10)));
  received_.decided("1.2");
  EXPECT_EQ(received_.add(object("1", "p", "corrected"), at(500)), Novelty::new_identity);
  EXPECT_TRUE(study().undecided);
  EXPECT_EQ(study().objects.at("1").identity_digest, "corrected");
  EXPECT_EQ(study().objects.at("1").file, "/spool/1-pcorrected");
}

TEST_F(Received, OtherPixelsUnderTheSameUidStayOutside) {
  static_cast<void>(received_.add(object("1"), at(10)));
  received_.decided("1.2");
  EXPECT_EQ(received_.add(object("1", "other"), at(500)), Novelty::other_pixels);
  EXPECT_FALSE(study().undecided);
  EXPECT_EQ(study().objects.at("1").pixel_digest, "p");
  EXPECT_EQ(comparisons_, 0) << "the same transfer syntax: nothing to decode";
}

TEST_F(Received, AnotherTransferSyntaxIsComparedDecodedAndKeepsTheDigest) {
  static_cast<void>(received_.add(object("1"), at(10)));
  ScannedInstance compressed = object("1", "compressed", "corrected");
  compressed.transfer_syntax_uid = "1.2.840.10008.1.2.4.70";
  EXPECT_EQ(received_.add(compressed, at(20)), Novelty::other_pixels);
  decoded_same_ = true;
  EXPECT_EQ(received_.add(compressed, at(20)), Novelty::new_identity);
  EXPECT_EQ(study().objects.at("1").pixel_digest, "p") << "or the volume would count as new content";
}

TEST_F(Received, SignalsFollowTheAssociationsThatBroughtTheStudy) {
  static_cast<void>(received_.add(object("1"), at(10, "node1/a")));
  static_cast<void>(received_.add(object("2"), at(20, "node1/b")));
  received_.association_ended("node1/a", ending(AssociationEnd::released), 30);
  EXPECT_TRUE(received_.signals(study()).association_open);
  received_.association_ended("node1/b", ending(AssociationEnd::aborted), 40);
  StudySignals signals = received_.signals(study());
  EXPECT_FALSE(signals.association_open);
  EXPECT_FALSE(signals.released);
  EXPECT_EQ(signals.last_ended_ms, 40);
  EXPECT_EQ(signals.last_object_ms, 20);
  static_cast<void>(received_.add(object("3"), at(50, "node1/c")));
  received_.association_ended("node1/c", ending(AssociationEnd::released), 60);
  EXPECT_TRUE(received_.signals(study()).released);
}

TEST_F(Received, ForgettingAStudyKeepsTheEndingsOthersNeed) {
  ScannedInstance other = object("9");
  other.study_instance_uid = "1.3";
  static_cast<void>(received_.add(object("1"), at(10, "node1/a")));
  static_cast<void>(received_.add(other, at(10, "node1/a")));
  received_.association_ended("node1/a", ending(AssociationEnd::released), 30);
  received_.forget("1.3");
  EXPECT_FALSE(received_.signals(study()).association_open);
}

TEST_F(Received, SeriesOfWhichNothingIsKeptAreRememberedAndDecideNothing) {
  AssociationEnding with_dose_report = ending(AssociationEnd::released);
  with_dose_report.dropped_series = {{"1.2", "1.2.99", "1.2.840.10008.5.1.4.1.1.88.67", 99}};
  received_.association_ended("node1/a", with_dose_report, 30);
  EXPECT_FALSE(study().undecided);
  static_cast<void>(received_.add(object("1"), at(40, "node1/b")));
  EXPECT_EQ(study().dropped.size(), 1U);
}

TEST_F(Received, TimesBeforeTheMachineStartedAreNegativeAndStillCount) {
  static_cast<void>(received_.add(object("1"), at(-90000)));
  received_.association_ended("node1/a", ending(AssociationEnd::released), -80000);
  const StudySignals signals = received_.signals(study());
  EXPECT_TRUE(signals.released);
  EXPECT_EQ(signals.last_ended_ms, -80000);
}

}  // namespace
}  // namespace focalhip
