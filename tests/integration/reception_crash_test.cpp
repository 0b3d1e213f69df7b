#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/spool/scanned_instance.h"
#include "listener/support/fault_points.h"
#include "tests/integration/reception_fixture.h"

// SIGKILL at every step of receiving an object; then the node starts again and the sender sends again.
namespace focalhip {
namespace {

// Set in the environment of what is started during its life.
class Fault {
 public:
  explicit Fault(const std::string& point) { ::setenv("FOCALHIP_FAULT", point.c_str(), 1); }
  ~Fault() { ::unsetenv("FOCALHIP_FAULT"); }
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;
};

class ReceptionCrash : public Reception, public ::testing::WithParamInterface<const char*> {
 protected:
  // SOP instances in the spool; every file there must be whole.
  std::multiset<std::string> stored_instances() {
    std::multiset<std::string> instances;
    for (const ReceivedAssociation& association : received(config_))
      for (const ReceivedObject& object : association.objects) {
        const auto scanned = scan_instance(object.file, {});
        if (const auto* instance = std::get_if<ScannedInstance>(&scanned)) {
          EXPECT_EQ(instance->pixel_bytes, 512U);
          instances.insert(instance->sop_instance_uid);
        } else {
          ADD_FAILURE() << "half an object in the spool: " << std::get<ScanProblem>(scanned).detail;
        }
      }
    return instances;
  }
  // What storescu was told is stored.
  [[nodiscard]] std::size_t successes() const {
    std::size_t count = 0;
    const std::string success = "Received Store Response (Success)";
    for (std::size_t at = 0; (at = output_.find(success, at)) != std::string::npos; at += success.size())
      ++count;
    return count;
  }
};

TEST_P(ReceptionCrash, LosesNothingThatWasAnswered) {
  const auto files = make_series("1.2.3.1", 4);
  std::size_t answered = 0;
  {
    const Fault fault(std::string(GetParam()) + ":3");  // in the third object
    start();
    run(storescu(files));
    answered = successes();
    EXPECT_TRUE(wait_until(
        [&] { return node_->log().find("RECEIVER_LOST") != std::string::npos && incoming_is_empty(); }, 5s))
        << node_->log();
  }
  EXPECT_EQ(answered, 2U) << output_;
  const auto after_crash = stored_instances();
  EXPECT_GE(after_crash.size(), answered);
  EXPECT_LE(after_crash.size(), answered + 1);  // stored, but the sender does not know
  const auto associations = received(config_);
  ASSERT_EQ(associations.size(), 1U);
  EXPECT_FALSE(associations[0].ending);
  EXPECT_FALSE(receiver_is_alive(associations[0].folder));  // this is how the collector knows it was lost

  node_.reset();
  start();
  EXPECT_EQ(run(storescu(files)), 0) << output_;
  const auto after_resend = stored_instances();
  for (int i = 1; i <= 4; ++i) EXPECT_GE(after_resend.count("1.2.3.1." + std::to_string(i)), 1U);
  EXPECT_TRUE(incoming_is_empty());
}

INSTANTIATE_TEST_SUITE_P(EveryStep,
                         ReceptionCrash,
                         ::testing::Values("receiver_in_transfer",
                                           "receiver_before_rename",
                                           "receiver_after_rename",
                                           "receiver_before_response"),
                         [](const auto& tested) { return std::string(tested.param); });

// The sender released properly; only the record of it is missing.
TEST_F(ReceptionCrash, AKillBeforeTheEndIsWrittenKeepsEveryObject) {
  const auto files = make_series("1.2.3.1", 4);
  const Fault fault("receiver_before_ended");
  start();
  run(storescu(files));
  EXPECT_EQ(successes(), 4U) << output_;
  EXPECT_TRUE(wait_until([&] { return node_->log().find("RECEIVER_LOST") != std::string::npos; }, 5s));
  EXPECT_EQ(stored_instances().size(), 4U);
  EXPECT_FALSE(received(config_).at(0).ending);
}

// The acceptor is killed: its receivers finish the object they are in, then abort; nothing half stays.
TEST_F(ReceptionCrash, ReceiversEndWhenTheAcceptorIsKilled) {
  start();
  RawPeer peer(node_->port());
  peer.send(associate_request("CTSCANNER", "FOCALHIP", {{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}}));
  ASSERT_EQ(peer.receive_pdu().substr(0, 1), "\2");
  ::kill(node_->pid(), SIGKILL);
  EXPECT_EQ(peer.receive_pdu(5s).substr(0, 1), "\7");
}

TEST_F(ReceptionCrash, StartSweepsWhatAnEarlierLifeLeft) {
  const SpoolLayout spool = spool_layout(config_.node.data_folder, config_.node.name);
  create_spool_folders(spool);
  const std::string id = new_spool_id(1'700'000'000'000);
  write_bytes(spool.part(id, 1), "half an object");
  fs::create_directory(spool.association_in_the_making(id));
  start();
  EXPECT_TRUE(incoming_is_empty());
}

}  // namespace
}  // namespace focalhip
