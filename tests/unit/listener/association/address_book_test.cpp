#include "listener/association/address_book.h"

#include <string>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

IpAddress address(const std::string& text) {
  const auto parsed = parse_ip_address(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(IpAddress{});
}

Peer peer(const std::string& ae_title, const std::vector<std::string>& from, const std::string& host = "") {
  Peer made;
  made.ae_title = ae_title;
  made.from = from;
  made.host = host;
  return made;
}

TEST(IpNetwork, ContainsItsOwnAddressesOnly) {
  struct Case {
    const char* network;
    const char* inside;
    const char* outside;
  };
  for (const Case& c : {Case{"10.1.0.0/16", "10.1.255.255", "10.2.0.0"},
                        Case{"10.1.128.0/17", "10.1.128.0", "10.1.127.255"},
                        Case{"192.168.1.7", "192.168.1.7", "192.168.1.8"},
                        Case{"192.168.1.7/32", "192.168.1.7", "192.168.1.6"},
                        Case{"0.0.0.0/0", "255.1.2.3", "2001:db8::1"},
                        Case{"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
                        Case{"::1", "::1", "::2"}}) {
    const auto network = parse_ip_network(c.network);
    ASSERT_TRUE(network) << c.network;
    EXPECT_TRUE(network->contains(address(c.inside))) << c.network;
    EXPECT_FALSE(network->contains(address(c.outside))) << c.network;
  }
}

TEST(IpNetwork, RefusesWhatIsNone) {
  for (const char* const text :
       {"", "10.1.0.0/33", "10.1.0.0/-1", "10.1.0.0/", "10.1.0.0/8x", "10.1", "name", "::/129"})
    EXPECT_FALSE(parse_ip_network(text)) << text;
}

TEST(IpAddress, MappedIpv4IsIpv4) {
  EXPECT_EQ(address("::ffff:10.1.2.3"), address("10.1.2.3"));
  EXPECT_EQ(to_text(address("10.1.2.3")), "10.1.2.3");
  EXPECT_EQ(to_text(address("2001:db8::1")), "2001:db8::1");
}

TEST(AddressBook, KnowsNobodyByDefault) {
  const AddressBook empty({});
  EXPECT_FALSE(empty.knows(address("127.0.0.1")));
  EXPECT_FALSE(empty.find("", address("127.0.0.1")));
}

TEST(AddressBook, NeedsNameAndAddressTogether) {
  std::vector<Peer> peers = {peer("CT1", {"10.1.0.0/16"}), peer("CT2", {"10.2.0.1", "10.2.0.2"})};
  peers[1].aliases = {"CTTWO"};
  const AddressBook book(peers);
  EXPECT_TRUE(book.knows(address("10.1.9.9")));
  EXPECT_FALSE(book.knows(address("10.3.0.1")));
  EXPECT_EQ(book.find("CT1", address("10.1.9.9")), 0U);
  EXPECT_EQ(book.find("CT2", address("10.2.0.2")), 1U);
  EXPECT_EQ(book.find("CTTWO", address("10.2.0.1")), 1U);
  EXPECT_FALSE(book.find("CT1", address("10.2.0.1")));  // another peer's address
  EXPECT_FALSE(book.find("ct1", address("10.1.9.9")));  // AE titles are case sensitive
  EXPECT_FALSE(book.find("", address("10.1.9.9")));
}

TEST(AddressBook, TakesTheHostWhenNoAddressesAreGiven) {
  const AddressBook book({peer("CT1", {}, "127.0.0.1"), peer("CT2", {}, "no-such-host.invalid")});
  EXPECT_EQ(book.find("CT1", address("127.0.0.1")), 0U);
  ASSERT_EQ(book.unreachable().size(), 1U);
  EXPECT_EQ(book.unreachable()[0], "CT2");
}

}  // namespace
}  // namespace focalhip
