// listener/CONFORMANCE.md says what the code does.
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <gtest/gtest.h>

#include "analysis/support/reason_codes.h"
#include "listener/association/implementation_uid.h"
#include "listener/association/negotiate.h"

namespace focalhip {
namespace {

std::string document() {
  std::ifstream file(std::string(FOCALHIP_SOURCE_DIR) + "/listener/CONFORMANCE.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

// The cells of all table rows below the heading row that begins with `head`.
std::vector<std::vector<std::string>> table(const std::string& head) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(document());
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| " + head)) {
      inside = true;
      std::getline(lines, line);  // the rule below the heading
      continue;
    }
    if (!inside) continue;
    if (!line.starts_with("|")) return rows;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t first = cell.find_first_not_of(" `");
      const std::size_t last = cell.find_last_not_of(" `");
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    rows.push_back(cells);
  }
  return rows;
}

std::map<std::string, std::string> codes_of_table(const std::string& head) {
  std::map<std::string, std::string> codes;
  for (const std::vector<std::string>& row : table(head)) codes[row.at(0)] = row.at(1);
  return codes;
}

template <typename Codes>
std::map<std::string, std::string> codes_of_program(const Codes& all) {
  std::map<std::string, std::string> codes;
  for (const auto code : all) codes[std::string(code_string(code))] = meaning(code);
  return codes;
}

TEST(ConformanceDocument, ListsEveryRefusalCodeWithItsMeaning) {
  EXPECT_EQ(codes_of_table("refusal and not_measured"), codes_of_program(all_refusal_codes()));
}

TEST(ConformanceDocument, ListsEveryNoteCodeWithItsMeaning) {
  EXPECT_EQ(codes_of_table("note"), codes_of_program(all_note_codes()));
}

TEST(ConformanceDocument, NamesTheStorageClassesThatAreKept) {
  int kept = 0;
  for (const std::vector<std::string>& row : table("SOP class | UID | what happens")) {
    const bool is_kept = row.at(2).starts_with("kept");
    kept += is_kept ? 1 : 0;
    EXPECT_EQ(policy_of(row.at(1)) == ObjectPolicy::keep, is_kept) << row.at(0);
  }
  int known_as_kept = 0;
  for (int i = 0; i < numberOfDcmAllStorageSOPClassUIDs; ++i) {
    if (policy_of(dcmAllStorageSOPClassUIDs[i]) == ObjectPolicy::keep) ++known_as_kept;
  }
  EXPECT_EQ(kept, known_as_kept);
}

TEST(ConformanceDocument, NamesTheTransferSyntaxesInTheOrderOfPreference) {
  std::vector<std::string> uids;
  for (const std::vector<std::string>& row : table("transfer syntax")) uids.push_back(row.at(1));
  const std::span<const char* const> accepted = accepted_storage_transfer_syntaxes();
  EXPECT_EQ(uids, std::vector<std::string>(accepted.begin(), accepted.end()));
}

TEST(ConformanceDocument, NamesTheImplementation) {
  EXPECT_NE(document().find(implementation_class_uid), std::string::npos);
  EXPECT_NE(document().find(implementation_version_name), std::string::npos);
}

}  // namespace
}  // namespace focalhip
