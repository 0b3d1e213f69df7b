#include "config/value_rules.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(AeTitle, FollowsTheValueRepresentation) {  // PS3.5 table 6.2-1, AE
  EXPECT_EQ(ae_title_from("CT1"), "CT1");
  EXPECT_EQ(ae_title_from(" CT 1 "), "CT 1");
  EXPECT_EQ(ae_title_from("SIXTEEN_LETTERS_"), "SIXTEEN_LETTERS_");
  for (const char* wrong : {"", "   ", "SEVENTEEN_LETTERS", "A\\B", "A\tB", "A\x7f", "\xc3\xa4"}) {
    EXPECT_FALSE(ae_title_from(wrong).has_value()) << wrong;
  }
}

TEST(Host, IsANameOrAnAddress) {
  for (const char* right :
       {"localhost", "ct-1.radiology.example.org", "10.0.0.1", "::1", "fe80::1", "ct_1"}) {
    EXPECT_TRUE(is_host(right)) << right;
  }
  for (const char* wrong : {"", "a b", "a..b", ".a", "-a", "a-", "10.0.0.256", "1.2.3", "a/b", "a;rm"}) {
    EXPECT_FALSE(is_host(wrong)) << wrong;
  }
  EXPECT_FALSE(is_host(std::string(64, 'a')));
}

TEST(AddressRange, HoldsTheAddressesOfItsPrefixOnly) {
  const auto range = address_range_from("10.1.0.0/16");
  ASSERT_TRUE(range.has_value());
  EXPECT_TRUE(contains(*range, "10.1.0.0"));
  EXPECT_TRUE(contains(*range, "10.1.255.255"));
  EXPECT_FALSE(contains(*range, "10.2.0.0"));
  EXPECT_FALSE(contains(*range, "10.0.255.255"));
  EXPECT_FALSE(contains(*range, "not an address"));
}

TEST(AddressRange, CutsInsideAByte) {
  const auto range = address_range_from("192.168.4.0/22");
  ASSERT_TRUE(range.has_value());
  EXPECT_TRUE(contains(*range, "192.168.7.255"));
  EXPECT_FALSE(contains(*range, "192.168.8.0"));
  EXPECT_FALSE(contains(*range, "192.168.3.255"));
}

TEST(AddressRange, SeesIpv4InItsMappedForm) {
  const auto range = address_range_from("127.0.0.1");
  ASSERT_TRUE(range.has_value());
  EXPECT_TRUE(contains(*range, "::ffff:127.0.0.1"));
  EXPECT_FALSE(contains(*range, "127.0.0.2"));
  EXPECT_FALSE(contains(*range, "::1"));
}

TEST(AddressRange, HoldsIpv6AndEverything) {
  const auto range = address_range_from("2001:db8::/33");
  ASSERT_TRUE(range.has_value());
  EXPECT_TRUE(contains(*range, "2001:db8:7fff::1"));
  EXPECT_FALSE(contains(*range, "2001:db8:8000::1"));
  EXPECT_TRUE(contains(*address_range_from("0.0.0.0/0"), "8.8.8.8"));
  EXPECT_FALSE(contains(*address_range_from("0.0.0.0/0"), "2001:db8::1"));
}

TEST(AddressRange, RefusesWhatIsNone) {
  for (const char* wrong : {"",
                            "/8",
                            "10.0.0.0/",
                            "10.0.0.0/33",
                            "10.0.0.0/-1",
                            "10.0.0.0/8x",
                            "10.0.0/8",
                            "::/129",
                            "localhost",
                            "10.0.0.1 "}) {
    EXPECT_FALSE(address_range_from(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace focalhip
