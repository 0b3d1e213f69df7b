#pragma once

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "listener/jobs/job_store.h"
#include "listener/outbox/outbox.h"
#include "listener/sender/run_courier.h"
#include "listener/support/durable_file.h"
#include "listener/support/utc_clock.h"
#include "tests/support/child_process.h"
#include "tests/support/forked_process.h"
#include "tests/support/free_port.h"
#include "tests/support/temporary_folder.h"

namespace focalhip::testing_support {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// DCMTK's storescp as the destination: what it stored, in the order in which it came.
class StorageServer {
 public:
  StorageServer(const fs::path& folder, std::uint16_t port, const std::vector<std::string>& options = {})
      : folder_(folder), port_(port) {
    fs::create_directories(folder_ / "received");
    std::vector<std::string> command = {
        "storescp", "-v", "-aet", "PACS", "-od", (folder_ / "received").string()};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(std::to_string(port_));
    process_ = std::make_unique<ChildProcess>(command, folder_ / "storescp.log");
    if (!wait_until([&] { return port_answers(port_); }, 10s)) throw std::runtime_error(process_->output());
  }
  // SOP Instance UIDs as stored, repetitions included. The files are called <modality>.<UID>.
  [[nodiscard]] std::vector<std::string> stored() const {
    std::vector<std::string> uids;
    std::istringstream log(process_->output());
    for (std::string line; std::getline(log, line);) {
      if (line.find("storing DICOM file: ") == std::string::npos) continue;
      const std::string name = fs::path(line).filename().string();
      uids.push_back(name.substr(name.find('.') + 1));
    }
    return uids;
  }
  [[nodiscard]] std::string log() const { return process_->output(); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_ / "received"), fs::directory_iterator()));
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  fs::path folder_;
  std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

// A data folder with one finished job whose report waits in the outbox, and couriers as processes. The test's
// own process never passes a fault point nor keeps the store open while it forks.
class Sending : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_program("storescp")) GTEST_SKIP() << "storescp (package dcmtk) is not installed";
    config_.node.data_folder = folder_.path() / "data";
    config_.node.ae_title = "FOCALHIP";
    config_.sending.first_retry = 1s;
    config_.sending.last_retry = 1s;
    config_.sending.timeout = 5s;
  }

  static Destination destination(const std::string& name, std::uint16_t port) {
    return {.name = name, .ae_title = "PACS", .host = "127.0.0.1", .port = port};
  }

  // A data set just large enough to be stored; its UID is the object's name in the tests.
  static EncodedObject object(const std::string& part,
                              const std::string& uid,
                              const char* sop_class,
                              int alternative,
                              const std::vector<std::string>& companions = {}) {
    DcmFileFormat file;
    DcmDataset& data = *file.getDataset();
    data.putAndInsertString(DCM_SOPClassUID, sop_class);
    data.putAndInsertString(DCM_SOPInstanceUID, uid.c_str());
    data.putAndInsertString(DCM_StudyInstanceUID, "1.2.3");
    data.putAndInsertString(DCM_SeriesInstanceUID, ("1.2.3." + std::to_string(part.size())).c_str());
    data.putAndInsertString(DCM_PatientName, "Test^Hip");
    const std::vector<Uint8> filling(200'000, 7);  // several PDUs
    data.putAndInsertUint8Array(DCM_EncapsulatedDocument, filling.data(), filling.size());
    const TemporaryFolder scratch;
    const fs::path path = scratch.path() / "object";
    if (file.saveFile(path.c_str(), EXS_LittleEndianExplicit).bad())
      throw std::runtime_error("saving failed");
    EncodedObject encoded;
    encoded.part = part;
    encoded.file_name = uid + ".dcm";
    encoded.sop_class_uid = sop_class;
    encoded.sop_instance_uid = uid;
    encoded.bytes = read_small_file(path);
    encoded.alternative = alternative;
    encoded.companions = companions;
    return encoded;
  }
  // Names of the objects of report(): multi-frame picture, single-frame picture, the reports that go with
  // them.
  static constexpr const char* multi = "1.2.3.11";
  static constexpr const char* single = "1.2.3.12";
  static constexpr const char* report_3d = "1.2.3.21";
  static constexpr const char* report_enhanced = "1.2.3.22";
  static constexpr const char* report_3d_single = "1.2.3.23";
  static constexpr const char* report_enhanced_single = "1.2.3.24";
  static std::vector<EncodedObject> report() {
    return {object("sc", multi, UID_MultiframeTrueColorSecondaryCaptureImageStorage, 0),
            object("sc", single, UID_SecondaryCaptureImageStorage, 1),
            object("sr", report_3d, UID_Comprehensive3DSRStorage, 0, {multi}),
            object("sr", report_enhanced, UID_EnhancedSRStorage, 1, {multi}),
            object("sr", report_3d_single, UID_Comprehensive3DSRStorage, 2, {single}),
            object("sr", report_enhanced_single, UID_EnhancedSRStorage, 3, {single})};
  }

  // A job of `study`, finished, for these destinations.
  void queue(const std::vector<std::string>& destinations, const std::string& study = "1.2.3") {
    ForkedProcess process([&] {
      const auto store = open();
      NewJob job;
      job.study_instance_uid = study;
      job.content_digest = "content";
      job.identity_digest = "identity";
      job.calling_ae_title = "CTSCANNER";
      job.input = "{}";
      const UtcMs now_ms = utc_now_ms();
      (void)store->add_job(job, now_ms);
      const auto claimed = store->claim("worker", now_ms, now_ms + 60'000);
      const std::string folder =
          write_outbox(config_.node.data_folder, claimed->id, claimed->attempt, report());
      return store->finish(*claimed, "", folder, destinations, now_ms) ? 0 : 1;
    });
    ASSERT_EQ(process.wait(20s), 0);
  }

  // A courier process; `fault` as in FOCALHIP_FAULT.
  std::unique_ptr<ForkedProcess> courier(const Destination& to, const std::string& fault = "") {
    return std::make_unique<ForkedProcess>([this, to, fault] {
      if (!fault.empty()) ::setenv("FOCALHIP_FAULT", fault.c_str(), 1);
      return run_courier(config_, to, -1);
    });
  }

  [[nodiscard]] std::unique_ptr<JobStore> open() const {
    return JobStore::open(config_.store, config_.node.data_folder);
  }
  [[nodiscard]] Delivery delivery_to(const std::string& name) const {
    for (const Delivery& delivery : open()->deliveries(0)) {
      if (delivery.destination == name) return delivery;
    }
    throw std::runtime_error("no delivery to " + name);
  }
  [[nodiscard]] bool reaches(const std::string& name,
                             DeliveryState state,
                             std::chrono::milliseconds limit = 20s) {
    return wait_until([&] { return delivery_to(name).state == state; }, limit);
  }

  TemporaryFolder folder_;
  NodeConfig config_;
};

}  // namespace focalhip::testing_support
