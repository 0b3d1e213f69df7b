#include "tests/unit/listener/jobs/temporary_postgres.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener/jobs/database.h"
#include "tests/support/free_port.h"

namespace focalhip::testing_support {

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> newest_programs() {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    if (fs::exists(version.path() / "bin/initdb") && fs::exists(version.path() / "bin/postgres")) {
      found.push_back(version.path() / "bin");
    }
  }
  if (found.empty()) return std::nullopt;
  return *std::max_element(found.begin(), found.end());
}

// Whom the server runs as when we are root.
const passwd* other_user() {
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

// Starts a program as a user that is not root; it dies with us. Its output goes to `log`.
pid_t start_program(const std::vector<std::string>& command, const fs::path& log) {
  const passwd* user = ::geteuid() == 0 ? other_user() : nullptr;
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (user != nullptr && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

}  // namespace

TemporaryPostgres* TemporaryPostgres::instance() {
  static const std::optional<fs::path> programs = newest_programs();
  if (!programs) return nullptr;
  static const std::unique_ptr<TemporaryPostgres> one(new TemporaryPostgres(*programs));
  return one.get();
}

TemporaryPostgres::TemporaryPostgres(fs::path programs) : programs_(std::move(programs)) {
  std::string pattern = "/tmp/focalhip-postgres-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  std::ofstream(folder_ / "password") << "it's \\ a = \"secret\"\n";
  if (::geteuid() == 0) {
    const passwd* user = other_user();
    for (const fs::path& path : {folder_, folder_ / "password"}) {
      if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown failed");
    }
  }
  const pid_t initdb = start_program({(programs_ / "initdb").string(),
                                      "--pgdata=" + (folder_ / "data").string(),
                                      "--username=focalhip",
                                      "--auth=scram-sha-256",
                                      "--pwfile=" + (folder_ / "password").string(),
                                      "--encoding=UTF8",
                                      "--locale=C",
                                      "--no-sync"},
                                     folder_ / "initdb.log");
  int status = 0;
  if (::waitpid(initdb, &status, 0) != initdb || status != 0) throw std::runtime_error("initdb failed");
  port_ = free_port();
  start();
}

void TemporaryPostgres::start() {
  // fsync=on: what was committed must be there after crash_and_restart().
  server_ = start_program({(programs_ / "postgres").string(),
                           "-D",
                           (folder_ / "data").string(),
                           "-h",
                           "127.0.0.1",
                           "-p",
                           std::to_string(port_),
                           "-k",
                           folder_.string(),
                           "-c",
                           "max_connections=40"},
                          folder_ / "server.log");
  for (int i = 0; i < 400; ++i) {
    if (port_answers(static_cast<std::uint16_t>(port_))) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("the temporary PostgreSQL server does not answer");
}

void TemporaryPostgres::crash_and_restart() {
  ::kill(server_, SIGQUIT);  // immediate shutdown: no checkpoint, recovery at the next start
  ::waitpid(server_, nullptr, 0);
  start();
}

TemporaryPostgres::~TemporaryPostgres() {
  ::kill(server_, SIGINT);
  ::waitpid(server_, nullptr, 0);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

StoreSettings TemporaryPostgres::settings_for(const std::string& database) const {
  return {.url = "postgresql://focalhip@127.0.0.1:" + std::to_string(port_) + "/" + database,
          .secret_file = folder_ / "password"};
}

StoreSettings TemporaryPostgres::new_database() {
  const std::string name = "test" + std::to_string(++databases_);
  Database server(settings_for("postgres"), folder_);
  server.execute("CREATE DATABASE " + name);
  return settings_for(name);
}

}  // namespace focalhip::testing_support
