#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "listener/support/durable_file.h"
#include "tests/support/acceptor_process.h"
#include "tests/support/child_process.h"
#include "tests/support/part10_bytes.h"
#include "tests/support/raw_peer.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {

using namespace testing_support;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

inline std::string slurp(const fs::path& file) { return read_small_file(file, 64U << 20U); }

// A node's reception on a free port with a data folder of its own, and files to send to it.
class Reception : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_program("storescu")) GTEST_SKIP() << "storescu (package dcmtk) is not installed";
    fs::create_directories(sent());
    config_ = reception_config(folder_.path() / "data");
  }
  // Built with sanitizers, a receiver that misbehaves says so on its standard error.
  void TearDown() override {
    if (!node_) return;
    for (const char* const report :
         {"AddressSanitizer: heap", "AddressSanitizer: stack-buffer", "runtime error:"})
      EXPECT_EQ(node_->log().find(report), std::string::npos) << node_->log();
  }
  void start() { node_ = std::make_unique<AcceptorProcess>(config_, folder_.path() / "node.log"); }

  [[nodiscard]] fs::path sent() const { return folder_.path() / "sent"; }
  // `count` slices of one series as files to send.
  std::vector<std::string> make_series(const std::string& root, int count, const CtSlice& pattern = {}) {
    std::vector<std::string> files;
    for (int i = 1; i <= count; ++i) {
      CtSlice slice = pattern;
      slice.series_uid = root;
      slice.sop_instance_uid = root + "." + std::to_string(i);
      slice.instance_number = i;
      slice.z_mm = i;
      files.push_back((sent() / (slice.sop_instance_uid + ".dcm")).string());
      write_bytes(files.back(), ct_file(slice));
    }
    return files;
  }
  [[nodiscard]] std::vector<std::string> storescu(const std::vector<std::string>& files,
                                                  const std::vector<std::string>& options = {},
                                                  std::uint16_t port = 0) const {
    std::vector<std::string> command = {"storescu", "-v", "-aet", "CTSCANNER", "-aec", "FOCALHIP"};
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), {"127.0.0.1", std::to_string(port != 0 ? port : node_->port())});
    command.insert(command.end(), files.begin(), files.end());
    return command;
  }
  // Runs to its end; the output is in output_.
  int run(const std::vector<std::string>& command, std::chrono::milliseconds limit = 20s) {
    ChildProcess process(command, folder_.path() / "program.log");
    const int status = process.wait(limit);
    output_ = process.output();
    return status;
  }
  int echo(const std::string& calling = "CTSCANNER", const std::string& called = "FOCALHIP") {
    return run(
        {"echoscu", "-v", "-aet", calling, "-aec", called, "127.0.0.1", std::to_string(node_->port())});
  }
  // The one association in the spool, after its end was written.
  ReceivedAssociation only_association() {
    EXPECT_TRUE(wait_until(
        [&] {
          const auto all = received(config_);
          return all.size() == 1 && all[0].ending.has_value();
        },
        5s));
    const auto all = received(config_);
    if (all.size() != 1) {
      ADD_FAILURE() << all.size() << " associations in the spool";
      return {};
    }
    return all[0];
  }
  [[nodiscard]] bool incoming_is_empty() const {
    return fs::is_empty(spool_layout(config_.node.data_folder, config_.node.name).incoming());
  }

  TemporaryFolder folder_;
  NodeConfig config_;
  std::unique_ptr<AcceptorProcess> node_;
  std::string output_;
};

}  // namespace focalhip
