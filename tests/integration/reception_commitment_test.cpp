#include <string>

#include <gtest/gtest.h>

#include "listener/spool/commitment_record.h"
#include "tests/integration/commitment_report_bytes.h"
#include "tests/integration/reception_fixture.h"

// A peer that reports storage commitments: N-EVENT-REPORT, [PS3.4] J.3.3.
namespace focalhip {
namespace {

class Commitment : public Reception {
 protected:
  RawPeer associated() {
    RawPeer peer(node_->port());
    peer.send(associate_request("CTSCANNER", "FOCALHIP", {{push_model, {"1.2.840.10008.1.2"}}}));
    EXPECT_EQ(peer.receive_pdu().substr(0, 1), "\2");
    return peer;
  }
  [[nodiscard]] std::vector<fs::path> reports() const {
    return list_commitment_reports(spool_layout(config_.node.data_folder, config_.node.name));
  }
};

TEST_F(Commitment, AReportBecomesAFile) {
  start();
  const RawPeer peer = associated();
  peer.send(data_pdu(1, true, true, event_report(5)) + data_pdu(1, false, true, report_data_set()));
  EXPECT_EQ(status_in(peer.receive_pdu()), 0);
  ASSERT_EQ(reports().size(), 1U);
  const auto report = read_commitment_report(reports()[0]);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->calling_ae_title, "CTSCANNER");
  EXPECT_EQ(report->transaction_uid, "2.25.99");
  ASSERT_EQ(report->committed.size(), 1U);
  EXPECT_EQ(report->committed[0], "2.25.10");
  ASSERT_EQ(report->failed.size(), 1U);
  EXPECT_EQ(report->failed[0].sop_instance_uid, "2.25.11");
  EXPECT_EQ(report->failed[0].reason, 0x0112);
  EXPECT_TRUE(incoming_is_empty());
  EXPECT_TRUE(received(config_).empty());
}

TEST_F(Commitment, AReportThatCannotBeReadIsAFailure) {
  start();
  const RawPeer peer = associated();
  peer.send(data_pdu(1, true, true, event_report(5)) + data_pdu(1, false, true, "no data set"));
  EXPECT_EQ(status_in(peer.receive_pdu()), 0x0110);
  std::string deep;
  DicomBytes level(false);
  level.head(0x00081199U, "SQ", undefined_length).head(0xFFFEE000U, "", undefined_length);
  for (int i = 0; i < 1000; ++i) deep += level.bytes();
  peer.send(data_pdu(1, true, true, event_report(6)) + data_pdu(1, false, true, deep));
  EXPECT_EQ(status_in(peer.receive_pdu()), 0x0110);
  EXPECT_TRUE(reports().empty());
  EXPECT_TRUE(incoming_is_empty());
}

}  // namespace
}  // namespace focalhip
