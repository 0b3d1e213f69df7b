#include "listener/jobs/database.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <Poco/Data/PostgreSQL/Connector.h>
#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/Statement.h>
#include <Poco/URI.h>

#include "listener/support/durable_file.h"

namespace focalhip {

namespace {

using Poco::Data::Keywords::now;
using Poco::Data::Keywords::use;

constexpr int most_repetitions = 12;
constexpr std::chrono::milliseconds first_pause{10};  // doubles up to longest_pause: about 6 s in all
constexpr std::chrono::milliseconds longest_pause{1000};

void register_connectors() {
  static std::once_flag once;
  std::call_once(once, [] {
    Poco::Data::SQLite::Connector::registerConnector();
    Poco::Data::PostgreSQL::Connector::registerConnector();
  });
}

// The text of PostgreSQL errors goes over several lines and repeats the statement; the first line says it.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string replace_all(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

void check_placeholders(const std::string& sql, std::size_t values) {
  std::size_t seen = 0;
  for (std::size_t at = sql.find('$'); at != std::string::npos; at = sql.find('$', at + 1)) {
    std::size_t number = 0;
    std::from_chars(sql.data() + at + 1, sql.data() + sql.size(), number);
    if (number < 1 || number > seen + 1) throw std::logic_error("placeholders out of order: " + sql);
    seen = std::max(seen, number);
  }
  if (seen != values) throw std::logic_error("number of placeholders and values differ: " + sql);
}

// Poco binds references: `values` must outlive the statement's execution.
void bind(Poco::Data::Statement& statement, std::vector<SqlValue>& values) {
  for (SqlValue& value : values) {
    std::visit([&](auto& held) { statement.addBind(use(held)); }, value);
  }
}

std::string trimmed_line(std::string text) {
  const std::size_t end = text.find_first_of("\r\n");
  if (end != std::string::npos) text.resize(end);
  return text;
}

// libpq reads the password from the environment: Poco's connection text cannot carry spaces or quotes.
class PasswordInEnvironment {
 public:
  explicit PasswordInEnvironment(const std::string& password) : lock_(mutex()), set_(!password.empty()) {
    if (set_) ::setenv("PGPASSWORD", password.c_str(), 1);
  }
  PasswordInEnvironment(const PasswordInEnvironment&) = delete;
  PasswordInEnvironment& operator=(const PasswordInEnvironment&) = delete;
  ~PasswordInEnvironment() {
    if (set_) ::unsetenv("PGPASSWORD");
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::scoped_lock<std::mutex> lock_;
  bool set_;
};

}  // namespace

std::int64_t SqlRow::integer(std::size_t column) const {
  const std::string& text = columns_.at(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::runtime_error("job store: column " + std::to_string(column) + " is no whole number");
  }
  return value;
}

std::string postgresql_connection_text(const std::string& url) {
  const auto refuse = [](const std::string& why) {
    throw std::runtime_error("store.url: " + why + "; expected postgresql://user@host:port/name");
  };
  std::string text;
  const auto add = [&](const std::string& key, const std::string& value) {
    if (value.find_first_of(" \t\r\n'\\=") != std::string::npos)
      refuse("blank, quote, backslash or '=' in " + key);
    if (!value.empty()) text += key + "=" + value + " ";
  };
  try {
    const Poco::URI uri(url);
    if (uri.getScheme() != "postgresql") refuse("not a PostgreSQL address");
    if (uri.getUserInfo().find(':') != std::string::npos)
      refuse("the password belongs into store.secret_file");
    std::string name = uri.getPath();
    if (!name.empty()) name.erase(0, 1);
    if (name.empty() || name.find('/') != std::string::npos) refuse("no database name");
    std::string host = uri.getHost();
    for (const auto& [key, value] : uri.getQueryParameters()) {
      if (key != "host") refuse("unknown option '" + key + "'");
      host = value;
    }
    add("host", host);
    if (uri.getPort() != 0) add("port", std::to_string(uri.getPort()));
    add("user", uri.getUserInfo());
    add("dbname", name);
  } catch (const Poco::Exception&) {
    refuse("not an address");
  }
  return text + "connect_timeout=10 application_name=focalhip";
}

Database::Database(const StoreSettings& settings, const std::filesystem::path& data_folder)
    : engine_(settings.url == "sqlite" ? DatabaseEngine::sqlite : DatabaseEngine::postgresql) {
  register_connectors();
  if (engine_ == DatabaseEngine::sqlite) {
    create_folders_durably(data_folder);
    connection_ = (data_folder / "jobs.sqlite").string();
  } else {
    connection_ = postgresql_connection_text(settings.url);
    if (!settings.secret_file.empty()) password_ = trimmed_line(read_small_file(settings.secret_file, 4096));
  }
  run_repeatedly([] {});
}

Database::~Database() = default;

void Database::connect() {
  session_.reset();
  if (engine_ == DatabaseEngine::sqlite) {
    session_ = std::make_unique<Poco::Data::Session>("SQLite", connection_);
    *session_ << "PRAGMA busy_timeout=10000", now;  // first: changing the journal mode may have to wait, too
    *session_ << "PRAGMA journal_mode=WAL", now;
    *session_ << "PRAGMA synchronous=FULL", now;
    *session_ << "PRAGMA foreign_keys=ON", now;
  } else {
    const PasswordInEnvironment password(password_);
    session_ = std::make_unique<Poco::Data::Session>("PostgreSQL", connection_);
    *session_ << "SET lock_timeout='10s'", now;
    *session_ << "SET client_min_messages='warning'", now;
  }
}

// The one place that decides what is repeated. PostgreSQL's SQLSTATE reaches us as text only.
bool Database::worth_repeating(const Poco::Exception& problem) {
  const std::string text = problem.displayText();
  if (engine_ == DatabaseEngine::sqlite) {
    return dynamic_cast<const Poco::Data::SQLite::DBLockedException*>(&problem) != nullptr ||
           dynamic_cast<const Poco::Data::SQLite::TableLockedException*>(&problem) != nullptr ||
           text.find("database is locked") != std::string::npos;
  }
  if (session_ == nullptr || !session_->isConnected()) {
    session_.reset();  // server restarted or unreachable: connect again
    return true;
  }
  for (const char* state : {"State: 40001", "State: 40P01", "State: 55P03"}) {
    if (text.find(state) != std::string::npos) return true;
  }
  return false;
}

void Database::run_repeatedly(const std::function<void()>& work) {
  std::chrono::milliseconds pause = first_pause;
  for (int repetition = 0;; ++repetition) {
    try {
      if (session_ == nullptr) connect();
      return work();
    } catch (const Poco::Exception& problem) {
      const std::string what = first_line(problem.displayText());
      if (!worth_repeating(problem) || repetition >= most_repetitions) {
        throw std::runtime_error("job store: " + what);
      }
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, longest_pause);
  }
}

void Database::run_transaction(const std::function<void()>& work) {
  run_repeatedly([&] {
    // Poco's own begin() is DEFERRED in SQLite and fails when the first write meets another writer.
    execute(engine_ == DatabaseEngine::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
    try {
      work();
      execute("COMMIT");
    } catch (...) {
      roll_back();
      throw;
    }
  });
}

void Database::roll_back() noexcept {
  try {
    execute("ROLLBACK");
  } catch (...) {
    session_.reset();  // whatever is left of the transaction ends with the connection
  }
}

std::string Database::dialect(std::string sql) const {
  const bool sqlite = engine_ == DatabaseEngine::sqlite;
  sql = replace_all(
      std::move(sql),
      "{id}",
      sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
  const std::string lock = "{lock ";
  for (std::size_t at = sql.find(lock); at != std::string::npos; at = sql.find(lock)) {
    const std::size_t end = sql.find('}', at);
    const std::string table = sql.substr(at + lock.size(), end - at - lock.size());
    sql.replace(at, end + 1 - at, sqlite ? "" : "FOR UPDATE OF " + table + " SKIP LOCKED");
  }
  return sql;
}

std::size_t Database::execute(const std::string& sql, const std::vector<SqlValue>& values) {
  check_placeholders(sql, values.size());
  std::vector<SqlValue> bound = values;
  Poco::Data::Statement statement(*session_);
  statement << dialect(sql);
  bind(statement, bound);
  return statement.execute();
}

std::vector<SqlRow> Database::query(const std::string& sql, const std::vector<SqlValue>& values) {
  check_placeholders(sql, values.size());
  std::vector<SqlValue> bound = values;
  Poco::Data::Statement statement(*session_);
  statement << dialect(sql);
  bind(statement, bound);
  statement.execute();
  const Poco::Data::RecordSet records(statement);
  std::vector<SqlRow> rows;
  for (std::size_t row = 0; row < records.rowCount(); ++row) {
    std::vector<std::string> columns;
    for (std::size_t column = 0; column < records.columnCount(); ++column) {
      columns.push_back(records.value(column, row).convert<std::string>());
    }
    rows.emplace_back(std::move(columns));
  }
  return rows;
}

}  // namespace focalhip
