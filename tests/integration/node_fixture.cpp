#include "tests/integration/node_fixture.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmsr/dsrdoc.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "listener/support/log.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

std::string value(DcmDataset& dataset, const DcmTagKey& tag) {
  OFString text;
  static_cast<void>(dataset.findAndGetOFString(tag, text));
  return text.c_str();
}

std::optional<SinkObject> read_sink_object(const fs::path& file) {
  DcmFileFormat format;
  if (format.loadFile(file.c_str(), EXS_Unknown, EGL_noChange, 4096).bad()) return std::nullopt;
  DcmDataset& dataset = *format.getDataset();
  return SinkObject{.file = file,
                    .modality = value(dataset, DCM_Modality),
                    .sop_class_uid = value(dataset, DCM_SOPClassUID),
                    .sop_instance_uid = value(dataset, DCM_SOPInstanceUID),
                    .study_instance_uid = value(dataset, DCM_StudyInstanceUID),
                    .patient_id = value(dataset, DCM_PatientID)};
}

std::size_t reports_in(const std::vector<SinkObject>& objects) {
  return static_cast<std::size_t>(std::count_if(
      objects.begin(), objects.end(), [](const SinkObject& object) { return object.modality == "SR"; }));
}

bool is_part10(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string start(132, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  return in.good() && start.ends_with("DICM");
}

std::optional<std::uint16_t> ready_port(const std::string& output) {
  const std::string word = "ready port=";
  const std::size_t at = output.find(word);
  if (at == std::string::npos || output.find('\n', at) == std::string::npos) return std::nullopt;
  return static_cast<std::uint16_t>(std::stoi(output.substr(at + word.size())));
}

}  // namespace

void NodeTest::SetUp() {
  silence_dcmtk_log();  // objects that are still arriving are looked at, too
  for (const char* program : {"storescu", "storescp", "echoscu"}) {
    if (!testing_support::has_program(program))
      GTEST_SKIP() << program << " (package dcmtk) is not installed";
  }
  fs::create_directories(folder() / "sink");
  fs::create_directories(folder() / "logs");
  reserved_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;  // lets storescp, which sets it too, listen there
  sockaddr_in address = testing_support::loopback_address(0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::setsockopt(reserved_.value(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
  ASSERT_EQ(::bind(reserved_.value(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(reserved_.value(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  sink_port_ = ntohs(address.sin_port);
}

void NodeTest::TearDown() {
  node_.reset();
  sink_.reset();
  if (HasFailure()) std::cerr << "--- logs of the failed test\n" << logs() << "---\n";
}

std::vector<std::string> NodeTest::program(const std::string& command) const {
  return {FOCALHIP_PROGRAM, command, "--config", config_file().string()};
}

void NodeTest::write_config(const std::string& more_toml) const {
  std::ofstream toml(config_file());
  toml << "[node]\nae_title = \"FOCALHIP\"\nbind = \"127.0.0.1\"\nport = 0\ndata_folder = \"data\"\n"
       << "[series]\n"
       << series_toml_ << "[limits]\nfree_mib_kept = 1\nworkers = 1\nthreads_per_job = 2\n"
       << "[sending]\nfirst_retry_seconds = 1\nlast_retry_seconds = 2\ntimeout_seconds = 20\n"
       << "[store]\nurl = \"" << store_.url << "\"\n";
  if (!store_.secret_file.empty()) toml << "secret_file = \"" << store_.secret_file.string() << "\"\n";
  toml << "[[peer]]\nae_title = \"CTSCANNER\"\nhost = \"127.0.0.1\"\nport = " << sink_port_ << "\n"
       << more_toml;
}

void NodeTest::start_node(const NodeOptions& options) { ASSERT_TRUE(try_start_node(options)); }

bool NodeTest::try_start_node(const NodeOptions& options) {
  write_config(options.more_toml);
  std::vector<std::string> command;
  if (!options.fault.empty()) {
    command = {
        "env", "FOCALHIP_FAULT=" + options.fault, "FOCALHIP_FAULT_ONCE=" + (folder() / "fault").string()};
  }
  const std::vector<std::string> listen = program("listen");
  command.insert(command.end(), listen.begin(), listen.end());
  node_ = std::make_unique<ChildProcess>(command,
                                         folder() / "logs" / ("node-" + std::to_string(++runs_) + ".log"));
  std::optional<std::uint16_t> port;
  const bool known = wait_until(
      [&] { return (port = ready_port(node_->output())).has_value() || node_->wait(0ms) != -1; }, 30s);
  EXPECT_TRUE(known) << "neither ready nor ended: " << node_->output();
  if (port) node_port_ = *port;
  return port.has_value();
}

int NodeTest::stop_node() {
  node_->kill(SIGTERM);
  return node_->wait(60s);
}

void NodeTest::kill_node() {
  node_->kill(SIGKILL);
  node_->wait(10s);
}

std::vector<pid_t> NodeTest::processes_named(const std::string& name) const {
  std::vector<pid_t> found;
  std::vector<pid_t> parents = {node_->pid()};
  while (!parents.empty()) {
    const pid_t parent = parents.back();
    parents.pop_back();
    const fs::path proc = fs::path("/proc") / std::to_string(parent);
    std::ifstream comm(proc / "comm");
    std::string own_name;
    std::getline(comm, own_name);
    if (own_name == name) found.push_back(parent);
    std::ifstream children(proc / "task" / std::to_string(parent) / "children");
    for (pid_t child = 0; children >> child;) parents.push_back(child);
  }
  return found;
}

fs::path NodeTest::fault_file(const std::string& name) const { return folder() / ("fault." + name); }

bool NodeTest::fault_has_struck(const std::string& name) const { return fs::exists(fault_file(name)); }

std::string NodeTest::logs() const {
  std::ostringstream all;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder() / "logs")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) all << file.filename().string() << ":\n" << std::ifstream(file).rdbuf();
  return all.str();
}

void NodeTest::start_sink() {
  const std::vector<std::string> command = {"storescp",
                                            "-aet",
                                            "CTSCANNER",
                                            "-uf",
                                            "-od",
                                            (folder() / "sink").string(),
                                            std::to_string(sink_port_)};
  sink_ = std::make_unique<ChildProcess>(command, folder() / "logs" / "sink.log");
  ASSERT_TRUE(wait_until([&] { return testing_support::port_answers(sink_port_); }, 10s));
}

std::vector<SinkObject> NodeTest::sink_objects() const {
  std::vector<SinkObject> objects;
  for (const auto& entry : fs::directory_iterator(folder() / "sink")) {
    if (std::optional<SinkObject> object = read_sink_object(entry.path()))
      objects.push_back(std::move(*object));
  }
  return objects;
}

std::unique_ptr<ChildProcess> NodeTest::start_sending(const fs::path& sent) {
  const std::vector<std::string> command = {"storescu",
                                            "-aet",
                                            "CTSCANNER",
                                            "-aec",
                                            "FOCALHIP",
                                            "+sd",
                                            "+r",
                                            "127.0.0.1",
                                            std::to_string(node_port_),
                                            sent.string()};
  static int number = 0;
  return std::make_unique<ChildProcess>(
      command, folder() / "logs" / ("storescu-" + std::to_string(++number) + ".log"));
}

int NodeTest::send(const fs::path& sent, const std::string& calling) { return send_with({}, sent, calling); }

int NodeTest::send_with(const std::vector<std::string>& options,
                        const fs::path& sent,
                        const std::string& calling) {
  std::vector<std::string> command = {"storescu", "-aet", calling, "-aec", "FOCALHIP", "+sd", "+r"};
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {"127.0.0.1", std::to_string(node_port_), sent.string()});
  ChildProcess sender(command, folder() / "logs" / "storescu.log");
  return sender.wait(120s);
}

test::TestSeries NodeTest::small_series(const std::string& study, int slices) const {
  test::TestSeries series;
  series.slices = slices;
  series.series_uid = "1.2.826.0.1.3680043.9999." + study + ".2";
  series.adjust = [this, study](DcmDataset& dataset, int) {
    test::put(dataset, DCM_StudyInstanceUID, "1.2.826.0.1.3680043.9999." + study);
    test::put(dataset, DCM_PatientName, patient_name_);
    test::put(dataset, DCM_PatientID, patient_id_);
  };
  return series;
}

fs::path NodeTest::write(const test::TestSeries& series, const std::string& name) const {
  test::write_series(series, folder() / "series" / name);
  return folder() / "series" / name;
}

std::unique_ptr<JobStore> NodeTest::open_store() const { return JobStore::open(store_, data_folder()); }

bool NodeTest::nothing_under_way(JobStore& store) const {
  const StoreCounts counts = store.counts();
  const auto of = [](const std::map<std::string, std::int64_t>& table, const char* state) {
    const auto found = table.find(state);
    return found == table.end() ? 0 : found->second;
  };
  return of(counts.jobs, "queued") + of(counts.jobs, "running") + of(counts.deliveries, "pending") +
             of(counts.deliveries, "sending") ==
         0;
}

std::vector<SinkObject> NodeTest::wait_for_reports(std::size_t count, std::chrono::seconds limit) {
  const bool arrived = wait_until(
      [&] { return reports_in(sink_objects()) >= count && nothing_under_way(*open_store()); }, limit);
  EXPECT_TRUE(arrived) << count << " reports expected";
  std::this_thread::sleep_for(1s);
  return sink_objects();
}

std::vector<SinkObject> NodeTest::wait_for_report_of(const std::string& study_uid,
                                                     std::chrono::seconds limit) {
  const bool arrived = wait_until(
      [&] {
        const std::vector<SinkObject> objects = sink_objects();
        return nothing_under_way(*open_store()) &&
               std::any_of(objects.begin(), objects.end(), [&](const SinkObject& object) {
                 return object.study_instance_uid == study_uid && object.modality == "SR";
               });
      },
      limit);
  EXPECT_TRUE(arrived) << "a report of study " << study_uid << " expected";
  std::this_thread::sleep_for(1s);
  return sink_objects();
}

void NodeTest::expect_one_report(const std::vector<SinkObject>& objects, const std::string& study_uid) const {
  std::map<std::string, int> modalities;
  for (const SinkObject& object : objects) {
    if (object.study_instance_uid != study_uid) continue;
    ++modalities[object.modality];
    EXPECT_EQ(object.patient_id, patient_id_);
  }
  EXPECT_EQ(modalities, (std::map<std::string, int>{{"OT", 1}, {"SR", 1}})) << study_uid;
}

std::string NodeTest::report_text(const std::string& study_uid) const {
  std::string text = "no report";
  for (const SinkObject& object : sink_objects()) {
    if (object.modality != "SR" || object.study_instance_uid != study_uid) continue;
    DcmFileFormat file;
    DSRDocument document;
    if (file.loadFile(object.file.c_str()).bad()) return "unreadable file";
    if (document.read(*file.getDataset()).bad()) return "not a Structured Report";
    std::ostringstream printed;
    document.print(printed, DSRTypes::PF_printAllCodes);
    text = printed.str();
  }
  return text;
}

std::optional<fs::path> NodeTest::unpacked_real_data(const std::string& archive_name) const {
  const fs::path archive = fs::path(FOCALHIP_SHARED_DIR) / "realdata" / archive_name;
  if (!fs::exists(archive)) return std::nullopt;
  const fs::path unpacked = folder() / "real";
  fs::create_directories(unpacked);
  ChildProcess tar({"tar", "-xJf", archive.string(), "-C", unpacked.string()}, folder() / "logs" / "tar.log");
  if (tar.wait(120s) != 0) return std::nullopt;
  // storescu stops at what is no DICOM file.
  for (const auto& entry : fs::recursive_directory_iterator(unpacked)) {
    if (entry.is_regular_file() && !is_part10(entry.path())) fs::remove(entry.path());
  }
  return unpacked;
}

std::optional<fs::path> simulated_series() {
  static const testing_support::TemporaryFolder place;
  static const bool made = [] {
    ChildProcess simulate(
        {FOCALHIP_SIMULATE_PROGRAM, "--out", (place.path() / "hip").string(), "--seed", "11"},
        place.path() / "simulate.log");
    return simulate.wait(300s) == 0;
  }();
  if (!made) return std::nullopt;
  return place.path() / "hip" / "dicom";
}

}  // namespace focalhip
