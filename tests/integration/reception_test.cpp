#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/spool/scanned_instance.h"
#include "tests/integration/reception_fixture.h"
#include "tests/support/part10_bytes.h"
#include "tests/support/raw_peer.h"

// The real storescu, echoscu and dcmcjpls/dcmcrle against run_acceptor on loopback.
namespace focalhip {
namespace {

TEST_F(Reception, StoresASeriesBitByBit) {
  start();
  const std::vector<std::string> files = make_series("1.2.3.1", 5);
  ASSERT_EQ(run(storescu(files)), 0) << output_ << node_->log();
  const ReceivedAssociation association = only_association();
  ASSERT_TRUE(association.record);
  EXPECT_EQ(association.record->calling_ae_title, "CTSCANNER");
  EXPECT_EQ(association.record->called_ae_title, "FOCALHIP");
  EXPECT_EQ(association.record->address, "127.0.0.1");
  EXPECT_EQ(association.ending->end, AssociationEnd::released);
  EXPECT_EQ(association.ending->stored, 5);
  ASSERT_EQ(association.objects.size(), 5U);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const ReceivedObject& object = association.objects[i];
    EXPECT_EQ(object.number, static_cast<int>(i) + 1);
    const auto ours = scan_instance(object.file, {});
    const auto theirs = scan_instance(files[i], {});
    ASSERT_TRUE(std::holds_alternative<ScannedInstance>(ours));
    EXPECT_EQ(std::get<ScannedInstance>(ours).pixel_digest, std::get<ScannedInstance>(theirs).pixel_digest);
    EXPECT_EQ(std::get<ScannedInstance>(ours).identity_digest,
              std::get<ScannedInstance>(theirs).identity_digest);
    // No value of the object in its name.
    EXPECT_EQ(object.file.filename().string().find("1.2.3"), std::string::npos);
  }
  EXPECT_TRUE(incoming_is_empty());
  ASSERT_EQ(run({"dcmdump", association.objects[0].file.string()}), 0);
  EXPECT_EQ(output_.find("W:"), std::string::npos) << output_;
  EXPECT_EQ(output_.find("E:"), std::string::npos) << output_;
}

// storescu sends the data set bytes of a file unchanged when the transfer syntax is the file's.
TEST_F(Reception, KeepsTheDataSetBytes) {
  start();
  const CtSlice slice;
  const std::string file = (sent() / "one.dcm").string();
  write_bytes(file, ct_file(slice));
  ASSERT_EQ(run(storescu({file})), 0) << output_;
  const std::string stored = slurp(only_association().objects.at(0).file);
  const std::string data_set = ct_data_set(slice);
  ASSERT_GT(stored.size(), data_set.size());
  EXPECT_EQ(stored.substr(stored.size() - data_set.size()), data_set);
}

TEST_F(Reception, AnswersEchoAndLeavesNothingBehind) {
  start();
  EXPECT_EQ(echo(), 0) << output_;
  EXPECT_EQ(echo("CT2"), 0) << "alias: " << output_;
  EXPECT_TRUE(received(config_).empty());
}

TEST_F(Reception, RejectsUnknownCallers) {
  start();
  EXPECT_NE(echo("STRANGER"), 0);
  EXPECT_THAT(output_, ::testing::HasSubstr("Calling AE Title Not Recognized"));
  EXPECT_NE(echo("CTSCANNER", "OTHERNODE"), 0);
  EXPECT_THAT(output_, ::testing::HasSubstr("Called AE Title Not Recognized"));
}

TEST_F(Reception, RejectsAKnownNameFromAnUnknownAddress) {
  config_.peers[0].from = {"10.1.0.0/16"};
  start();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(echo(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_THAT(output_, ::testing::HasSubstr("Calling AE Title Not Recognized"));
}

TEST_F(Reception, AcceptsAConfiguredAliasOfItself) {
  config_.node.called_aliases = {"OLDNAME"};
  start();
  EXPECT_EQ(echo("CTSCANNER", "OLDNAME"), 0) << output_;
}

TEST_F(Reception, KeepsTwoInterleavedAssociationsApart) {
  start();
  const auto first = make_series("1.2.3.1", 40);
  const auto second = make_series("1.2.3.2", 40);
  ChildProcess a(storescu(first), folder_.path() / "a.log");
  ChildProcess b(storescu(second), folder_.path() / "b.log");
  EXPECT_EQ(a.wait(20s), 0) << a.output();
  EXPECT_EQ(b.wait(20s), 0) << b.output();
  ASSERT_TRUE(wait_until(
      [&] {
        const auto all = received(config_);
        return all.size() == 2 && all[0].ending && all[1].ending;
      },
      5s));
  for (const ReceivedAssociation& association : received(config_)) {
    ASSERT_EQ(association.objects.size(), 40U);
    const auto series_of = [](const ReceivedObject& object) {
      return std::get<ScannedInstance>(scan_instance(object.file, {})).series_instance_uid;
    };
    for (const ReceivedObject& object : association.objects)
      EXPECT_EQ(series_of(object), series_of(association.objects[0]));
  }
}

TEST_F(Reception, TakesCompressedTransferSyntaxes) {
  if (!has_program("dcmcjpls") || !has_program("dcmcrle")) GTEST_SKIP() << "dcmtk's compressors are missing";
  start();
  const std::string plain = make_series("1.2.3.1", 1).at(0);
  const std::string jpeg_ls = (sent() / "jls.dcm").string();
  const std::string rle = (sent() / "rle.dcm").string();
  ASSERT_EQ(run({"dcmcjpls", plain, jpeg_ls}), 0) << output_;
  ASSERT_EQ(run({"dcmcrle", plain, rle}), 0) << output_;
  EXPECT_EQ(run(storescu({jpeg_ls}, {"-xt"})), 0) << output_;  // JPEG-LS lossless proposed
  EXPECT_EQ(run(storescu({rle}, {"-xr"})), 0) << output_;      // RLE proposed
  ASSERT_TRUE(wait_until([&] { return received(config_).size() == 2; }, 5s));
  std::vector<std::string> syntaxes;
  for (const ReceivedAssociation& association : received(config_))
    for (const ReceivedObject& object : association.objects)
      syntaxes.push_back(std::get<ScannedInstance>(scan_instance(object.file, {})).transfer_syntax_uid);
  EXPECT_THAT(syntaxes, ::testing::ElementsAre("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5"));
}

TEST_F(Reception, AnswersOtherObjectsAndDropsThem) {
  start();
  CtSlice other;
  other.sop_class_uid = mr_image_storage;
  CtSlice ours;
  ours.model = "FocalHip Node";
  std::vector<std::string> files = make_series("1.2.3.7", 2, other);
  const std::vector<std::string> returned = make_series("1.2.3.8", 1, ours);
  files.insert(files.end(), returned.begin(), returned.end());
  ASSERT_EQ(run(storescu(files)), 0) << output_;
  EXPECT_EQ(output_.find("Failed"), std::string::npos) << output_;
  EXPECT_TRUE(wait_until([&] { return node_->log().find("dropped=3") != std::string::npos; }, 5s))
      << node_->log();
  EXPECT_TRUE(received(config_).empty());
  EXPECT_TRUE(incoming_is_empty());
}

TEST_F(Reception, RejectsAtOnceOverTheCapOfAnAddress) {
  config_.limits.associations_per_peer = 2;
  start();
  std::vector<RawPeer> held;
  for (int i = 0; i < 2; ++i) {
    held.emplace_back(node_->port());
    held.back().send(
        associate_request("CTSCANNER", "FOCALHIP", {{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}}));
    ASSERT_EQ(held.back().receive_pdu().substr(0, 1), "\2");
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(echo(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
  EXPECT_THAT(output_, ::testing::HasSubstr("Local Limit Exceeded"));
  held.clear();
  EXPECT_TRUE(wait_until([&] { return echo() == 0; }, 10s)) << output_;
}

TEST_F(Reception, RejectsOverTheCapOfAPeerWhateverItsAddress) {
  config_.limits.associations_per_peer = 2;
  config_.peers[0].from = {"127.0.0.0/8"};
  start();
  std::vector<std::string> command = storescu(make_series("1.2.3.1", 1));
  std::vector<RawPeer> held;
  for (int i = 0; i < 2; ++i) {
    held.emplace_back(node_->port(), "127.0.0." + std::to_string(10 + i));
    held.back().send(
        associate_request("CTSCANNER", "FOCALHIP", {{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}}));
    ASSERT_EQ(held.back().receive_pdu().substr(0, 1), "\2");
  }
  EXPECT_NE(run(command), 0);
  EXPECT_THAT(output_, ::testing::HasSubstr("Local Limit Exceeded"));
  EXPECT_THAT(node_->log(), ::testing::HasSubstr("too many associations of this peer"));
}

TEST_F(Reception, HundredIdleConnectionsDoNotDelayAStore) {
  start();
  std::vector<RawPeer> idle;
  for (int i = 0; i < 100; ++i) idle.emplace_back(node_->port());
  const auto files = make_series("1.2.3.1", 1);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run(storescu(files)), 0) << output_;
  // node.md A.7 asks for < 1 s; two more for the start of storescu on a loaded machine.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
  EXPECT_LE(node_->receivers().size(), 1U);  // an idle connection is no process
}

TEST_F(Reception, RejectsWhenTheDiskIsNearlyFull) {
  config_.limits.free_bytes_kept = std::uint64_t{1} << 60U;  // no disk has that much
  start();
  EXPECT_NE(run(storescu(make_series("1.2.3.1", 1))), 0);
  EXPECT_THAT(output_, ::testing::HasSubstr("Local Limit Exceeded"));
  EXPECT_THAT(node_->log(), ::testing::HasSubstr("disk is nearly full"));
}

// The disk filled up after the association was accepted: a receiver without the acceptor's look at the disk.
TEST_F(Reception, AnswersOutOfResourcesWhenTheDiskFillsUpMeanwhile) {
  config_.limits.free_bytes_kept = std::uint64_t{1} << 60U;
  const ReceiverProcess receiver(config_, folder_.path() / "receiver.log");
  EXPECT_NE(run(storescu(make_series("1.2.3.1", 1), {}, receiver.port())), 0);
  EXPECT_THAT(output_, ::testing::HasSubstr("OutOfResources"));
  EXPECT_TRUE(incoming_is_empty());
}

TEST_F(Reception, StopsCleanlyOnSigterm) {
  start();
  EXPECT_EQ(echo(), 0);
  node_->terminate();
  EXPECT_EQ(node_->wait(5s), 0);
}

TEST_F(Reception, AbortsOpenAssociationsPolitelyOnSigterm) {
  start();
  RawPeer peer(node_->port());
  peer.send(associate_request("CTSCANNER", "FOCALHIP", {{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}}));
  ASSERT_EQ(peer.receive_pdu().substr(0, 1), "\2");
  node_->terminate();
  EXPECT_EQ(peer.receive_pdu().substr(0, 1), "\7");  // A-ABORT
  EXPECT_EQ(node_->wait(5s), 0);
}

TEST_F(Reception, FailsWhenThePortIsTaken) {
  start();
  NodeConfig second = config_;
  second.node.port = node_->port();
  second.node.data_folder = folder_.path() / "second";
  EXPECT_THROW(AcceptorProcess(second, folder_.path() / "second.log"), std::runtime_error);
  EXPECT_THAT(slurp(folder_.path() / "second.log"), ::testing::HasSubstr("cannot listen"));
}

TEST_F(Reception, KeepsPatientDataOutOfItsLog) {
  start();
  CtSlice slice;
  slice.patient_name = "SECRET^PERSON";
  slice.patient_id = "PID-4711";
  slice.accession = "ACC-0815";
  const auto files = make_series("1.2.3.1", 3, slice);
  ASSERT_EQ(run(storescu(files)), 0);
  only_association();
  node_->terminate();
  node_->wait(5s);
  for (const char* const secret : {"SECRET", "PID-4711", "ACC-0815"})
    EXPECT_EQ(node_->log().find(secret), std::string::npos) << secret;
}

}  // namespace
}  // namespace focalhip
