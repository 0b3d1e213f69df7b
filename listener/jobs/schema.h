#pragma once

#include <span>
#include <string>
#include <vector>

#include "listener/jobs/database.h"

namespace focalhip {

// What leads from schema version n to n + 1, n being the migration's place in the list.
using Migration = std::vector<std::string>;
[[nodiscard]] std::span<const Migration> migrations();

// Brings the database to version `steps.size()` in one transaction; safe when several processes do it at
// once. A database that is newer is an error (std::runtime_error): an older program must not touch it.
void migrate(Database& database, std::span<const Migration> steps);

}  // namespace focalhip
