#include "listener/spool/commitment_record.h"

#include <algorithm>
#include <system_error>

#include <nlohmann/json.hpp>

#include "listener/support/durable_file.h"

namespace focalhip {

namespace {
using nlohmann::json;
namespace fs = std::filesystem;

std::optional<CommitmentReport> report_from(const json& object) {
  CommitmentReport report{.calling_ae_title = object.at("calling_ae_title").get<std::string>(),
                          .transaction_uid = object.at("transaction_uid").get<std::string>(),
                          .received_ms = object.at("received_utc_ms").get<UtcMs>(),
                          .committed = object.at("committed").get<std::vector<std::string>>(),
                          .failed = {}};
  for (const json& failure : object.at("failed"))
    report.failed.push_back({.sop_instance_uid = failure.at("sop_instance_uid").get<std::string>(),
                             .reason = failure.at("reason").get<int>()});
  return report;
}
}  // namespace

void write_commitment_report(const SpoolLayout& spool, const CommitmentReport& report) {
  json failed = json::array();
  for (const CommitmentReport::Failure& failure : report.failed)
    failed.push_back({{"sop_instance_uid", failure.sop_instance_uid}, {"reason", failure.reason}});
  const json object = {{"schema", 1},
                       {"calling_ae_title", report.calling_ae_title},
                       {"transaction_uid", report.transaction_uid},
                       {"received_utc_ms", report.received_ms},
                       {"committed", report.committed},
                       {"failed", failed}};
  write_file_durably(spool.commitments() / (new_spool_id(report.received_ms) + ".json"),
                     object.dump(1, ' ', true, json::error_handler_t::replace) + "\n",
                     FaultPoint("receiver_in_commitment"));
}

std::vector<fs::path> list_commitment_reports(const SpoolLayout& spool) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(spool.commitments(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".json" && is_spool_id(entry->path().stem().string()))
      files.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw std::system_error(error, "listing " + spool.commitments().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<CommitmentReport> read_commitment_report(const fs::path& file) {
  const json object = json::parse(read_small_file(file), nullptr, false);
  if (!object.is_object()) return std::nullopt;
  try {
    return report_from(object);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace focalhip
