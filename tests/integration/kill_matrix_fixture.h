#pragma once

#include <set>
#include <string>
#include <vector>

#include "listener/support/fault_points.h"
#include "tests/integration/node_fixture.h"

namespace focalhip {

// One row of the kill matrix: a node in which one process dies at one step, and what came of it.
struct MatrixRow {
  FaultStep step;
  bool reached = false;
  std::size_t lost = 0;     // reports, pictures, received instances
  std::size_t doubled = 0;  // reports and pictures beyond one, by SOP Instance UID
  std::size_t half_written = 0;
  double seconds = 0.0;
};

// The node under the hands of a patient sender (sends again what was not answered) and a service manager
// (starts a dead node again).
class KillMatrix : public NodeTest {
 protected:
  static constexpr int slices = 56;  // the least that is a complete volume

  void SetUp() override;

  // --- the death
  [[nodiscard]] bool struck() const;
  void arm_later();  // the fault waits ...
  void arm();        // ... until now

  // --- service manager and sender
  void keep_running();
  void deliver(const std::filesystem::path& sent, const std::vector<std::string>& options = {});
  // Until the fault has struck (when wanted), a report has arrived and nothing is under way.
  void settle(bool with_fault = true);
  // For retention: as if more than its shortest times had passed.
  void make_outbox_old() const;
  void make_rows_old() const;

  // --- what is sent
  std::filesystem::path series();
  std::filesystem::path deep_object();  // refused by the receiver
  int send_commitment_report();         // status of the response; -1: no answer

  // --- afterwards
  [[nodiscard]] SpoolLayout spool() const;
  MatrixRow audit() const;
  void expect_jobs_ended() const;
  // What may wait for the next clean-up, which spares what is recent, is made old and must go at the next
  // start.
  void expect_no_orphans();

  FaultStep step_;
  std::string fault_;  // FOCALHIP_FAULT of every start
  std::string more_toml_;
  std::size_t instances_ = slices;  // that must be in the spool at the end
  std::size_t jobs_ = 1;            // that end with a report
  std::size_t alarms_ = 0;

 private:
  [[nodiscard]] std::set<std::string> at_sink(const std::string& modality) const;
  bool armed_ = true;
};

// Kept for the table that is printed when all tests have run.
void keep_row(const MatrixRow& row);

}  // namespace focalhip
