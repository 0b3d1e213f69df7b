// Whether the memory of the receiving side stays flat: resident size of each process while a study of 2,000
// slices arrives, and over 100 associations one after another.
//   memory_bench                                      2,000 slices of 256 x 256
//   FOCALHIP_BENCH_SLICES=500 FOCALHIP_BENCH_MATRIX=512 memory_bench
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "tests/integration/node_fixture.h"
#include "tests/support/part10_bytes.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing_support::CtSlice;

int number_from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

struct Resident {
  long first_kib = 0;
  long peak_kib = 0;
  long last_kib = 0;
  void add(long kib) {
    if (first_kib == 0) first_kib = kib;
    peak_kib = std::max(peak_kib, kib);
    last_kib = kib;
  }
};

// 0: gone meanwhile.
long resident_kib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  return 0;
}

class SlowMemory : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    ::setenv("TCP_NODELAY", "1", 1);
    series_toml_ = "quiet_seconds = 60\ncomplete_quiet_seconds = 0\n";
  }

  void write_slices(const fs::path& place, int count, const std::string& series_uid) const {
    const int matrix = number_from_environment("FOCALHIP_BENCH_MATRIX", 256);
    fs::create_directories(place);
    for (int i = 1; i <= count; ++i) {
      CtSlice slice;
      slice.rows = matrix;
      slice.columns = matrix;
      slice.series_uid = series_uid;
      slice.sop_instance_uid = series_uid + "." + std::to_string(i);
      slice.instance_number = i;
      slice.z_mm = 0.5 * i;
      slice.pixel_fill = static_cast<char>(i);
      testing_support::write_bytes(place / (std::to_string(10000 + i) + ".dcm"),
                                   testing_support::ct_file(slice));
    }
  }

  void look() {
    // Receivers keep their parent's name; the parent is found first.
    std::string role = "acceptor";
    for (const pid_t pid : processes_named("acceptor")) {
      note(role, pid);
      role = "receiver";
    }
    for (const pid_t pid : processes_named("collector")) note("collector", pid);
    note("supervisor", node_pid());
  }
  void note(const std::string& role, pid_t pid) {
    // A process that has just been forked still looks like its parent.
    const long kib = resident_kib(pid);
    if (kib > 0) resident_[role].add(kib);
  }

  void print(const char* what) const {
    std::printf(
        "\n%s: resident KiB\n%-12s %8s %8s %8s %8s\n", what, "process", "first", "peak", "last", "growth");
    for (const auto& [role, size] : resident_) {
      std::printf("%-12s %8ld %8ld %8ld %8ld\n",
                  role.c_str(),
                  size.first_kib,
                  size.peak_kib,
                  size.last_kib,
                  size.peak_kib - size.first_kib);
    }
  }
  [[nodiscard]] long growth_kib(const std::string& role) const {
    const auto found = resident_.find(role);
    return found == resident_.end() ? -1 : found->second.peak_kib - found->second.first_kib;
  }

  std::map<std::string, Resident> resident_;
};

TEST_F(SlowMemory, StaysFlatWhileAStudyOfTwoThousandSlicesArrives) {
  const int count = number_from_environment("FOCALHIP_BENCH_SLICES", 2000);
  constexpr long slack_kib = 3 * 1024;
  write_slices(folder() / "series", count, "1.2.826.0.1.1");
  start_node();
  std::this_thread::sleep_for(1s);
  const std::unique_ptr<ChildProcess> sender = start_sending(folder() / "series");
  while (sender->wait(50ms) == -1) look();
  EXPECT_EQ(sender->wait(0ms), 0) << sender->output();
  print("2,000 slices received");
  // It keeps file, syntax and digests of each object, and has touched its own code by now.
  const long kept_kib = 3L * count;
  EXPECT_LT(growth_kib("collector"), slack_kib + kept_kib) << "while receiving";
  for (int i = 0; i < 60; ++i) {  // the collector decides
    look();
    std::this_thread::sleep_for(50ms);
  }
  print("and decided");
  // What no process may keep is what arrives: pixels of even one slice in a hundred would be 2.6 MB.
  EXPECT_LT(growth_kib("supervisor"), slack_kib);
  EXPECT_LT(growth_kib("acceptor"), slack_kib);
  // It touches its own code and DCMTK's while it begins.
  EXPECT_LT(growth_kib("receiver"), 3 * slack_kib);
  // Deciding reads all headers again ...
  EXPECT_LT(growth_kib("collector"), 3 * slack_kib + 3L * count) << "while deciding";
  // ... and gives the room back.
  EXPECT_LT(resident_.at("collector").last_kib - resident_.at("collector").first_kib, slack_kib + kept_kib);
}

TEST_F(SlowMemory, StaysFlatOverAHundredAssociations) {
  write_slices(folder() / "series", 1, "1.2.826.0.1.2");
  start_node();
  ASSERT_EQ(send(folder() / "series"), 0);
  std::this_thread::sleep_for(1s);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(send(folder() / "series"), 0);
    look();
  }
  print("100 associations");
  for (const char* role : {"supervisor", "acceptor"}) EXPECT_LT(growth_kib(role), 512) << role;
  EXPECT_LT(growth_kib("collector"), 2048);
}

}  // namespace
}  // namespace focalhip
