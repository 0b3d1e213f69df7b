#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/node_config.h"

namespace Poco::Data {
class Session;
}
namespace Poco {
class Exception;
}

namespace focalhip {

enum class DatabaseEngine { sqlite, postgresql };
using SqlValue = std::variant<std::int64_t, std::string>;

// One row of an answer; columns by position. No column of ours is NULL.
class SqlRow {
 public:
  explicit SqlRow(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  [[nodiscard]] const std::string& text(std::size_t column) const { return columns_.at(column); }
  [[nodiscard]] std::int64_t integer(std::size_t column) const;
  [[nodiscard]] int small_integer(std::size_t column) const { return static_cast<int>(integer(column)); }

 private:
  std::vector<std::string> columns_;
};

// One connection to SQLite or PostgreSQL. The same SQL text goes to both; where they differ it says
//   {id}           column type of a primary key that is counted up and never used again
//   {lock TABLE}   FOR UPDATE OF TABLE SKIP LOCKED, or nothing
// Placeholders are $1, $2, ... and must first appear in this order (SQLite numbers them by appearance;
// checked). Every error is a std::runtime_error.
class Database {
 public:
  Database(const StoreSettings& settings, const std::filesystem::path& data_folder);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] DatabaseEngine engine() const { return engine_; }

  // Runs `work` as one write transaction (BEGIN IMMEDIATE in SQLite). When the engine asks for a repetition
  // (BUSY, locked, 40001, 40P01, 55P03) or the connection was lost, everything is repeated from the start, so
  // `work` must be a function of the database alone. A COMMIT whose answer was lost may thus be repeated:
  // statements are written so that a repetition does no harm.
  template <typename Work>
  auto transaction(Work&& work) {
    std::optional<decltype(work())> result;
    run_transaction([&] { result.emplace(work()); });
    return *std::move(result);
  }
  // Reads outside a transaction, repeated in the same way.
  template <typename Work>
  auto reading(Work&& work) {
    std::optional<decltype(work())> result;
    run_repeatedly([&] { result.emplace(work()); });
    return *std::move(result);
  }

  std::vector<SqlRow> query(const std::string& sql, const std::vector<SqlValue>& values = {});
  // Number of rows inserted, changed or deleted.
  std::size_t execute(const std::string& sql, const std::vector<SqlValue>& values = {});

 private:
  void connect();
  void run_transaction(const std::function<void()>& work);
  void run_repeatedly(const std::function<void()>& work);
  [[nodiscard]] bool worth_repeating(const Poco::Exception& problem);
  void roll_back() noexcept;
  [[nodiscard]] std::string dialect(std::string sql) const;

  DatabaseEngine engine_;
  std::string connection_;
  std::string password_;
  std::unique_ptr<Poco::Data::Session> session_;
};

// "host=... port=... user=... dbname=..." of postgresql://[user@]host[:port]/name[?host=/socket/folder].
// Throws std::runtime_error for anything else, also for a password in the URL (it belongs into secret_file).
[[nodiscard]] std::string postgresql_connection_text(const std::string& url);

}  // namespace focalhip
