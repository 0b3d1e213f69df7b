#include "listener/outbox/outbox.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/support/durable_file.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using namespace testing_support;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::SizeIs;

EncodedObject encoded(const std::string& part, const std::string& file_name, const std::string& bytes) {
  EncodedObject object;
  object.part = part;
  object.file_name = file_name;
  object.sop_class_uid = "1.2." + part;
  object.sop_instance_uid = "uid of " + file_name;
  object.bytes = bytes;
  return object;
}
std::vector<EncodedObject> picture_and_report() {
  std::vector<EncodedObject> objects = {encoded("sc", "sc-1.dcm", "picture"),
                                        encoded("sr", "sr.dcm", "report")};
  objects[1].alternative = 2;
  objects[1].companions = {"uid of sc-1.dcm"};
  return objects;
}
const std::vector<EncodedObject> two_objects = picture_and_report();

class Outbox : public testing::Test {
 protected:
  [[nodiscard]] fs::path data() const { return folder_.path(); }
  [[nodiscard]] std::vector<std::string> names_in(const fs::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(data() / folder))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  static void overwrite(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }
  TemporaryFolder folder_;
};

TEST_F(Outbox, GivesBackWhatWasWrittenInOrder) {
  const std::string name = write_outbox(data(), 12, 3, two_objects);
  EXPECT_EQ(name, "outbox/12/3");
  EXPECT_EQ(name, outbox_folder_name(12, 3));
  const auto objects = read_outbox_manifest(data() / name);
  ASSERT_THAT(objects, SizeIs(2));
  EXPECT_EQ(objects[0].part, "sc");
  EXPECT_EQ(objects[0].file_name, "sc-1.dcm");
  EXPECT_EQ(objects[0].sop_class_uid, "1.2.sc");
  EXPECT_EQ(objects[0].sop_instance_uid, "uid of sc-1.dcm");
  EXPECT_EQ(objects[0].alternative, 0);
  EXPECT_EQ(objects[1].alternative, 2);
  EXPECT_THAT(objects[1].companions, ElementsAre("uid of sc-1.dcm"));
  EXPECT_EQ(read_outbox_object(data() / name, objects[0]), "picture");
  EXPECT_EQ(read_outbox_object(data() / name, objects[1]), "report");
  EXPECT_THAT(names_in("outbox"), ElementsAre("12")) << "no temporary folder is left";
}

TEST_F(Outbox, ReplacesAFolderOfTheSameNameAsAWhole) {
  (void)write_outbox(data(), 12, 1, two_objects);
  const std::string name = write_outbox(data(), 12, 1, {two_objects[1]});
  EXPECT_THAT(read_outbox_manifest(data() / name), SizeIs(1));
  EXPECT_THAT(names_in(name), ElementsAre("manifest.json", "sr.dcm"));
  EXPECT_THAT(names_in("outbox"), ElementsAre("12"));
}

TEST_F(Outbox, RefusesNamesThatLeaveTheFolder) {
  for (const char* name :
       {"", ".", "..", "../x.dcm", "/etc/passwd", "a/b", ".hidden", "a b", "manifest.json"}) {
    EncodedObject object = two_objects[0];
    object.file_name = name;
    EXPECT_THROW((void)write_outbox(data(), 1, 1, {object}), std::runtime_error) << name;
  }
  EXPECT_FALSE(fs::exists(data() / "outbox/1"));
}

TEST_F(Outbox, RefusesTwoObjectsOfOneName) {
  EXPECT_ANY_THROW((void)write_outbox(data(), 1, 1, {two_objects[0], two_objects[0]}));
  EXPECT_FALSE(fs::exists(data() / "outbox/1/1"));
}

TEST_F(Outbox, NoticesChangedAndMissingFiles) {
  const fs::path folder = data() / write_outbox(data(), 1, 1, two_objects);
  const auto objects = read_outbox_manifest(folder);
  overwrite(folder / "sr.dcm", "rePort");
  EXPECT_THROW((void)read_outbox_object(folder, objects[1]), std::runtime_error);
  fs::remove(folder / "sc-1.dcm");
  EXPECT_THROW((void)read_outbox_object(folder, objects[0]), std::runtime_error);
}

TEST_F(Outbox, RefusesManifestsThatAreNotOurs) {
  const fs::path folder = data() / write_outbox(data(), 1, 1, two_objects);
  const std::string entry =
      R"({"part":"sr","sop_class_uid":"1","sop_instance_uid":"2","sha256":"","alternative":0,"companions":[],"file_name":")";
  for (const std::string& text : {std::string(""),
                                  std::string("{"),
                                  std::string("[]"),
                                  std::string(R"({"version":2,"objects":[]})"),
                                  std::string(R"({"version":1})"),
                                  R"({"version":1,"objects":[)" + entry + R"(../../jobs.sqlite"}]})",
                                  R"({"version":1,"objects":[)" + entry + R"(/etc/passwd"}]})"}) {
    overwrite(folder / "manifest.json", text);
    EXPECT_THROW((void)read_outbox_manifest(folder), std::runtime_error) << text;
  }
  fs::remove(folder / "manifest.json");
  EXPECT_THROW((void)read_outbox_manifest(folder), std::runtime_error);
}

TEST_F(Outbox, SweepsWhatNobodyNames) {
  (void)write_outbox(data(), 1, 1, two_objects);
  (void)write_outbox(data(), 1, 2, two_objects);
  (void)write_outbox(data(), 2, 1, two_objects);
  fs::create_directories(data() / "outbox/.tmp-3-1-4711");
  overwrite(data() / "outbox/.tmp-3-1-4711/sr.dcm", "half");
  sweep_outbox(data(), {"outbox/1/2"}, seconds(0));
  EXPECT_THAT(names_in("outbox"), ElementsAre("1"));
  EXPECT_THAT(names_in("outbox/1"), ElementsAre("2"));
  EXPECT_THAT(read_outbox_manifest(data() / "outbox/1/2"), SizeIs(2));
}

TEST_F(Outbox, SparesWhatWasJustWritten) {
  (void)write_outbox(data(), 1, 1, two_objects);
  sweep_outbox(data(), {});
  EXPECT_THAT(names_in("outbox/1"), ElementsAre("1"));
  sweep_outbox(data(), {}, seconds(0));
  EXPECT_THAT(names_in("outbox"), testing::IsEmpty());
}

TEST_F(Outbox, SweepsNothingWhereNothingIs) { EXPECT_NO_THROW(sweep_outbox(data(), {})); }

}  // namespace
}  // namespace focalhip
