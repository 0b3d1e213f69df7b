#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "listener/jobs/job_store.h"
#include "listener/spool/spool_layout.h"
#include "listener/support/unique_fd.h"
#include "tests/support/child_process.h"
#include "tests/support/free_port.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip {

using testing_support::ChildProcess;
using testing_support::wait_until;
using namespace std::chrono_literals;

// What the sender's storescp has received.
struct SinkObject {
  std::filesystem::path file;
  std::string modality;
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::string study_instance_uid;
  std::string patient_id;
};

// The real program between a real storescu and a real storescp, on free loopback ports, with a data folder of
// its own. Every object that arrives at the sink is a file of its own, so that a doubled one is seen.
class NodeTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // --- the node
  struct NodeOptions {
    std::string fault;      // FOCALHIP_FAULT, each fault strikes once over all processes
    std::string more_toml;  // further sections
  };
  void start_node() { start_node(NodeOptions{}); }
  void start_node(const NodeOptions& options);
  // Until it is ready (true) or has ended without that.
  [[nodiscard]] bool try_start_node(const NodeOptions& options);
  // SIGTERM; the exit status.
  int stop_node();
  void kill_node();
  [[nodiscard]] std::uint16_t node_port() const { return node_port_; }
  [[nodiscard]] pid_t node_pid() const { return node_->pid(); }
  [[nodiscard]] bool node_runs() const { return node_ && node_->wait(0ms) == -1; }
  // Process ids of the node's processes of this name (as `ps` shows it).
  [[nodiscard]] std::vector<pid_t> processes_named(const std::string& name) const;
  [[nodiscard]] bool fault_has_struck(const std::string& name) const;
  // A fault whose file is there does not strike: the test creates it to wait with the fault until later.
  [[nodiscard]] std::filesystem::path fault_file(const std::string& name) const;
  // Everything all programs of this test have written.
  [[nodiscard]] std::string logs() const;

  // --- the sender
  void start_sink();
  void stop_sink() { sink_.reset(); }
  [[nodiscard]] std::vector<SinkObject> sink_objects() const;
  // Exit status of storescu; `folder` is searched for files.
  int send(const std::filesystem::path& folder, const std::string& calling = "CTSCANNER");
  // With more options of storescu ("-xr").
  int send_with(const std::vector<std::string>& options,
                const std::filesystem::path& folder,
                const std::string& calling = "CTSCANNER");
  [[nodiscard]] std::unique_ptr<ChildProcess> start_sending(const std::filesystem::path& folder);

  // --- inputs: small series with a patient name and number no log may show
  [[nodiscard]] test::TestSeries small_series(const std::string& study = "1", int slices = 56) const;
  std::filesystem::path write(const test::TestSeries& series, const std::string& name) const;

  // --- waiting
  // Waits until `count` reports have arrived and nothing is under way, then a second for what should not
  // come. Returns what is in the sink.
  std::vector<SinkObject> wait_for_reports(std::size_t count, std::chrono::seconds limit = 90s);
  // The same when other studies are reported too.
  std::vector<SinkObject> wait_for_report_of(const std::string& study_uid, std::chrono::seconds limit = 90s);
  // The report of a study as text, or why it cannot be read.
  [[nodiscard]] std::string report_text(const std::string& study_uid) const;
  // Exactly one report and one picture of the study, nothing else.
  void expect_one_report(const std::vector<SinkObject>& objects, const std::string& study_uid) const;
  [[nodiscard]] std::unique_ptr<JobStore> open_store() const;
  // Images only of an archive below ../shared/realdata; nullopt when it is not beside the repository.
  [[nodiscard]] std::optional<std::filesystem::path> unpacked_real_data(const std::string& archive) const;

  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path data_folder() const { return folder() / "data"; }
  [[nodiscard]] std::filesystem::path config_file() const { return folder() / "focalhip.toml"; }
  [[nodiscard]] std::vector<std::string> program(const std::string& command) const;
  void write_config(const std::string& more_toml) const;

  [[nodiscard]] bool nothing_under_way(JobStore& store) const;

  StoreSettings store_;  // changed before start_node()
  std::string series_toml_ = "quiet_seconds = 3\ncomplete_quiet_seconds = 1\n";
  std::string patient_name_ = "ZACHARIAS^GEHEIM";
  std::string patient_id_ = "PID-4711-GEHEIM";

 private:
  testing_support::TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> node_;
  std::unique_ptr<ChildProcess> sink_;
  std::uint16_t node_port_ = 0;
  UniqueFd
      reserved_;  // bound, not listening: keeps the sink's port from everybody else while the sink is down
  std::uint16_t sink_port_ = 0;
  int runs_ = 0;
};

// The real hip CT below ../shared/realdata.
inline const std::string real_hip = "hip_ct/tcga-ov_09-2043_toshiba_3mm.tar.xz";

// A simulated hip CT, made once per test run; nullopt when the simulator fails.
[[nodiscard]] std::optional<std::filesystem::path> simulated_series();

}  // namespace focalhip
