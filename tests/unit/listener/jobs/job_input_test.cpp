#include "listener/jobs/job_input.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(JobInput, ComesBackFromItsJson) {
  const JobInput input = {.files = {"spool/node1/a/1.dcm", "spool/\"quoted\"\\2.dcm"},
                          .other_series = {"localizer, 2 images"},
                          .refusal_code = "NO_VOLUME",
                          .refusal_detail = "line\nbreak"};
  const JobInput back = job_input_from_json(to_json(input));
  EXPECT_EQ(back.files, input.files);
  EXPECT_EQ(back.other_series, input.other_series);
  EXPECT_EQ(back.refusal_code, input.refusal_code);
  EXPECT_EQ(back.refusal_detail, input.refusal_detail);
}

TEST(JobInput, WritesAsciiOnlyWhateverComesIn) {
  const std::string text =
      to_json({.files = {}, .other_series = {"caf\xe9"}, .refusal_code = "", .refusal_detail = ""});
  for (const char c : text) EXPECT_TRUE(c >= ' ' && c <= '~');
}

TEST(JobInput, RefusesDamagedText) {
  for (const char* wrong : {"", "{", "[]", "{}", R"({"files":"a"})", R"({"files":[1],"other_series":[]})"}) {
    EXPECT_THROW((void)job_input_from_json(wrong), std::runtime_error) << wrong;
  }
}

}  // namespace
}  // namespace focalhip
