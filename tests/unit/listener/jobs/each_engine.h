#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "listener/jobs/database.h"
#include "listener/jobs/job_store.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/listener/jobs/temporary_postgres.h"

namespace focalhip {
inline void PrintTo(DatabaseEngine engine, std::ostream* out) {
  *out << (engine == DatabaseEngine::sqlite ? "SQLite" : "PostgreSQL");
}
}  // namespace focalhip

namespace focalhip::testing_support {

// One suite, two engines: every test of the store runs on SQLite and on PostgreSQL.
class EachEngine : public testing::TestWithParam<DatabaseEngine> {
 protected:
  void SetUp() override {
    if (GetParam() == DatabaseEngine::sqlite) return;
    TemporaryPostgres* postgres = TemporaryPostgres::instance();
    if (postgres == nullptr) GTEST_SKIP() << "PostgreSQL is not installed (package postgresql)";
    settings_ = postgres->new_database();
  }

  [[nodiscard]] std::unique_ptr<JobStore> open() const { return JobStore::open(settings_, folder_.path()); }
  [[nodiscard]] Database open_database() const { return Database(settings_, folder_.path()); }

  TemporaryFolder folder_;
  StoreSettings settings_;
};

inline const auto both_engines = testing::Values(DatabaseEngine::sqlite, DatabaseEngine::postgresql);
inline std::string engine_name(const testing::TestParamInfo<DatabaseEngine>& info) {
  return info.param == DatabaseEngine::sqlite ? "Sqlite" : "Postgresql";
}

// A job whose strings are all different; `content` tells jobs of one study apart.
inline NewJob some_job(const std::string& study = "1.2.3", const std::string& content = "c1") {
  return {.study_instance_uid = study,
          .series_instance_uid = "1.2.3.4",
          .content_digest = content,
          .instances_digest = {},
          .identity_digest = "i1",
          .calling_ae_title = "CTSCANNER",
          .accession_digest = "a1",
          .input = "{}",
          .priority = 0,
          .refusal_only = false};
}

}  // namespace focalhip::testing_support
