#include <gmock/gmock.h>

#include "tests/integration/sending_fixture.h"
#include "tests/support/scripted_storage_scp.h"

namespace focalhip {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// storescp's association profile: only these SOP classes.
fs::path profile(const fs::path& folder, const std::vector<std::string>& sop_classes) {
  const fs::path file = folder / "profile.cfg";
  std::ofstream out(file);
  out << "[[TransferSyntaxes]]\n[Plain]\nTransferSyntax1 = LittleEndianExplicit\n"
      << "TransferSyntax2 = LittleEndianImplicit\n[[PresentationContexts]]\n[Some]\n";
  for (std::size_t i = 0; i < sop_classes.size(); ++i) {
    out << "PresentationContext" << i + 1 << " = " << sop_classes[i] << "\\Plain\n";
  }
  out << "[[Profiles]]\n[Only]\nPresentationContexts = Some\n";
  return file;
}

TEST_F(Sending, DeliversThePictureThenTheReportAndNothingElse) {
  const StorageServer pacs(folder_.path(), free_port());
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  EXPECT_THAT(pacs.stored(), ElementsAre(multi, report_3d));
  EXPECT_EQ(pacs.files(), 2U);
  EXPECT_EQ(delivery_to("PACS").attempts, 1);
  EXPECT_THAT(pacs.log(), Not(HasSubstr("E: ")));
}

TEST_F(Sending, StopsCleanlyWhenAsked) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ForkedProcess process([&] {
    ::close(ends[1]);
    return run_courier(config_, destination("PACS", 1), ends[0]);
  });
  ::close(ends[0]);
  EXPECT_EQ(process.wait(700ms), -1) << "nothing to do is no reason to end";
  ::close(ends[1]);
  EXPECT_EQ(process.wait(5s), 0);
}

TEST_F(Sending, NoticesANewDeliveryWithinASecond) {
  const StorageServer pacs(folder_.path(), free_port());
  { (void)open(); }
  const auto running = courier(destination("PACS", pacs.port()));
  std::this_thread::sleep_for(1s);
  queue({"PACS"});
  const auto queued = std::chrono::steady_clock::now();
  ASSERT_TRUE(wait_until([&] { return pacs.stored().size() == 2; }, 10s));
  // 300 ms until the courier looks, 700 ms for the sending itself on a loaded machine.
  EXPECT_LT(std::chrono::steady_clock::now() - queued, 1s);
}

TEST_F(Sending, DeliversOnceAfterTheDestinationWasDown) {
  const std::uint16_t port = free_port();
  queue({"PACS"});
  const auto running = courier(destination("PACS", port));
  ASSERT_TRUE(wait_until([&] { return delivery_to("PACS").attempts >= 2; }, 20s)) << "it is tried again";
  EXPECT_THAT(delivery_to("PACS").last_error, HasSubstr("127.0.0.1"));
  const StorageServer pacs(folder_.path(), port);
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  std::this_thread::sleep_for(1500ms);  // longer than the back-off: a repetition would show
  EXPECT_THAT(pacs.stored(), ElementsAre(multi, report_3d));
  EXPECT_EQ(delivery_to("PACS").last_error, "");
}

TEST_F(Sending, SendsTheEnhancedTwinToAPeerThatTakesNoOtherReport) {
  const fs::path file =
      profile(folder_.path(), {"MultiframeTrueColorSecondaryCaptureImageStorage", "EnhancedSRStorage"});
  const StorageServer pacs(folder_.path(), free_port(), {"-xf", file.string(), "Only"});
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered)) << delivery_to("PACS").last_error;
  EXPECT_THAT(pacs.stored(), ElementsAre(multi, report_enhanced));
}

TEST_F(Sending, SendsTheSinglePictureAndItsReportToAPeerWithoutMultiFrame) {
  const fs::path file = profile(
      folder_.path(), {"SecondaryCaptureImageStorage", "Comprehensive3DSRStorage", "EnhancedSRStorage"});
  const StorageServer pacs(folder_.path(), free_port(), {"-xf", file.string(), "Only"});
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered)) << delivery_to("PACS").last_error;
  EXPECT_THAT(pacs.stored(), ElementsAre(single, report_3d_single));
}

TEST_F(Sending, ObeysTheDestinationsWishForPictures) {
  const StorageServer pacs(folder_.path(), free_port());
  queue({"SINGLE", "BOTH"});
  Destination wants_single = destination("SINGLE", pacs.port());
  wants_single.secondary_capture = SecondaryCapture::single;
  {
    const auto running = courier(wants_single);
    ASSERT_TRUE(reaches("SINGLE", DeliveryState::delivered));
  }
  EXPECT_THAT(pacs.stored(), ElementsAre(single, report_3d_single));
  Destination wants_both = destination("BOTH", pacs.port());
  wants_both.secondary_capture = SecondaryCapture::both;
  const auto running = courier(wants_both);
  ASSERT_TRUE(reaches("BOTH", DeliveryState::delivered));
  EXPECT_THAT(pacs.stored(), ElementsAre(single, report_3d_single, multi, single, report_3d));
}

TEST_F(Sending, SaysWhichPartThePeerDoesNotTakeAndSendsTheRest) {
  const fs::path file = profile(folder_.path(), {"MultiframeTrueColorSecondaryCaptureImageStorage"});
  const StorageServer pacs(folder_.path(), free_port(), {"-xf", file.string(), "Only"});
  config_.sending.park_after = 0h;
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::parked));
  EXPECT_EQ(delivery_to("PACS").last_error, "no presentation context for sr");
  EXPECT_THAT(pacs.stored(), ElementsAre(multi));
  const auto alarms = open()->alarms(10);
  ASSERT_THAT(alarms, SizeIs(1));
  EXPECT_EQ(alarms.front().code, "PARKED");
}

TEST_F(Sending, TriesAgainWhenTheDestinationRefusesTheAssociation) {
  const std::uint16_t port = free_port();
  queue({"PACS"});
  const auto running = courier(destination("PACS", port));
  {
    const StorageServer refusing(folder_.path(), port, {"--refuse"});
    ASSERT_TRUE(
        wait_until([&] { return delivery_to("PACS").last_error.find("rejected") != std::string::npos; }, 20s))
        << delivery_to("PACS").last_error;
    EXPECT_THAT(refusing.stored(), IsEmpty());
  }
  const StorageServer pacs(folder_.path(), port);
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  EXPECT_THAT(pacs.stored(), ElementsAre(multi, report_3d));
}

TEST_F(Sending, TriesAgainWhenTheDestinationAborts) {
  const std::uint16_t port = free_port();
  queue({"PACS"});
  const auto running = courier(destination("PACS", port));
  {
    const StorageServer aborting(folder_.path(), port, {"--abort-during"});
    ASSERT_TRUE(wait_until([&] { return delivery_to("PACS").attempts >= 2; }, 20s));
    EXPECT_NE(delivery_to("PACS").last_error, "");
  }
  const StorageServer pacs(folder_.path(), port);
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  EXPECT_THAT(pacs.stored(), ElementsAre(multi, report_3d));
}

TEST_F(Sending, DoesNotLetADeadDestinationDelayAnother) {
  const StorageServer pacs(folder_.path(), free_port());
  queue({"DEAD", "PACS"});
  const auto to_dead = courier(destination("DEAD", free_port()));
  ASSERT_TRUE(wait_until([&] { return delivery_to("DEAD").attempts >= 1; }, 10s));
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered, 3s));
  EXPECT_NE(delivery_to("DEAD").state, DeliveryState::delivered);
}

TEST_F(Sending, TakesDuplicatesAndWarningsAsStored) {
  const ScriptedStorageScp pacs({.statuses = {0x0111, 0xB007}}, folder_.path() / "record");
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  EXPECT_THAT(pacs.received(), SizeIs(2));
}

TEST_F(Sending, SendsNothingMoreToADestinationThatIsFullAndTriesAgain) {
  const ScriptedStorageScp pacs({.statuses = {0xA700, 0x0000}}, folder_.path() / "record");
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  const std::string picture = std::string(multi) + " " + UID_LittleEndianExplicitTransferSyntax;
  const std::string text = std::string(report_3d) + " " + UID_LittleEndianExplicitTransferSyntax;
  EXPECT_THAT(pacs.received(), ElementsAre(picture, picture, text));
  EXPECT_EQ(delivery_to("PACS").attempts, 2);
}

TEST_F(Sending, StillSendsTheReportWhenThePictureIsRefusedAndSaysWhy) {
  const ScriptedStorageScp pacs({.statuses = {0xC001, 0x0000}}, folder_.path() / "record");
  config_.sending.park_after = 0h;
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::parked));
  EXPECT_THAT(delivery_to("PACS").last_error, HasSubstr("1.2.3.11.dcm refused: C001"));
  EXPECT_THAT(pacs.received(), SizeIs(2));
}

TEST_F(Sending, SendsImplicitLittleEndianWhenThePeerTakesNothingElse) {
  const ScriptedStorageScp pacs({.implicit_only = true}, folder_.path() / "record");
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  EXPECT_THAT(pacs.received(),
              ElementsAre(std::string(multi) + " " + UID_LittleEndianImplicitTransferSyntax,
                          std::string(report_3d) + " " + UID_LittleEndianImplicitTransferSyntax));
}

TEST_F(Sending, TriesAgainWhenThePeerAbortsInsteadOfAnswering) {
  const ScriptedStorageScp pacs({.abort_at = 2}, folder_.path() / "record");
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  EXPECT_THAT(pacs.received(), SizeIs(4)) << "everything again: the same objects, the same UIDs";
}

TEST_F(Sending, GivesUpWaitingForAPeerThatHangs) {
  config_.sending.timeout = 1s;
  const ScriptedStorageScp pacs({.hang_at = 1}, folder_.path() / "record");
  queue({"PACS"});
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(wait_until([&] { return !delivery_to("PACS").last_error.empty(); }, 15s));
  EXPECT_THAT(delivery_to("PACS").last_error, HasSubstr("sending 1.2.3.11.dcm"));
}

TEST_F(Sending, ParksADamagedOutboxFolderAtOnce) {
  const StorageServer pacs(folder_.path(), free_port());
  queue({"PACS"});
  const fs::path folder = config_.node.data_folder / delivery_to("PACS").outbox_folder;
  std::ofstream(folder / (std::string(report_3d) + ".dcm")) << "not what was written";
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::parked));
  EXPECT_THAT(delivery_to("PACS").last_error, HasSubstr("differs from its manifest"));
}

TEST_F(Sending, SendsParkedReportsAgainWhenSomebodyAsks) {
  const std::uint16_t port = free_port();
  config_.sending.park_after = 0h;
  queue({"PACS"});
  const auto running = courier(destination("PACS", port));
  ASSERT_TRUE(reaches("PACS", DeliveryState::parked));
  const StorageServer pacs(folder_.path(), port);
  EXPECT_TRUE(open()->retry(delivery_to("PACS").job_id, utc_now_ms()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  EXPECT_THAT(pacs.stored(), ElementsAre(multi, report_3d));
}

// SIGKILL at every step of a delivery; the next courier of the same name finishes it, with the same UIDs.
class SendingKilled : public Sending, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Steps,
                         SendingKilled,
                         testing::Values("courier_before_send",
                                         "courier_in_send",
                                         "courier_before_delivered",
                                         "courier_after_delivered"));

TEST_P(SendingKilled, LosesNothingAndInventsNothing) {
  const StorageServer pacs(folder_.path(), free_port());
  queue({"PACS"});
  {
    const auto killed = courier(destination("PACS", pacs.port()), GetParam());
    ASSERT_EQ(killed->wait(20s), 128 + SIGKILL);
  }
  const auto restarted = std::chrono::steady_clock::now();
  const auto running = courier(destination("PACS", pacs.port()));
  ASSERT_TRUE(reaches("PACS", DeliveryState::delivered));
  // At once, not when the lease of 80 s has run out.
  EXPECT_LT(std::chrono::steady_clock::now() - restarted, 10s);
  EXPECT_EQ(pacs.files(), 2U) << "what was sent twice has the same UIDs";
  ASSERT_TRUE(wait_until([&] { return pacs.stored().size() >= 2; }, 5s));
  EXPECT_EQ(pacs.stored().back(), report_3d);
  EXPECT_THAT(pacs.stored(), testing::Contains(multi));
}

}  // namespace
}  // namespace focalhip
