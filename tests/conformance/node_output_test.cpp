// What the node sends over the wire, against the validators of dicom3tools: every object alone (dciodvfy) and
// together with the images it was made from (dcentvfy). A missing validator is a visible skip.
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>

#include "tests/integration/node_fixture.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

// Lines that a command prints on either stream.
std::vector<std::string> lines_of(const std::vector<std::string>& command, const fs::path& output) {
  ChildProcess process(command, output);
  EXPECT_NE(process.wait(120s), -1) << command.front() << " does not end";
  std::vector<std::string> lines;
  std::istringstream text(process.output());
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

bool is_error(const std::string& line) { return line.starts_with("Error") || line.starts_with("Abort"); }

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".dcm") files.push_back(entry.path().string());
  }
  return files;
}

class NodeOutput : public NodeTest {
 protected:
  void SetUp() override {
    for (const char* program : {"dciodvfy", "dcentvfy"}) {
      if (!testing_support::has_program(program))
        GTEST_SKIP() << program << " (package dicom3tools) is missing";
    }
    NodeTest::SetUp();
  }

  void expect_valid_results_of(const fs::path& sources) {
    start_sink();
    start_node();
    ASSERT_EQ(send(sources), 0);
    const std::vector<SinkObject> objects = wait_for_reports(1, 300s);
    ASSERT_EQ(objects.size(), 2U);
    expect_each_valid(objects);
    expect_agreement(objects, files_below(sources));
  }

 private:
  void expect_each_valid(const std::vector<SinkObject>& objects) const {
    for (const SinkObject& object : objects) {
      const auto lines = lines_of({"dciodvfy", object.file.string()}, folder() / "logs" / "dciodvfy.log");
      EXPECT_FALSE(lines.empty()) << "the validator names the kind of object it found";
      for (const std::string& line : lines) EXPECT_FALSE(is_error(line)) << object.modality << ": " << line;
    }
  }

  // What the sources have among themselves is not ours.
  void expect_agreement(const std::vector<SinkObject>& objects, std::vector<std::string> sources) const {
    sources.insert(sources.begin(), "dcentvfy");
    const auto before = lines_of(sources, folder() / "logs" / "dcentvfy-sources.log");
    const std::set<std::string> known(before.begin(), before.end());
    for (const SinkObject& object : objects) sources.push_back(object.file.string());
    for (const std::string& line : lines_of(sources, folder() / "logs" / "dcentvfy.log")) {
      EXPECT_FALSE(is_error(line) && !known.contains(line)) << line;
    }
  }
};

TEST_F(NodeOutput, OfASeriesThatIsNoHipIsValid) { expect_valid_results_of(write(small_series(), "a")); }

TEST_F(NodeOutput, OfASimulatedHipIsValid) {
  const std::optional<fs::path> series = simulated_series();
  ASSERT_TRUE(series.has_value()) << "focalhip-simulate failed";
  expect_valid_results_of(*series);
}

TEST_F(NodeOutput, OfTheRealHipIsValid) {
  const std::optional<fs::path> series = unpacked_real_data(real_hip);
  if (!series) GTEST_SKIP() << "the real hip CT is not there";
  expect_valid_results_of(*series);
}

}  // namespace
}  // namespace focalhip
