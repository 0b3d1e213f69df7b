#include "listener/sender/choose_objects.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace focalhip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string multi_frame = "1.2.840.10008.5.1.4.1.1.7.4";
const std::string single_frame = "1.2.840.10008.5.1.4.1.1.7";
const std::string comprehensive_3d = "1.2.840.10008.5.1.4.1.1.88.34";
const std::string enhanced = "1.2.840.10008.5.1.4.1.1.88.22";
const std::string segmentation = "1.2.840.10008.5.1.4.1.1.66.4";

OutboxObject object(const std::string& part,
                    const std::string& name,
                    const std::string& sop_class,
                    int alternative) {
  return {.part = part,
          .file_name = name,
          .sop_class_uid = sop_class,
          .sop_instance_uid = name,
          .sha256 = "",
          .alternative = alternative,
          .companions = {}};
}
OutboxObject report_on(const std::vector<std::string>& pictures, OutboxObject object) {
  object.companions = pictures;
  return object;
}

// A report of two pages as the encoder writes it.
const std::vector<OutboxObject> report = {
    object("sc", "sc.dcm", multi_frame, 0),
    object("sc", "sc-1.dcm", single_frame, 1),
    object("sc", "sc-2.dcm", single_frame, 1),
    report_on({"sc.dcm"}, object("sr", "sr.dcm", comprehensive_3d, 0)),
    report_on({"sc.dcm"}, object("sr", "sr-enhanced.dcm", enhanced, 1)),
    report_on({"sc-1.dcm", "sc-2.dcm"}, object("sr", "sr-single.dcm", comprehensive_3d, 2)),
    report_on({"sc-1.dcm", "sc-2.dcm"}, object("sr", "sr-enhanced-single.dcm", enhanced, 3))};

std::vector<std::string> names(const ChosenObjects& chosen) {
  std::vector<std::string> files;
  for (const OutboxObject& one : chosen.objects) files.push_back(one.file_name);
  return files;
}
ChosenObjects choose(const std::set<std::string>& accepted,
                     SecondaryCapture wish = SecondaryCapture::multiframe) {
  return choose_objects(
      report, wish, [&](std::string_view uid) { return accepted.contains(std::string(uid)); });
}

TEST(ChooseObjects, TakesTheFirstAlternativeOfEachPart) {
  const ChosenObjects chosen = choose({multi_frame, single_frame, comprehensive_3d, enhanced});
  EXPECT_THAT(names(chosen), ElementsAre("sc.dcm", "sr.dcm"));
  EXPECT_THAT(chosen.parts_not_accepted, IsEmpty());
}

TEST(ChooseObjects, FallsBackToWhatThePeerAccepts) {
  EXPECT_THAT(names(choose({multi_frame, enhanced})), ElementsAre("sc.dcm", "sr-enhanced.dcm"));
  EXPECT_THAT(names(choose({single_frame, enhanced})),
              ElementsAre("sc-1.dcm", "sc-2.dcm", "sr-enhanced-single.dcm"));
}

TEST(ChooseObjects, SendsAReportThatPointsToThePicturesThePeerGets) {
  EXPECT_THAT(names(choose({single_frame, comprehensive_3d, enhanced})),
              ElementsAre("sc-1.dcm", "sc-2.dcm", "sr-single.dcm"));
}

TEST(ChooseObjects, SendsAReportEvenWhenThePeerTakesNoPictures) {
  const ChosenObjects chosen = choose({comprehensive_3d});
  EXPECT_THAT(names(chosen), ElementsAre("sr.dcm"));
  EXPECT_THAT(chosen.parts_not_accepted, ElementsAre("sc"));
}

TEST(ChooseObjects, SendsSingleFramesWhenTheDestinationWantsThem) {
  EXPECT_THAT(names(choose({multi_frame, single_frame, enhanced}, SecondaryCapture::single)),
              ElementsAre("sc-1.dcm", "sc-2.dcm", "sr-enhanced-single.dcm"));
  EXPECT_THAT(names(choose({multi_frame, enhanced}, SecondaryCapture::single)),
              ElementsAre("sc.dcm", "sr-enhanced.dcm"))
      << "a picture of the other kind is better than none";
}

TEST(ChooseObjects, SendsBothKindsOfPicturesButNeverBothReports) {
  EXPECT_THAT(names(choose({multi_frame, single_frame, comprehensive_3d, enhanced}, SecondaryCapture::both)),
              ElementsAre("sc.dcm", "sc-1.dcm", "sc-2.dcm", "sr.dcm"));
  EXPECT_THAT(names(choose({single_frame, enhanced}, SecondaryCapture::both)),
              ElementsAre("sc-1.dcm", "sc-2.dcm", "sr-enhanced-single.dcm"));
}

TEST(ChooseObjects, NamesPartsThePeerDoesNotTake) {
  const ChosenObjects chosen = choose({multi_frame});
  EXPECT_THAT(names(chosen), ElementsAre("sc.dcm"));
  EXPECT_THAT(chosen.parts_not_accepted, ElementsAre("sr"));
  EXPECT_THAT(choose({}).parts_not_accepted, ElementsAre("sc", "sr"));
}

TEST(ChooseObjects, SendsTheReportLastWhateverTheOrderOfTheManifest) {
  const ChosenObjects chosen = choose_objects({object("sr", "sr.dcm", comprehensive_3d, 0),
                                               object("seg", "seg.dcm", segmentation, 0),
                                               object("sc", "sc.dcm", multi_frame, 0)},
                                              SecondaryCapture::multiframe,
                                              [](std::string_view) { return true; });
  EXPECT_THAT(names(chosen), ElementsAre("seg.dcm", "sc.dcm", "sr.dcm"));
}

}  // namespace
}  // namespace focalhip
