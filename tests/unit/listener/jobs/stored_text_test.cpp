#include "listener/jobs/stored_text.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(StorableText, LeavesValidTextAlone) {
  for (const char* text :
       {"", "plain", "M\xc3\xbcller", "\xe6\xb1\x9f\xe6\x9d\x91", "\xf0\x9f\xa6\xb4", "a\\x41"}) {
    EXPECT_EQ(storable_text(text), text);
  }
}

TEST(StorableText, SpellsOutEveryByteThatIsNoCharacter) {
  EXPECT_EQ(storable_text("caf\xe9"), "caf\\xe9");                       // ISO 8859-1
  EXPECT_EQ(storable_text(std::string_view("a\0b", 3)), "a\\x00b");      // PostgreSQL has no NUL
  EXPECT_EQ(storable_text("\xc0\xaf"), "\\xc0\\xaf");                    // overlong '/'
  EXPECT_EQ(storable_text("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");           // overlong, three bytes
  EXPECT_EQ(storable_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(storable_text("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(storable_text("\xe6\xb1"), "\\xe6\\xb1");                    // cut off
  EXPECT_EQ(storable_text("\xe6\xb1z"), "\\xe6\\xb1z");                  // interrupted
}

TEST(StorableText, CutsLongTextAtACharacter) {
  EXPECT_EQ(storable_text("abcdef", 6), "abcdef");
  EXPECT_EQ(storable_text("abcdefg", 6), "abc...");
  EXPECT_EQ(storable_text("ab\xc3\xbc\xc3\xbc\xc3\xbc", 6), "ab...");
}

}  // namespace
}  // namespace focalhip
