#include "listener/collector/predecoder.h"

#include <fstream>

#include <gtest/gtest.h>

#include "listener/series/decode_slice.h"
#include "listener/series/decoded_copy.h"
#include "listener/spool/spool_layout.h"
#include "tests/support/child_process.h"
#include "tests/support/compress_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing_support::wait_until;
using namespace std::chrono_literals;

class Predecoding : public testing::Test {
 protected:
  Predecoding() {
    series_.slices = 3;
    fs::create_directories(association());
  }
  [[nodiscard]] fs::path association() const {
    return spool_layout(folder_.path(), "node1").association("1700000000010-17-0000000a");
  }
  // The series as objects of the spool.
  std::vector<fs::path> objects() {
    std::vector<fs::path> received;
    for (const fs::path& file : test::write_series(series_, folder_.path() / "source")) {
      test::compress_file(file, EXS_JPEGLSLossless);
      const int number = static_cast<int>(received.size()) + 1;
      received.push_back(association() / object_file_name(number, file.string()));
      fs::rename(file, received.back());
    }
    return received;
  }
  [[nodiscard]] std::vector<std::uint16_t> words_of(int slice) const {
    std::vector<std::uint16_t> words;
    for (int row = 0; row < series_.rows; ++row) {
      for (int column = 0; column < series_.columns; ++column) {
        words.push_back(series_.word(column, row, slice));
      }
    }
    return words;
  }

  testing_support::TemporaryFolder folder_;
  test::TestSeries series_;
};

TEST_F(Predecoding, EveryCompressedObjectGetsACopyOfItsWords) {
  const std::vector<fs::path> received = objects();
  const Predecoder predecoder(2);
  for (const fs::path& object : received) predecoder.ask(object);
  for (int slice = 0; slice < series_.slices; ++slice) {
    const fs::path copy = decoded_copy_of(received[static_cast<std::size_t>(slice)]).value();
    ASSERT_TRUE(wait_until([&] { return fs::exists(copy); }, 10s)) << copy;
    EXPECT_EQ(read_decoded_copy(copy, series_.rows, series_.columns), words_of(slice));
  }
}

TEST_F(Predecoding, WhatCannotBeDecodedStopsNothing) {
  const fs::path junk = association() / object_file_name(9, "junk");
  std::ofstream(junk) << "no DICOM file";
  const std::vector<fs::path> received = objects();
  const Predecoder predecoder(1);
  predecoder.ask(junk);
  predecoder.ask(association() / object_file_name(10, "missing"));
  predecoder.ask(received.front());
  EXPECT_TRUE(wait_until([&] { return fs::exists(decoded_copy_of(received.front()).value()); }, 10s));
  EXPECT_FALSE(fs::exists(decoded_copy_of(junk).value()));
}

TEST_F(Predecoding, AReaderTakesAGoodCopyAndDecodesWhenItIsDamaged) {
  const fs::path object = objects().front();
  const fs::path copy = decoded_copy_of(object).value();
  const auto read = [&] {
    DcmFileFormat file = open_object(object, ReadPart::whole);
    return decode_slice(file, 0, copy).words;
  };
  EXPECT_EQ(read(), words_of(0)) << "there is no copy yet";
  decode_ahead(object);
  EXPECT_EQ(read(), words_of(0));
  std::vector<std::uint16_t> recognisable = words_of(0);
  recognisable.front() = 4711;
  write_decoded_copy(copy, series_.rows, series_.columns, recognisable);
  EXPECT_EQ(read(), recognisable);
  fs::resize_file(copy, fs::file_size(copy) - 1);
  EXPECT_EQ(read(), words_of(0));
}

TEST_F(Predecoding, OnlyObjectsOfASpoolHaveCopies) {
  EXPECT_FALSE(decoded_copy_of("/data/series/1-0123456789abcdef.dcm"));
  EXPECT_FALSE(decoded_copy_of(association() / "association.json"));
  EXPECT_EQ(decoded_copy_of(association() / "12-0123456789abcdef.dcm"),
            folder_.path() / "spool/node1/decoded/1700000000010-17-0000000a-12-0123456789abcdef");
}

}  // namespace
}  // namespace focalhip
