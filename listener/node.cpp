#include "listener/node.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <map>
#include <system_error>
#include <utility>
#include <variant>

#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/load_config.h"
#include "config/version.h"
#include "listener/association/run_acceptor.h"
#include "listener/collector/run_collector.h"
#include "listener/jobs/job_store.h"
#include "listener/sender/run_courier.h"
#include "listener/spool/spool_layout.h"
#include "listener/status/run_status_server.h"
#include "listener/supervisor/instance_lock.h"
#include "listener/support/fault_points.h"
#include "listener/support/fork_child.h"
#include "listener/support/log.h"
#include "listener/worker/run_worker_master.h"

namespace focalhip {

namespace {

using std::chrono::milliseconds;

enum Rank : int { accepting, collecting, working, sending };

// Processes of a killed predecessor need a moment to go.
constexpr milliseconds lock_patience{5000};

// From now on SIGTERM and SIGINT wait until somebody asks for them; forked processes begin without this.
sigset_t hold_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// SIGTERM and SIGINT as a readable descriptor, for processes that wait on descriptors.
UniqueFd stop_signals() {
  const sigset_t signals = hold_stop_signals();
  UniqueFd fd(::signalfd(-1, &signals, SFD_CLOEXEC));
  if (!fd) throw std::system_error(errno, std::generic_category(), "signalfd");
  return fd;
}

ChildSpec acceptor_spec(const NodeConfig& config, const std::shared_ptr<std::uint16_t>& bound_port) {
  ChildSpec spec;
  spec.role = "acceptor";
  spec.start_must_succeed = true;
  spec.stop_rank = accepting;
  spec.stop_grace = milliseconds(8000);
  spec.run = [config, bound_port](const ReportReady& report_ready) {
    try {
      NodeConfig bound = config;
      bound.node.port = *bound_port;
      AcceptorOptions options;
      options.on_ready = [&](std::uint16_t port) { report_ready(std::to_string(port)); };
      return run_acceptor(bound, options);
    } catch (const CannotListen& error) {
      std::fprintf(stderr, "focalhip: %s\n", error.what());
      return 1;
    }
  };
  return spec;
}

ChildSpec collector_spec(const NodeConfig& config) {
  ChildSpec spec;
  spec.role = "collector";
  spec.stop_rank = collecting;
  spec.run = [config](const ReportReady&) { return run_collector(config, stop_signals().release()); };
  return spec;
}

ChildSpec worker_spec(const NodeConfig& config, const std::string& owner) {
  ChildSpec spec;
  spec.role = "workers";
  spec.stop_rank = working;
  spec.stop_grace = milliseconds(25000);
  spec.run = [config, owner](const ReportReady& report_ready) {
    WorkerMasterOptions options;
    options.owner = owner;
    report_ready("workers");
    return run_worker_master(config, options);
  };
  return spec;
}

ChildSpec status_spec(const NodeConfig& config) {
  ChildSpec spec;
  spec.role = "status";
  spec.stop_rank = working;
  spec.run = [config](const ReportReady&) { return run_status_server(config, stop_signals().release()); };
  return spec;
}

ChildSpec courier_spec(const NodeConfig& config, const Destination& destination) {
  ChildSpec spec;
  spec.role = "courier";
  spec.stop_rank = sending;
  spec.stop_grace = milliseconds(10000);
  spec.run = [config, destination](const ReportReady&) {
    silence_dcmtk_log();
    return run_courier(config, destination, stop_signals().release());
  };
  return spec;
}

// Every destination results can be sent to: those of the peers and the ones only listed (rows may name them).
std::vector<Destination> all_destinations(const NodeConfig& config) {
  std::map<std::string, Destination> by_name;
  for (const Destination& destination : config.destinations) by_name.emplace(destination.name, destination);
  for (const Peer& peer : config.peers) {
    for (const Destination& destination : config.destinations_of(peer))
      by_name.emplace(destination.name, destination);
  }
  std::vector<Destination> all;
  for (const auto& [name, destination] : by_name) all.push_back(destination);
  return all;
}

void print_ready(const std::string& line) {
  std::printf("ready %s\n", line.c_str());
  std::fflush(stdout);
}

// The job store can be opened and has the right schema; told before anything listens. In a process of its
// own: the supervisor holds no connection.
bool store_is_usable(const NodeConfig& config) {
  const pid_t child = fork_child({"check"}, [&config] {
    static_cast<void>(JobStore::open(config.store, config.node.data_folder));
    return 0;
  });
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  std::fprintf(stderr, "focalhip: the job store cannot be used (see above)\n");
  return false;
}

// What a running node cannot change: it holds a lock on the folder.
bool same_place(const NodeConfig& one, const NodeConfig& other) {
  return one.node.data_folder == other.node.data_folder && one.node.name == other.node.name;
}

std::optional<NodeConfig> reloaded(const NodeConfig& running, const std::filesystem::path& file) {
  const Log log("supervisor");
  const auto loaded = load_config(file);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
    for (const ConfigProblem& problem : *problems) log.error("CONFIG_PROBLEM", {{"text", problem.text()}});
    return std::nullopt;
  }
  NodeConfig config = std::get<NodeConfig>(loaded);
  if (!same_place(running, config)) {
    log.error("CONFIG_PROBLEM", {{"text", "node.data_folder and node.name change only with a restart"}});
    return std::nullopt;
  }
  return config;
}

}  // namespace

std::vector<ChildSpec> node_children(const NodeConfig& config, std::shared_ptr<std::uint16_t> bound_port) {
  std::vector<ChildSpec> children;
  children.push_back(acceptor_spec(config, bound_port));
  children.push_back(collector_spec(config));
  children.push_back(worker_spec(config, "listen@" + config.node.name));
  if (config.status.port) children.push_back(status_spec(config));
  for (const Destination& destination : all_destinations(config)) {
    children.push_back(courier_spec(config, destination));
  }
  return children;
}

int run_node(const NodeConfig& config, const std::filesystem::path& config_file) {
  hold_stop_signals();  // a stop during the start is a clean end, too
  const SpoolLayout spool = spool_layout(config.node.data_folder, config.node.name);
  fault_point("supervisor_before_lock");
  const std::optional<UniqueFd> lock = take_instance_lock(spool.node_lock(), lock_patience);
  if (!lock) {
    std::fprintf(stderr, "focalhip: another node uses %s\n", spool.root.c_str());
    return 1;
  }
  fault_point("supervisor_after_lock");
  if (!store_is_usable(config)) return 1;
  fault_point("supervisor_before_children");
  const auto bound_port = std::make_shared<std::uint16_t>(config.node.port);
  SuperviseOptions options;
  options.kept_fds = {lock->value()};
  options.on_ready = [&, announced = false](const std::string& role, const std::string& message) mutable {
    if (role != "acceptor") return;
    *bound_port = static_cast<std::uint16_t>(std::stoi(message));
    if (!std::exchange(announced, true)) print_ready("port=" + message);
  };
  options.on_reload = [&]() -> std::optional<std::vector<ChildSpec>> {
    const std::optional<NodeConfig> fresh = reloaded(config, config_file);
    if (!fresh) return std::nullopt;
    if (fresh->node.port != 0) *bound_port = fresh->node.port;
    return node_children(*fresh, bound_port);
  };
  Log("supervisor").info("START", {{"version", focalhip_version()}, {"node", config.node.name}});
  return supervise(node_children(config, bound_port), options);
}

int run_workers(const NodeConfig& config, const std::filesystem::path& config_file) {
  hold_stop_signals();
  if (!store_is_usable(config)) return 1;
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const std::string owner = "work@" + std::string(host.data()) + "#" + std::to_string(::getpid());
  const auto children = [&owner](const NodeConfig& used) {
    return std::vector<ChildSpec>{worker_spec(used, owner)};
  };
  SuperviseOptions options;
  options.on_ready = [announced = false](const std::string&, const std::string& message) mutable {
    if (!std::exchange(announced, true)) print_ready(message);
  };
  options.on_reload = [&]() -> std::optional<std::vector<ChildSpec>> {
    const std::optional<NodeConfig> fresh = reloaded(config, config_file);
    if (!fresh) return std::nullopt;
    return children(*fresh);
  };
  Log("supervisor").info("START", {{"version", focalhip_version()}, {"owner", owner}});
  return supervise(children(config), options);
}

}  // namespace focalhip
