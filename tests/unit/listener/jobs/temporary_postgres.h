#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "config/node_config.h"

namespace focalhip::testing_support {

// A private PostgreSQL server on a free loopback port, its data in a new folder below /tmp, with a password
// that needs quoting. Runs as another user when we are root (PostgreSQL refuses root). Stopped by its process
// id.
class TemporaryPostgres {
 public:
  // The server of this test program, started at the first call; nullptr when PostgreSQL is not installed.
  static TemporaryPostgres* instance();
  ~TemporaryPostgres();
  TemporaryPostgres(const TemporaryPostgres&) = delete;
  TemporaryPostgres& operator=(const TemporaryPostgres&) = delete;

  // Settings of a new, empty database.
  [[nodiscard]] StoreSettings new_database();
  // Kills every server process at once (power cut) and starts the server again.
  void crash_and_restart();

 private:
  explicit TemporaryPostgres(std::filesystem::path programs);
  [[nodiscard]] StoreSettings settings_for(const std::string& database) const;
  void start();

  std::filesystem::path programs_;
  std::filesystem::path folder_;
  int port_ = 0;
  int databases_ = 0;
  pid_t server_ = -1;
};

}  // namespace focalhip::testing_support
