#include "listener/spool/association_record.h"

#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "listener/spool/commitment_record.h"
#include "listener/support/digest.h"
#include "listener/support/file_lock.h"
#include "listener/support/unique_fd.h"
#include "tests/support/part10_bytes.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing_support::write_bytes;

class Spool : public ::testing::Test {
 protected:
  void SetUp() override {
    spool_ = spool_layout(folder_.path(), "node1");
    create_spool_folders(spool_);
  }
  fs::path make_association(const std::string& id) {
    fs::create_directory(spool_.association(id));
    return spool_.association(id);
  }
  testing_support::TemporaryFolder folder_;
  SpoolLayout spool_;
};

TEST_F(Spool, IdsSortByTimeAndAreRecognised) {
  const std::string early = new_spool_id(1'700'000'000'000);
  const std::string late = new_spool_id(1'700'000'000'001);
  EXPECT_TRUE(is_spool_id(early)) << early;
  EXPECT_LT(early, late);
  for (const char* const bad : {"",
                                "1700000000000",
                                "1700000000000-1-xyzxyzxy",
                                "170-1-01234567",
                                ".",
                                "..",
                                "1700000000000--01234567",
                                "1700000000000-1-01234567.tmp"})
    EXPECT_FALSE(is_spool_id(bad)) << bad;
}

TEST_F(Spool, ObjectNamesHoldADigestAndNoUid) {
  const std::string name = object_file_name(12, "1.2.840.1");
  EXPECT_EQ(name, "12-" + sha256_hex("1.2.840.1").substr(0, 16) + ".dcm");
  const auto parsed = parse_object_file_name(name);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->number, 12);
  EXPECT_EQ(parsed->digest16, sha256_hex("1.2.840.1").substr(0, 16));
  for (const char* const bad : {"",
                                ".dcm",
                                "1-.dcm",
                                "x-0123456789abcdef.dcm",
                                "1-0123456789abcdeg.dcm",
                                "-1-0123456789abcdef.dcm",
                                "1-0123456789abcdef.part",
                                "1 -0123456789abcdef.dcm",
                                "99999999999-0123456789abcdef.dcm"})
    EXPECT_FALSE(parse_object_file_name(bad)) << bad;
}

TEST_F(Spool, RecordsComeBackAsWritten) {
  const fs::path folder = make_association(new_spool_id(1'700'000'000'000));
  write_association_record(
      folder,
      {.calling_ae_title = "CT\xff\"1", .called_ae_title = "FOCALHIP", .address = "::1", .started_ms = 17});
  write_association_ending(folder,
                           {.end = AssociationEnd::aborted,
                            .ended_ms = 18,
                            .stored = 3,
                            .dropped = 2,
                            .refused = 1,
                            .detail = "idle for 60 s",
                            .dropped_series = {{"1.2", "1.2.9", "1.2.840.10008.5.1.4.1.1.88.67", 99}}});
  write_bytes(folder / object_file_name(10, "b"), "y");
  write_bytes(folder / object_file_name(9, "a"), "x");
  write_bytes(folder / "notes.txt", "foreign");
  const ReceivedAssociation read = read_association(folder);
  ASSERT_TRUE(read.record);
  // What is not UTF-8 is replaced: JSON cannot hold it, and the title is only for people.
  EXPECT_EQ(read.record->calling_ae_title.substr(0, 2), "CT");
  EXPECT_EQ(read.record->address, "::1");
  EXPECT_EQ(read.record->started_ms, 17);
  ASSERT_TRUE(read.ending);
  EXPECT_EQ(read.ending->end, AssociationEnd::aborted);
  EXPECT_EQ(read.ending->stored, 3);
  EXPECT_EQ(read.ending->dropped, 2);
  EXPECT_EQ(read.ending->refused, 1);
  EXPECT_EQ(read.ending->detail, "idle for 60 s");
  ASSERT_EQ(read.ending->dropped_series.size(), 1U);
  EXPECT_EQ(*read.ending->dropped_series.begin(),
            (DroppedSeries{"1.2", "1.2.9", "1.2.840.10008.5.1.4.1.1.88.67", 99}));
  ASSERT_EQ(read.objects.size(), 2U);
  EXPECT_EQ(read.objects[0].number, 9);  // by number, not by name
  EXPECT_EQ(read.objects[1].number, 10);
  EXPECT_GT(read.objects[0].received_ms, 1'700'000'000'000);
}

TEST_F(Spool, BrokenRecordsAreAbsentAndObjectsStillCount) {
  const fs::path folder = make_association(new_spool_id(1));
  for (const char* const text :
       {"", "{", "[]", "null", "{\"end\":7}", "{\"end\":\"exploded\"}", "\xff\xfe"}) {
    write_bytes(folder / "association.json", text);
    write_bytes(folder / "ended.json", text);
    EXPECT_FALSE(read_association(folder).ending) << text;
  }
  write_bytes(folder / "association.json", std::string(100'000, '['));
  EXPECT_FALSE(read_association(folder).record);
  write_bytes(folder / object_file_name(1, "a"), "x");
  EXPECT_EQ(read_association(folder).objects.size(), 1U);
  EXPECT_TRUE(read_association(folder.parent_path() / "gone").objects.empty());
}

TEST_F(Spool, ListsAssociationsOldestFirst) {
  EXPECT_TRUE(list_association_folders(spool_layout(folder_.path(), "nobody")).empty());
  const fs::path late = make_association(new_spool_id(1'700'000'000'002));
  const fs::path early = make_association(new_spool_id(1'700'000'000'001));
  fs::create_directory(spool_.associations() / "lost+found");
  const auto folders = list_association_folders(spool_);
  ASSERT_EQ(folders.size(), 2U);
  EXPECT_EQ(folders[0], early);
  EXPECT_EQ(folders[1], late);
}

UniqueFd locked_file(const fs::path& file) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  lock(fd);
  return fd;
}

TEST_F(Spool, AReceiverIsAliveAsLongAsItHoldsItsLock) {
  const fs::path folder = make_association(new_spool_id(1));
  EXPECT_FALSE(receiver_is_alive(folder));
  {
    const UniqueFd held = locked_file(folder / "receiver.lock");
    EXPECT_TRUE(receiver_is_alive(folder));
  }
  EXPECT_FALSE(receiver_is_alive(folder));
}

TEST_F(Spool, SweepsWhatDeadReceiversLeftAndNothingElse) {
  const std::string dead = "1700000000000-4711-01234567";
  const std::string other_dead = "1700000000000-4712-01234567";
  const std::string living = "1700000000000-4713-01234567";
  write_bytes(spool_.part(dead, 1), "half");
  write_bytes(spool_.part(other_dead, 1), "half");
  fs::create_directory(spool_.association_in_the_making(dead));
  const UniqueFd held = locked_file(spool_.part(living, 1));
  sweep_incoming(spool_, 4711);
  EXPECT_FALSE(fs::exists(spool_.part(dead, 1)));
  EXPECT_FALSE(fs::exists(spool_.association_in_the_making(dead)));
  EXPECT_TRUE(fs::exists(spool_.part(other_dead, 1)));
  sweep_incoming(spool_);
  EXPECT_FALSE(fs::exists(spool_.part(other_dead, 1)));
  EXPECT_TRUE(fs::exists(spool_.part(living, 1)));
}

TEST_F(Spool, CommitmentReportsComeBackAsWritten) {
  write_commitment_report(spool_,
                          {.calling_ae_title = "PACS",
                           .transaction_uid = "2.25.1",
                           .received_ms = 1'700'000'000'000,
                           .committed = {"1.2", "1.3"},
                           .failed = {{.sop_instance_uid = "1.4", .reason = 0x0110}}});
  write_bytes(spool_.commitments() / "1700000000000-1-01234567.json", "{}");
  const auto files = list_commitment_reports(spool_);
  ASSERT_EQ(files.size(), 2U);
  int readable = 0;
  for (const fs::path& file : files) {
    const auto report = read_commitment_report(file);
    if (!report) continue;
    ++readable;
    EXPECT_EQ(report->transaction_uid, "2.25.1");
    EXPECT_EQ(report->committed.size(), 2U);
    ASSERT_EQ(report->failed.size(), 1U);
    EXPECT_EQ(report->failed[0].reason, 0x0110);
  }
  EXPECT_EQ(readable, 1);
}

}  // namespace
}  // namespace focalhip
