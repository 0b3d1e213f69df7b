#include "analysis/files/write_nrrd.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace focalhip {
namespace {

using testing::HasSubstr;

std::filesystem::path test_file() {
  return std::filesystem::path(testing::TempDir()) / ("focalhip-" + std::to_string(::getpid()) + ".nrrd");
}

std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

LabelVolume example() {
  LabelVolume volume;
  volume.grid.size = {5, 4, 3};
  volume.grid.spacing_mm = {0.5, 0.75, 2.0};
  volume.grid.origin_patient_mm = {-10.25, 3.5, 100.0};
  volume.grid.patient_axes << -1, 0, 0, 0, 1, 0, 0, 0, 1;  // first axis to the patient's right
  for (std::size_t i = 0; i < 60; ++i) volume.label.push_back(static_cast<std::uint8_t>(i % 4));
  return volume;
}

std::string gunzipped(const std::string& bytes, std::size_t size) {
  std::string out(size + 1, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(WriteNrrd, DescribesTheGridInThePatientFrame) {
  write_nrrd(test_file(), example());
  const std::string bytes = read_bytes(test_file());
  const std::string header = bytes.substr(0, bytes.find("\n\n"));
  EXPECT_TRUE(header.starts_with("NRRD000"));
  EXPECT_THAT(header, HasSubstr("\ntype: uint8\n"));
  EXPECT_THAT(header, HasSubstr("\nspace: left-posterior-superior\n"));
  EXPECT_THAT(header, HasSubstr("\nsizes: 5 4 3\n"));
  EXPECT_THAT(header, HasSubstr("\nspace directions: (-0.5,0,0) (0,0.75,0) (0,0,2)\n"));
  EXPECT_THAT(header, HasSubstr("\nspace origin: (-10.25,3.5,100)"));
  EXPECT_THAT(header, HasSubstr("\nencoding: gzip"));
  EXPECT_THAT(header, testing::Not(HasSubstr("data file")));
  std::filesystem::remove(test_file());
}

TEST(WriteNrrd, KeepsEveryLabelInStorageOrder) {
  const LabelVolume volume = example();
  write_nrrd(test_file(), volume);
  const std::string bytes = read_bytes(test_file());
  const std::string labels = gunzipped(bytes.substr(bytes.find("\n\n") + 2), 60);
  EXPECT_EQ(labels, std::string(volume.label.begin(), volume.label.end()));
  std::filesystem::remove(test_file());
}

TEST(WriteNrrd, GivesTheSameBytesAgainAndLeavesNothingBeside) {
  write_nrrd(test_file(), example());
  const std::string first = read_bytes(test_file());
  write_nrrd(test_file(), example());
  EXPECT_EQ(read_bytes(test_file()), first);
  EXPECT_FALSE(std::filesystem::exists(test_file().string() + ".tmp"));
  std::filesystem::remove(test_file());
}

TEST(WriteNrrd, NamesAFileItCannotWrite) {
  try {
    write_nrrd("/nonexistent/folder/mask.nrrd", example());
    FAIL() << "was written";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/folder/mask.nrrd"));
  }
}

}  // namespace
}  // namespace focalhip
