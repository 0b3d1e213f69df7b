#include "config/load_config.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/calibration_file.h"

namespace focalhip {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LoadConfig : public testing::Test {
 protected:
  LoadConfig() {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("focalhip-config-" + std::to_string(::getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  ~LoadConfig() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text, const std::string& name = "focalhip.toml") const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  NodeConfig good(const std::string& text) const {
    const auto loaded = load_config(write(text));
    if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
      for (const ConfigProblem& problem : *problems) ADD_FAILURE() << problem.text();
      return {};
    }
    return std::get<NodeConfig>(loaded);
  }
  // "LINE: key: rule" of every problem.
  std::vector<std::string> problems(const std::string& text) const {
    const auto loaded = load_config(write(text));
    const auto* found = std::get_if<std::vector<ConfigProblem>>(&loaded);
    if (found == nullptr) return {};
    std::vector<std::string> lines;
    for (const ConfigProblem& problem : *found) {
      lines.push_back(problem.text().substr(problem.file.string().size() + 1));
    }
    return lines;
  }

  std::filesystem::path folder_;
};

const std::string least_configuration = R"(
[node]
ae_title = "FOCALHIP"
bind = "127.0.0.1"
port = 11112
data_folder = "/var/lib/focalhip"
[series]
quiet_seconds = 30
[[peer]]
ae_title = "CTSCANNER"
host = "127.0.0.1"
port = 11113
)";

TEST_F(LoadConfig, ReadsTheLeastConfiguration) {
  const NodeConfig config = good(least_configuration);
  EXPECT_EQ(config.node.ae_title, "FOCALHIP");
  EXPECT_EQ(config.node.port, 11112);
  EXPECT_EQ(config.node.data_folder, "/var/lib/focalhip");
  EXPECT_EQ(config.series.quiet, std::chrono::seconds(30));
  ASSERT_EQ(config.peers.size(), 1U);
  EXPECT_EQ(config.peers[0].host, "127.0.0.1");
  EXPECT_EQ(config.peers[0].port, 11113);
  EXPECT_EQ(config.store.url, "sqlite");
}

TEST_F(LoadConfig, TakesEveryDefaultFromAnEmptyFile) {
  const NodeConfig config = good("");
  EXPECT_EQ(config.node.port, NodeSettings{}.port);
  EXPECT_EQ(config.limits.job_memory_bytes, LimitSettings{}.job_memory_bytes);
  EXPECT_FALSE(config.status.port.has_value());
  EXPECT_TRUE(config.analysis.calibration.phantoms.empty());
  EXPECT_FALSE(config.analysis.calibration.internal);
}

TEST_F(LoadConfig, ConvertsUnitsOfTheFileIntoThoseOfTheStructs) {
  const NodeConfig config = good(R"(
[limits]
object_mib = 3
job_seconds = 90
threads_per_job = 5
[retention]
received_days = 2
[sending]
park_after_hours = 7
)");
  EXPECT_EQ(config.limits.object_bytes, 3U * 1024U * 1024U);
  EXPECT_EQ(config.limits.job_deadline, std::chrono::seconds(90));
  EXPECT_EQ(config.analysis.threads, 5);
  EXPECT_EQ(config.retention.received, std::chrono::hours(48));
  EXPECT_EQ(config.sending.park_after, std::chrono::hours(7));
}

TEST_F(LoadConfig, ResolvesRelativePathsAgainstTheFileAndKeepsAbsoluteOnes) {
  EXPECT_EQ(good("[node]\ndata_folder = \"data/node\"\n").node.data_folder, folder_ / "data/node");
  EXPECT_EQ(good("[node]\ndata_folder = \"../x\"\n").node.data_folder, folder_.parent_path() / "x");
  EXPECT_EQ(good("[node]\ndata_folder = \"/srv/x\"\n").node.data_folder, "/srv/x");
}

TEST_F(LoadConfig, ReportsEveryProblemOfAFileAtOnceInTheOrderOfItsLines) {
  const auto found = problems(R"([node]
ae_title = "SEVENTEEN_LETTERS"
port = 70000
bind = "ct.example.org"
prot = 1
[[peer]]
ae_title = "A\\B"
host = "not a host"
port = "104"
[limits]
workers = 0
[typo]
x = 1
)");
  EXPECT_THAT(found,
              ElementsAre(HasSubstr("2: node.ae_title: must be 1 to 16"),
                          HasSubstr("3: node.port: must be a whole number from 0 to 65535"),
                          HasSubstr("4: node.bind: must be an IPv4 or IPv6 address"),
                          HasSubstr("5: node.prot: unknown key; did you mean port?"),
                          HasSubstr("7: peer[0].ae_title: must be 1 to 16"),
                          HasSubstr("8: peer[0].host: must be a host name"),
                          HasSubstr("9: peer[0].port: must be a whole number"),
                          HasSubstr("11: limits.workers: must be a whole number from 1 to 256"),
                          HasSubstr("12: typo: unknown key")));
}

TEST_F(LoadConfig, NamesFileAndLineOfAProblem) {
  const auto loaded = load_config(write("\n\n[node]\nport = -1\n"));
  const auto& found = std::get<std::vector<ConfigProblem>>(loaded);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text(),
            (folder_ / "focalhip.toml").string() + ":4: node.port: must be a whole number from 0 to 65535");
}

TEST_F(LoadConfig, ReportsBrokenSyntaxWithItsLine) {
  EXPECT_THAT(problems("[node]\nport = \n"), ElementsAre(HasSubstr("2: syntax: ")));
  EXPECT_THAT(problems("[node]\n[node]\n"), ElementsAre(HasSubstr("2: syntax: ")));
  EXPECT_THAT(problems(std::string("\xff\xfe\0\0", 4)), ElementsAre(HasSubstr(": syntax: ")));
}

TEST_F(LoadConfig, ReportsAMissingFileAndAFolder) {
  const auto missing = load_config(folder_ / "none.toml");
  EXPECT_THAT(std::get<1>(missing).at(0).text(), HasSubstr("none.toml:1: file: no such file"));
  const auto is_folder = load_config(folder_);
  EXPECT_THAT(std::get<1>(is_folder).at(0).text(), HasSubstr(":1: file: not a file"));
}

TEST_F(LoadConfig, RefusesAFileThatIsTooLarge) {
  EXPECT_THAT(problems(std::string((1U << 20) + 1, '#')), ElementsAre(HasSubstr("larger than 1 MiB")));
}

TEST_F(LoadConfig, TrimsAeTitlesWhoseSpacesCarryNoMeaning) {
  EXPECT_EQ(good("[node]\nae_title = \"  MY NODE \"\n").node.ae_title, "MY NODE");
}

TEST_F(LoadConfig, RefusesAnAeTitleOfTwoPeersAndAliases) {
  const std::string text = R"([[peer]]
ae_title = "CT1"
aliases = ["CT2"]
host = "10.0.0.1"
port = 104
[[peer]]
ae_title = "CT2"
host = "10.0.0.2"
port = 104
aliases = ["CT1 "]
)";
  EXPECT_THAT(problems(text),
              ElementsAre(HasSubstr("7: peer[1].ae_title: \"CT2\" is already used by peer[0].aliases"),
                          HasSubstr("10: peer[1].aliases: \"CT1\" is already used by peer[0].ae_title")));
}

TEST_F(LoadConfig, RefusesResultsToAnUnknownDestination) {
  const std::string text = R"([[peer]]
ae_title = "CT1"
from = ["10.0.0.0/8"]
results_to = ["PACS", "PASC", "CT2"]
[[peer]]
ae_title = "CT2"
from = ["10.0.0.0/8"]
results_to = ["PACS"]
[[destination]]
name = "PACS"
ae_title = "ARCHIVE"
host = "pacs.example.org"
port = 104
)";
  EXPECT_THAT(problems(text),
              ElementsAre(HasSubstr("4: peer[0].results_to[1]: \"PASC\" is neither"),
                          HasSubstr("4: peer[0].results_to[2]: \"CT2\" has no host and port")));
}

TEST_F(LoadConfig, RefusesTwoDestinationsOfOneName) {
  const std::string destination = "ae_title = \"X\"\nhost = \"h\"\nport = 104\n";
  EXPECT_THAT(
      problems("[[destination]]\nname = \"P\"\n" + destination + "[[destination]]\nname = \"P\"\n" +
               destination + "[[peer]]\n" + destination + "[[destination]]\nname = \"X\"\n" + destination),
      ElementsAre(HasSubstr("7: destination[1].name: \"P\" is already used"),
                  HasSubstr("16: destination[2].name: \"X\" is already the name of the [[peer]]")));
}

TEST_F(LoadConfig, AsksForHostAndPortOnlyWhereResultsGo) {
  EXPECT_THAT(problems("[[peer]]\nae_title = \"A\"\n"),
              ElementsAre(HasSubstr("1: peer[0].host: missing"), HasSubstr("1: peer[0].port: missing")));
  EXPECT_THAT(problems("[[peer]]\nae_title = \"A\"\nsilent = true\nhost = \"ct\"\n"), IsEmpty());
  EXPECT_THAT(problems("[[peer]]\nae_title = \"A\"\nsilent = true\nfrom = [\"10.0.0.0/40\"]\n"),
              ElementsAre(HasSubstr("4: peer[0].from[0]: must be an address or a range")));
}

TEST_F(LoadConfig, KeepsPasswordsOutOfTheFile) {
  EXPECT_THAT(problems("[store]\nurl = \"postgresql://focalhip:pw@db/jobs\"\n"),
              ElementsAre(HasSubstr("2: store.url: must not contain a password")));
  EXPECT_THAT(problems("[store]\nurl = \"mysql://db\"\n"), ElementsAre(HasSubstr("2: store.url: must be")));
  EXPECT_THAT(problems("[store]\nsecret_file = \"none\"\n"),
              ElementsAre(HasSubstr("store.secret_file: cannot read")));
  write("secret\n", "pw");
  const NodeConfig config =
      good("[store]\nurl = \"postgresql://focalhip@db:5432/jobs\"\nsecret_file = \"pw\"\n");
  EXPECT_EQ(config.store.secret_file, folder_ / "pw");
}

TEST_F(LoadConfig, RefusesAnAtlasThatCannotBeRead) {
  EXPECT_THAT(
      problems("[atlas]\nfiles = [\"a.h5\", 3]\n"),
      ElementsAre(HasSubstr("2: atlas.files[1]: must be a text"), HasSubstr("2: atlas.files: cannot read ")));
}

TEST_F(LoadConfig, ReadsAPhantomCertificate) {
  const NodeConfig config = good(R"([[phantom]]
name = "mindways-3 serial 4408"
rods = [{name = "A", k2hpo4 = -50, water = 1012.5}, {name = "B", k2hpo4 = -53.4, water = 1056.95},
        {name = "C", k2hpo4 = 58.88, water = 1103.57}, {name = "D", k2hpo4 = 157.05, water = 1119.52}]
)");
  ASSERT_EQ(config.analysis.calibration.phantoms.size(), 1U);
  const Phantom& phantom = config.analysis.calibration.phantoms[0].phantom;
  EXPECT_EQ(phantom.name, "mindways-3 serial 4408");
  EXPECT_EQ(phantom.basis, MineralBasis::k2hpo4);
  ASSERT_EQ(phantom.rods.size(), 4U);
  EXPECT_EQ(phantom.rods[0].name, "A");
  EXPECT_EQ(phantom.rods[0].mineral_mg_cm3, -50.0);
  EXPECT_EQ(phantom.rods[3].water_mg_cm3, 1119.52);
}

TEST_F(LoadConfig, RefusesAnImpossiblePhantom) {
  EXPECT_THAT(problems("[[phantom]]\nname = \"x\"\nrods = [{name = \"A\", k2hpo4 = nan, watr = 1}]\n"),
              ElementsAre(HasSubstr("1: phantom[0].serial: missing"),
                          HasSubstr("3: phantom[0].rods[0].water: missing"),
                          HasSubstr("3: phantom[0].rods[0].k2hpo4: must be a number from -200 to 1500"),
                          HasSubstr("3: phantom[0].rods[0].watr: unknown key; did you mean water?"),
                          HasSubstr("3: phantom[0].rods: must name 2 to 8 rods")));
  EXPECT_THAT(problems("[[phantom]]\nname = \"mindways-4\"\n"),
              ElementsAre(HasSubstr("1: phantom[0].rods: missing; only mindways-3, qrm-bdc-3")));
  EXPECT_THAT(problems("[[phantom]]\nname = \"qrm-bdc-3\"\n"),
              ElementsAre(HasSubstr("phantom[0].serial: missing; a phantom of two or three rods")));
  EXPECT_THAT(
      problems(R"([[phantom]]
name = "twins"
serial = "1"
rods = [{name = "1", ha = 100}, {name = "2", ha = 100}, {name = "3", k2hpo4 = 5, water = 1000}]
)"),
      ElementsAre(HasSubstr("4: phantom[0].rods[2].name: all rods of a phantom hold the same mineral"),
                  HasSubstr("4: phantom[0].rods: rods 1 and 2 have the same density")));
}

TEST_F(LoadConfig, ReadsPhantomsByNameAndScanner) {
  const NodeConfig config = good(R"(
[[phantom]]
name = "qrm-bdc-6"
[[phantom]]
name = "siemens-osteo"
serial = "77"
station = "CT2"
first_rod = "left"
[[phantom]]
name = "own"
station = "CT3"
rods = [{name = "1", ha = 0}, {name = "2", ha = 100.5}, {name = "3", ha = 200}, {name = "4", ha = 300}]
)");
  const auto& phantoms = config.analysis.calibration.phantoms;
  ASSERT_EQ(phantoms.size(), 3U);
  EXPECT_EQ(phantoms[0].phantom, *builtin_phantom("qrm-bdc-6"));
  EXPECT_EQ(phantoms[1].device_serial_number, "77");
  EXPECT_EQ(phantoms[1].station_name, "CT2");
  EXPECT_EQ(phantoms[1].phantom.first_rod, FirstRod::left);
  EXPECT_EQ(phantoms[2].phantom.basis, MineralBasis::hydroxyapatite);
  EXPECT_EQ(phantoms[2].phantom.rods[1].mineral_mg_cm3, 100.5);
}

TEST_F(LoadConfig, RefusesPhantomsThatCannotBeToldApart) {
  EXPECT_THAT(
      problems("[[phantom]]\nname = \"bmas-200\"\n[[phantom]]\nname = \"bmas-200\"\n"),
      ElementsAre(HasSubstr("4: phantom[1].name: \"bmas-200\" is already given for the same scanner")));
  EXPECT_THAT(
      problems("[[phantom]]\nname = \"bmas-200\"\nserial = \"1\"\n[[phantom]]\nname = "
               "\"qrm-bdc-3\"\nserial = \"1\"\n"),
      ElementsAre(HasSubstr("5: phantom[1].name: a phantom of two or three rods must be the only one")));
}

TEST_F(LoadConfig, ReadsTheConversionBetweenTheMinerals) {
  const auto policy = [&](const std::string& keys) {
    return good("[calibration]\n" + keys).analysis.calibration.kappa;
  };
  EXPECT_EQ(policy("").rule, KappaRule::energy);
  EXPECT_EQ(policy("kappa_policy = \"none\"\n").rule, KappaRule::none);
  EXPECT_EQ(policy("kappa_policy = \"fixed\"\nkappa = 1.16\nkappa_offset = -3\n"),
            (KappaPolicy{.rule = KappaRule::fixed, .fixed_k = 1.16, .fixed_c_mg_cm3 = -3.0}));
  EXPECT_THAT(problems("[calibration]\nkappa_policy = \"fixed\"\n"),
              ElementsAre(HasSubstr("calibration.kappa: missing")));
  EXPECT_THAT(problems("[calibration]\nkappa = 1.1\n"),
              ElementsAre(HasSubstr("calibration.kappa_policy: must be \"fixed\"")));
}

TEST_F(LoadConfig, ReadsTheEntriesOfTheCalibrationFile) {
  const std::string keys = "[calibration]\nasynchronous_file = \"calibrations.toml\"\n";
  EXPECT_TRUE(good(keys).analysis.calibration.entries.empty());  // nothing entered yet: no such file
  const CalibrationEntry entry{.date = "20261120",
                               .device_serial_number = "7",
                               .kernel = "B",
                               .phantom = "mindways-3",
                               .sigma_ct_hu_per_mg_cm3 = 1.370123456789,
                               .kappa_policy = "energy/1",
                               .in_plane_psf_sigma_mm = 0.55};
  write(calibration_file_header() + entry_text(entry), "calibrations.toml");
  const NodeConfig config = good(keys + "internal = true\nasynchronous_days = 10\n");
  ASSERT_EQ(config.analysis.calibration.entries.size(), 1U);
  EXPECT_EQ(config.analysis.calibration.entries[0].sigma_ct_hu_per_mg_cm3, 1.370123456789);
  EXPECT_EQ(config.analysis.calibration.asynchronous_days, 10);
  EXPECT_TRUE(config.analysis.calibration.internal);
  write(entry_text(entry) + "sigma = 1\n", "calibrations.toml");
  EXPECT_THAT(problems(keys), ElementsAre(HasSubstr("entry[0].sigma: unknown key")));
}

TEST_F(LoadConfig, RefusesLimitsThatContradictEachOther) {
  EXPECT_THAT(problems("[limits]\nassociations = 2\nassociations_per_peer = 3\n"),
              ElementsAre(HasSubstr("3: limits.associations_per_peer: must not exceed associations")));
  EXPECT_THAT(problems("[sending]\nfirst_retry_seconds = 20\nlast_retry_seconds = 10\n"),
              ElementsAre(HasSubstr("3: sending.last_retry_seconds: must not be shorter")));
  EXPECT_THAT(problems("[node]\nport = 8080\n[status]\nport = 8080\n"),
              ElementsAre(HasSubstr("3: status: port must not be the port of [node]")));
}

TEST_F(LoadConfig, RefusesWrongShapes) {
  EXPECT_THAT(problems("node = 3\n"), ElementsAre(HasSubstr("1: node: must be a table")));
  EXPECT_THAT(problems("peer = [1]\n"), ElementsAre(HasSubstr("1: peer: must be a list of tables")));
  EXPECT_THAT(problems("[[peer]]\nae_title = [\"X\"]\nhost = \"h\"\nport = 1\nsilent = \"no\"\n"),
              ElementsAre(HasSubstr("2: peer[0].ae_title: must be a text"),
                          HasSubstr("5: peer[0].silent: must be true or false")));
}

TEST_F(LoadConfig, ASenderMayTellTheSideAndTheSiteWhatLateralityMeans) {
  const NodeConfig config = good(
      "[analysis]\nlaterality = \"fractured\"\n"
      "[[peer]]\nae_title = \"CTRIGHT\"\nhost = \"h\"\nport = 1\nside = \"right\"\n"
      "[[peer]]\nae_title = \"CT\"\nhost = \"h\"\nport = 1\n");
  EXPECT_EQ(config.analysis.laterality, LateralityMeaning::fractured);
  EXPECT_EQ(config.peers.at(0).side, SideChoice::right);
  EXPECT_EQ(config.peers.at(1).side, std::nullopt);
  EXPECT_THAT(problems("[analysis]\nlaterality = \"yes\"\n"
                       "[[peer]]\nae_title = \"CT\"\nhost = \"h\"\nport = 1\nside = \"up\"\n"),
              ElementsAre(HasSubstr("2: analysis.laterality: must be one of"),
                          HasSubstr("7: peer[0].side: must be one of")));
}

TEST_F(LoadConfig, SendsResultsBackToTheCallerUnlessToldOtherwise) {
  const NodeConfig config = good(R"(
[[peer]]
ae_title = "CT1"
aliases = ["CT1B"]
host = "10.0.0.1"
port = 104
secondary_capture = "single"
[[peer]]
ae_title = "CT2"
host = "10.0.0.2"
results_to = ["PACS", "CT1"]
[[peer]]
ae_title = "CT3"
host = "10.0.0.3"
silent = true
[[destination]]
name = "PACS"
ae_title = "ARCHIVE"
host = "pacs"
port = 4242
)");
  ASSERT_NE(config.peer("CT1B"), nullptr);
  const auto own = config.destinations_of(*config.peer("CT1B"));
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].name, "CT1");
  EXPECT_EQ(own[0].port, 104);
  EXPECT_EQ(own[0].secondary_capture, SecondaryCapture::single);
  const auto others = config.destinations_of(*config.peer("CT2"));
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[0].ae_title, "ARCHIVE");
  EXPECT_EQ(others[1].host, "10.0.0.1");
  EXPECT_THAT(config.destinations_of(*config.peer("CT3")), IsEmpty());
  EXPECT_EQ(config.peer("CT4"), nullptr);
}

std::string default_file_text() {
  std::ifstream stream(std::filesystem::path(FOCALHIP_SOURCE_DIR) / "config/focalhip.toml");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

TEST_F(LoadConfig, AcceptsTheAnnotatedDefaultFile) {
  const auto loaded = load_config(std::filesystem::path(FOCALHIP_SOURCE_DIR) / "config/focalhip.toml");
  if (const auto* found = std::get_if<1>(&loaded)) {
    for (const ConfigProblem& problem : *found) ADD_FAILURE() << problem.text();
  }
}

// The annotated file shows optional keys commented out ("#key = value"); with every such line switched on,
// the loader must know each of them and find the defaults unchanged.
TEST_F(LoadConfig, AnnotatedDefaultFileShowsEveryKeyTheLoaderKnows) {
  std::istringstream lines(default_file_text());
  std::vector<std::string> shown;
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#') && !line.starts_with("# ")) line.erase(0, 1);
    if (line.starts_with("[[")) {
      section = line.substr(2, line.find(']') - 2) + "[].";
    } else if (line.starts_with('[')) {
      section = line.substr(1, line.find(']') - 1) + ".";
    } else if (const auto equals = line.find(" = "); equals != std::string::npos && !line.starts_with('#')) {
      shown.push_back(section + line.substr(0, equals));
    }
  }
  EXPECT_THAT(known_config_keys(), Contains("peer[].secondary_capture"));
  EXPECT_THAT(known_config_keys(), Contains("peer[].side"));
  EXPECT_THAT(known_config_keys(), Contains("analysis.laterality"));
  for (const std::string& key : known_config_keys()) {
    const bool is_table = key.find('.') == std::string::npos;
    const bool is_rod_field =
        key.starts_with("phantom[].rods[].");  // one inline table, checked by loading it
    if (is_table || is_rod_field) continue;
    EXPECT_THAT(shown, Contains(key));
  }
}

TEST_F(LoadConfig, AnnotatedDefaultFileShowsTheDefaults) {
  std::istringstream lines(default_file_text());
  std::string switched_on;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#') && !line.starts_with("# ") && line.size() > 1) line.erase(0, 1);
    switched_on += line + "\n";
  }
  write("pw", "postgresql-password");
  write("h5", "site_F.h5");
  // The figures of kappa are shown for "fixed" and are an error beside another rule.
  const std::string usual_rule = "kappa_policy = \"energy\"";
  const std::size_t rule = switched_on.find(usual_rule);
  ASSERT_NE(rule, std::string::npos);
  const NodeConfig config = good(switched_on.replace(rule, usual_rule.size(), "kappa_policy = \"fixed\""));
  const NodeConfig defaults;
  EXPECT_EQ(config.node.ae_title, defaults.node.ae_title);
  EXPECT_EQ(config.node.port, defaults.node.port);
  EXPECT_EQ(config.node.data_folder, defaults.node.data_folder);
  EXPECT_EQ(config.series.quiet, defaults.series.quiet);
  EXPECT_EQ(config.series.complete_quiet, defaults.series.complete_quiet);
  EXPECT_EQ(config.limits.associations, defaults.limits.associations);
  EXPECT_EQ(config.limits.associations_per_peer, defaults.limits.associations_per_peer);
  EXPECT_EQ(config.limits.object_bytes, defaults.limits.object_bytes);
  EXPECT_EQ(config.limits.free_bytes_kept, defaults.limits.free_bytes_kept);
  EXPECT_EQ(config.limits.association_request, defaults.limits.association_request);
  EXPECT_EQ(config.limits.idle, defaults.limits.idle);
  EXPECT_EQ(config.limits.association_total, defaults.limits.association_total);
  EXPECT_EQ(config.limits.minimum_bytes_per_second, defaults.limits.minimum_bytes_per_second);
  EXPECT_EQ(config.limits.job_deadline, defaults.limits.job_deadline);
  EXPECT_EQ(config.limits.job_memory_bytes, defaults.limits.job_memory_bytes);
  EXPECT_EQ(config.limits.workers, defaults.limits.workers);
  EXPECT_EQ(config.limits.threads_per_job, defaults.limits.threads_per_job);
  EXPECT_EQ(config.retention.received, defaults.retention.received);
  EXPECT_EQ(config.retention.results, defaults.retention.results);
  EXPECT_EQ(config.retention.jobs, defaults.retention.jobs);
  EXPECT_EQ(config.sending.first_retry, defaults.sending.first_retry);
  EXPECT_EQ(config.sending.last_retry, defaults.sending.last_retry);
  EXPECT_EQ(config.sending.park_after, defaults.sending.park_after);
  EXPECT_EQ(config.sending.timeout, defaults.sending.timeout);
  EXPECT_EQ(config.sending.first_series_number, defaults.sending.first_series_number);
  EXPECT_EQ(config.sending.storage_commitment, defaults.sending.storage_commitment);
  EXPECT_EQ(config.status.bind, defaults.status.bind);
  EXPECT_EQ(config.analysis.side, defaults.analysis.side);
  EXPECT_EQ(config.analysis.laterality, defaults.analysis.laterality);
  // The example certificate is the built-in one.
  const Phantom& shown = config.analysis.calibration.phantoms.at(0).phantom;
  const Phantom built_in = mindways_model_3();
  ASSERT_EQ(shown.rods.size(), built_in.rods.size());
  for (std::size_t i = 0; i < shown.rods.size(); ++i) {
    EXPECT_EQ(shown.rods[i].mineral_mg_cm3, built_in.rods[i].mineral_mg_cm3);
    EXPECT_EQ(shown.rods[i].water_mg_cm3, built_in.rods[i].water_mg_cm3);
  }
}

}  // namespace
}  // namespace focalhip
