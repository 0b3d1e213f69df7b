#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/reception_fixture.h"

// What no well-behaved peer sends, at every layer: the answer is the right one and the node stays up.
namespace focalhip {
namespace {

const std::string verification = "1.2.840.10008.1.1";
const std::string ct_storage(ct_image_storage);
const std::string find_class = "1.2.840.10008.5.1.4.1.2.2.1";
const std::string implicit_syntax(implicit_little_endian);

constexpr char ct_context = 1;
constexpr char verification_context = 3;

// Status (0000,0900) of a response command set; -1 = none.
int status_in(const std::string& pdu_bytes) {
  const std::string tag("\0\0\0\x09\2\0\0\0", 8);
  const std::size_t at = pdu_bytes.find(tag);
  if (at == std::string::npos || at + 10 > pdu_bytes.size()) return -1;
  return static_cast<unsigned char>(pdu_bytes[at + 8]) | (static_cast<unsigned char>(pdu_bytes[at + 9]) << 8);
}

CtSlice implicit_slice() {
  CtSlice slice;
  slice.explicit_vr = false;
  return slice;
}

class HostilePeer : public Reception {
 protected:
  // An open association with CT (implicit) and verification contexts.
  RawPeer associated() {
    RawPeer peer(node_->port());
    peer.send(associate_request(
        "CTSCANNER", "FOCALHIP", {{ct_storage, {implicit_syntax}}, {verification, {implicit_syntax}}}));
    EXPECT_EQ(peer.receive_pdu().substr(0, 1), "\2") << node_->log();
    return peer;
  }
  static void send_data(const RawPeer& peer, std::string_view bytes, char context = ct_context) {
    for (std::size_t at = 0; at < bytes.size(); at += 16000) {
      const bool last = at + 16000 >= bytes.size();
      if (!peer.send(data_pdu(context, false, last, bytes.substr(at, 16000)))) return;
    }
  }
  // Status of one C-STORE on a new association; -1 = aborted.
  int store(std::string_view data_set, const std::string& sop_instance = "1.2.3.4") {
    const RawPeer peer = associated();
    peer.send(data_pdu(ct_context, true, true, store_command(ct_storage, sop_instance)));
    send_data(peer, data_set);
    return status_in(peer.receive_pdu());
  }
  void expect_alive() {
    EXPECT_TRUE(node_->is_running()) << node_->log();
    EXPECT_EQ(echo(), 0) << output_ << node_->log();
  }
  // No object was kept and nothing half-written stayed.
  void expect_nothing_stored() {
    for (const ReceivedAssociation& association : received(config_)) EXPECT_TRUE(association.objects.empty());
    EXPECT_TRUE(wait_until([&] { return incoming_is_empty(); }, 5s));
  }
};

TEST_F(HostilePeer, JunkIsNoAssociation) {
  start();
  std::mt19937 random(1);
  std::string noise(4000, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  for (const std::string& junk :
       {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),  // TLS hello
        std::string("\x0bMSH|^~\\&|ADT"),
        noise,
        pdu(4, std::string(100, 'x')),           // P-DATA before an association
        pdu(5, std::string(4, '\0')),            // release before an association
        pdu(1, ""),                              // empty request
        std::string("\1\0\xff\xff\xff\xff", 6),  // request of 4 GB
        pdu(99, "unknown type")}) {
    const RawPeer peer(node_->port());
    peer.send(junk);
    EXPECT_TRUE(peer.closed_within(12s));
  }
  expect_alive();
}

TEST_F(HostilePeer, HalfARequestIsCutAfterTheDeadline) {
  config_.limits.association_request = std::chrono::seconds(1);
  start();
  const RawPeer half(node_->port());
  const RawPeer silent(node_->port());
  const std::string request = associate_request("CTSCANNER", "FOCALHIP", {{verification, {implicit_syntax}}});
  half.send(std::string_view(request).substr(0, 100));
  const auto files = make_series("1.2.3.1", 1);
  EXPECT_EQ(run(storescu(files)), 0) << output_;  // others are served meanwhile
  EXPECT_TRUE(half.closed_within(5s));
  EXPECT_TRUE(silent.closed_within(5s));
}

TEST_F(HostilePeer, AnIdleAssociationIsAborted) {
  config_.limits.idle = std::chrono::seconds(1);
  start();
  const RawPeer peer = associated();
  EXPECT_EQ(peer.receive_pdu(5s).substr(0, 1), "\7");  // A-ABORT
  EXPECT_TRUE(wait_until([&] { return node_->receivers().empty(); }, 5s));
}

TEST_F(HostilePeer, AnAssociationThatLastsTooLongIsAborted) {
  config_.limits.association_total = std::chrono::seconds(1);
  start();
  const RawPeer peer = associated();
  peer.send(data_pdu(ct_context, true, true, store_command(ct_storage, "1.2.3.4")));
  const auto begin = std::chrono::steady_clock::now();
  while (peer.send(data_pdu(ct_context, false, false, std::string(1000, 'x'))) &&
         std::chrono::steady_clock::now() - begin < 10s)
    std::this_thread::sleep_for(10ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  expect_nothing_stored();
}

TEST_F(HostilePeer, MalformedRequestsDoNotHurt) {
  start();
  const std::vector<ProposedContext> many(130, {ct_storage, {implicit_syntax}});
  const std::vector<ProposedContext> no_syntax = {{ct_storage, {}}};
  const std::vector<ProposedContext> sixty_syntaxes = {
      {ct_storage, std::vector<std::string>(60, implicit_syntax)}};
  for (const std::string& request :
       {associate_request("CTSCANNER", "FOCALHIP", many),
        associate_request("CTSCANNER", "FOCALHIP", no_syntax),
        associate_request("CTSCANNER", "FOCALHIP", sixty_syntaxes),
        associate_request("CTSCANNER", "FOCALHIP", {}),
        associate_request("CTSCANNER", "FOCALHIP", {{std::string(300, '1'), {"1"}}}),
        associate_request(std::string("\x1b[2J\n\r\0x", 8), "FOCALHIP", {}),
        associate_request("", "", {})}) {
    const RawPeer peer(node_->port());
    peer.send(request);
    const std::string answer = peer.receive_pdu(12s);
    EXPECT_NE(answer.substr(0, 1), "\4");
  }
  expect_alive();
  EXPECT_EQ(node_->log().find('\x1b'), std::string::npos);
}

TEST_F(HostilePeer, RequestsCutAtEveryByteDoNotHurt) {
  config_.limits.association_request = std::chrono::seconds(2);
  config_.limits.associations_per_peer = 30;
  start();
  const std::string request = associate_request("CTSCANNER", "FOCALHIP", {{verification, {implicit_syntax}}});
  for (std::size_t size = 1; size < request.size(); size += 3) {
    RawPeer peer(node_->port());
    peer.send(std::string_view(request).substr(0, size));
    if (size % 2 == 0) peer.reset();
  }
  EXPECT_TRUE(wait_until([&] { return node_->receivers().empty(); }, 10s));
  expect_alive();
}

TEST_F(HostilePeer, RejectsAnUnknownApplicationContext) {
  start();
  const RawPeer peer(node_->port());
  peer.send(associate_request("CTSCANNER", "FOCALHIP", {{verification, {implicit_syntax}}}, "1.2.3"));
  const std::string answer = peer.receive_pdu();
  ASSERT_EQ(answer.size(), 10U);
  EXPECT_EQ(answer.substr(0, 1), "\3");
  EXPECT_EQ(answer.substr(7), std::string("\1\1\2"));  // permanent, user, application context
}

// A-ASSOCIATE-AC: result byte of each presentation context item, in order.
TEST_F(HostilePeer, AcceptsWhatItNeedsNotToDecodeAndRefusesTheRest) {
  start();
  const RawPeer peer(node_->port());
  peer.send(associate_request("CTSCANNER",
                              "FOCALHIP",
                              {{ct_storage, {"1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.1"}},
                               {ct_storage, {"1.2.840.10008.1.2.4.90"}},  // JPEG 2000
                               {ct_storage, {"1.2.840.10008.1.2.2"}},     // big endian
                               {ct_storage, {"1.2.840.10008.1.2.1.99"}},  // deflated
                               {find_class, {implicit_syntax}},
                               {verification, {implicit_syntax}}}));
  const std::string answer = peer.receive_pdu();
  std::string results;
  std::string syntaxes;
  for (std::size_t at = 74; at + 4 <= answer.size();) {
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(answer[at + 2]) << 8 |
                                                 static_cast<unsigned char>(answer[at + 3]));
    if (answer[at] == 0x21) {
      results += static_cast<char>('0' + answer[at + 6]);
      syntaxes += answer.substr(at + 12, length - 8) + ";";
    }
    at += 4 + length;
  }
  EXPECT_EQ(results,
            "044430");  // [PS3.8] 9.3.3.2: 0 accepted, 3 abstract syntax, 4 transfer syntaxes not supported
  EXPECT_EQ(syntaxes.substr(0, syntaxes.find(';')), "1.2.840.10008.1.2.1");  // plain before compressed
}

TEST_F(HostilePeer, AnswersObjectsItCannotReadWithACodedStatus) {
  start();
  const std::string good = ct_data_set(implicit_slice());
  EXPECT_EQ(store(good), 0x0000);
  EXPECT_EQ(store(good.substr(0, good.size() - 100)), 0xC000);  // pixel data shorter than its length
  EXPECT_EQ(store("this is no data set at all"), 0xC000);
  EXPECT_EQ(store(good, "1.2.3.5"), 0xA900);  // another instance than the command says
  CtSlice mr = implicit_slice();
  mr.sop_class_uid = std::string(mr_image_storage);
  EXPECT_EQ(store(ct_data_set(mr)), 0xA900);  // another class
  CtSlice no_series = implicit_slice();
  no_series.series_uid = "";
  EXPECT_EQ(store(ct_data_set(no_series)), 0xC000);
  EXPECT_EQ(store(good, "../../../etc/passwd"), 0x0117);
  // DCMTK replaces what cannot be in a UID before we see it: then it is another instance.
  EXPECT_THAT(store(good, "1.2.3\n4"), ::testing::AnyOf(0x0117, 0xA900));
  expect_alive();
}

TEST_F(HostilePeer, AnswersDeepNestingWithoutDescending) {
  start();
  std::string deep = ct_header(implicit_slice()).bytes();
  DicomBytes level(false);
  level.head(0x00880200U, "SQ", undefined_length).head(0xFFFEE000U, "", undefined_length);
  for (int i = 0; i < 50'000; ++i) deep += level.bytes();
  EXPECT_EQ(store(deep), 0xC001);
  expect_nothing_stored();
  expect_alive();
  // What was refused is on record: the collector raises the alarm.
  const ReceivedAssociation association = only_association();
  EXPECT_EQ(association.ending->refused, 1);
  EXPECT_THAT(association.ending->detail, ::testing::HasSubstr("nesting"));
}

TEST_F(HostilePeer, AnswersObjectsLargerThanTheLimit) {
  config_.limits.object_bytes = 100'000;
  start();
  CtSlice large = implicit_slice();
  large.rows = 512;
  large.columns = 512;
  EXPECT_EQ(store(ct_data_set(large)), 0xC002);
  expect_nothing_stored();
}

TEST_F(HostilePeer, AnEmptyDataSetAndLyingLengthsAreRefused) {
  start();
  for (const std::uint32_t length : {0xFFFFFFFFU, 0x7FFFFFFFU, 0x10000000U, 101U}) {
    DicomBytes d(false);
    d.head(0x00080016U, "UI", length).raw("1.2.3");
    EXPECT_EQ(store(d.bytes()), 0xC000) << length;
  }
  const RawPeer peer = associated();
  peer.send(data_pdu(ct_context, true, true, store_command(ct_storage, "1.2.3.4")));
  peer.send(data_pdu(ct_context, false, true, ""));
  EXPECT_EQ(status_in(peer.receive_pdu()), 0xC000);
  expect_alive();
}

TEST_F(HostilePeer, CommandsInNestedSequencesKillNoOneElse) {
  start();
  std::string command = store_command(ct_storage, "1.2.3.4");
  for (int i = 0; i < 60'000; ++i) {  // DCMTK parses command sets recursively
    DicomBytes level(false);
    level.head(0x00081140U, "SQ", undefined_length).head(0xFFFEE000U, "", undefined_length);
    command += level.bytes();
  }
  const RawPeer bystander = associated();
  const RawPeer peer = associated();
  for (std::size_t at = 0; at < command.size(); at += 16000)
    if (!peer.send(data_pdu(ct_context, true, at + 16000 >= command.size(), command.substr(at, 16000))))
      break;
  EXPECT_TRUE(peer.closed_within(10s));
  bystander.send(data_pdu(verification_context,
                          true,
                          true,
                          CommandBytes()
                              .text(0x0002, verification)
                              .number(0x0100, 0x0030)
                              .number(0x0110, 1)
                              .number(0x0800, 0x0101)
                              .bytes()));
  EXPECT_EQ(status_in(bystander.receive_pdu()), 0);
  expect_alive();
}

TEST_F(HostilePeer, UnsupportedRequestsAreAnsweredAsSuch) {
  start();
  const RawPeer peer = associated();
  const auto ask = [&](const std::string& command) {
    peer.send(data_pdu(verification_context, true, true, command));
    return status_in(peer.receive_pdu());
  };
  const std::string uid = "1.2.3.4";
  EXPECT_EQ(ask(CommandBytes()
                    .text(0x0003, verification)
                    .number(0x0100, 0x0110)  // N-GET
                    .number(0x0110, 7)
                    .number(0x0800, 0x0101)
                    .text(0x1001, uid)
                    .bytes()),
            0x0211);
  EXPECT_EQ(ask(CommandBytes()
                    .text(0x0003, verification)
                    .number(0x0100, 0x0150)  // N-DELETE
                    .number(0x0110, 8)
                    .number(0x0800, 0x0101)
                    .text(0x1001, uid)
                    .bytes()),
            0x0211);
  // C-FIND with its identifier, which has to be skipped before the answer.
  peer.send(data_pdu(verification_context,
                     true,
                     true,
                     CommandBytes()
                         .text(0x0002, find_class)
                         .number(0x0100, 0x0020)
                         .number(0x0110, 9)
                         .number(0x0700, 0)
                         .number(0x0800, 0x0001)
                         .bytes()));
  send_data(peer, std::string(200, '\0'), verification_context);
  EXPECT_EQ(status_in(peer.receive_pdu()), 0x0211);
  // and the association still works
  EXPECT_EQ(ask(CommandBytes()
                    .text(0x0002, verification)
                    .number(0x0100, 0x0030)
                    .number(0x0110, 10)
                    .number(0x0800, 0x0101)
                    .bytes()),
            0);
}

TEST_F(HostilePeer, ProtocolViolationsEndTheAssociationOnly) {
  start();
  const std::string command = store_command(ct_storage, "1.2.3.4");
  const std::string data = ct_data_set(implicit_slice());
  const std::vector<std::string> violations = {
      data_pdu(ct_context, false, true, data),  // data without command
      data_pdu(99, true, true, command),        // unknown context
      data_pdu(ct_context, true, true, command) + data_pdu(verification_context, false, true, data),
      data_pdu(ct_context, true, true, command) +
          data_pdu(ct_context, true, true, command),                             // command for data
      data_pdu(ct_context, true, true, command) + pdu(5, std::string(4, '\0')),  // release inside data
      data_pdu(ct_context, true, true, command) + pdu(7, std::string(4, '\0')),  // abort inside data
      pdu(4, big_endian(0xFFFFFFF0U, 4) + "\1\2"),                               // PDV longer than PDU
      pdu(4, big_endian(1, 4) + "\1"),
      pdu(4, ""),
      std::string("\4\0\x7f\xff\xff\xff", 6),          // 2 GB of data announced
      associate_request("CTSCANNER", "FOCALHIP", {}),  // second request
      data_pdu(verification_context, true, true, command) + data_pdu(verification_context, false, true, data),
      data_pdu(ct_context, true, true, "garbage that is no command set"),
      data_pdu(ct_context, true, true, CommandBytes().number(0x0100, 0x7777).number(0x0800, 0x0101).bytes())};
  for (const std::string& violation : violations) {
    const RawPeer peer = associated();
    peer.send(violation);
    // A-ABORT, a refusal, or the end of the connection; never success.
    EXPECT_NE(status_in(peer.receive_pdu(3s)), 0);
  }
  expect_alive();
  expect_nothing_stored();
}

TEST_F(HostilePeer, NothingStaysOfATransferThatEndsAnywhere) {
  start();
  CtSlice slice = implicit_slice();
  slice.rows = 64;
  slice.columns = 64;
  std::string message = data_pdu(ct_context, true, true, store_command(ct_storage, "1.2.3.4"));
  const std::string data = ct_data_set(slice);
  message += data_pdu(ct_context, false, false, data.substr(0, 4000)) +
             data_pdu(ct_context, false, true, data.substr(4000));
  for (std::size_t size = 1; size < message.size(); size += 397) {
    RawPeer peer = associated();
    peer.send(std::string_view(message).substr(0, size));
    if (size % 2 == 0)
      peer.reset();
    else
      peer.close();
    EXPECT_TRUE(wait_until([&] { return node_->receivers().empty(); }, 5s));
  }
  expect_nothing_stored();
  expect_alive();
}

TEST_F(HostilePeer, NothingStaysOfAKilledReceiver) {
  start();
  RawPeer peer = associated();
  peer.send(data_pdu(ct_context, true, true, store_command(ct_storage, "1.2.3.4")));
  peer.send(data_pdu(ct_context, false, false, std::string(10'000, 'x')));
  ASSERT_TRUE(wait_until([&] { return !incoming_is_empty(); }, 5s));
  const std::vector<pid_t> receivers = node_->receivers();
  ASSERT_EQ(receivers.size(), 1U);
  ::kill(receivers[0], SIGKILL);
  EXPECT_TRUE(peer.closed_within(5s));
  EXPECT_TRUE(wait_until([&] { return incoming_is_empty(); }, 5s)) << node_->log();
  EXPECT_THAT(node_->log(), ::testing::HasSubstr("RECEIVER_LOST"));
  expect_nothing_stored();
  expect_alive();
}

TEST_F(HostilePeer, ThousandsOfConnectionsLeaveNothingBehind) {
  start();
  const auto resident_kib = [&] {
    std::ifstream status("/proc/" + std::to_string(node_->pid()) + "/status");
    for (std::string word; status >> word;)
      if (word == "VmRSS:") {
        long kib = 0;
        status >> kib;
        return kib;
      }
    return 0L;
  };
  const auto connect_many = [&](int count) {
    for (int i = 0; i < count; ++i) {
      RawPeer peer(node_->port());
      if (i % 50 == 0) peer.send("x");
      peer.reset();
    }
    EXPECT_TRUE(wait_until([&] { return node_->receivers().empty(); }, 10s));
  };
  connect_many(500);  // fills caches and allocator pools
  const long before = resident_kib();
  connect_many(4000);
  EXPECT_GT(before, 0);
  EXPECT_LT(resident_kib(), before + 512);  // KiB; 4,000 leaked descriptors or table rows would need more
  expect_alive();
}

}  // namespace
}  // namespace focalhip
