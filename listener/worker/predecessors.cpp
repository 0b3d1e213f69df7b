#include "listener/worker/predecessors.h"

#include <algorithm>
#include <exception>
#include <optional>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include "listener/outbox/outbox.h"

namespace focalhip {

namespace {

constexpr Uint32 longest_value_read = 4096;

std::string series_of(const std::filesystem::path& file) {
  DcmFileFormat format;
  OFString series;
  const OFCondition loaded = format.loadFile(file.c_str(), EXS_Unknown, EGL_noChange, longest_value_read);
  if (loaded.bad()) return {};
  static_cast<void>(format.getDataset()->findAndGetOFString(DCM_SeriesInstanceUID, series));
  return series.c_str();
}

std::optional<PredecessorDocument> report_in(const std::filesystem::path& folder) {
  const std::vector<OutboxObject> objects = read_outbox_manifest(folder);
  const auto report = std::find_if(
      objects.begin(), objects.end(), [](const OutboxObject& object) { return object.part == "sr"; });
  if (report == objects.end()) return std::nullopt;
  const std::string series = series_of(folder / report->file_name);
  if (series.empty()) return std::nullopt;
  return PredecessorDocument{report->sop_class_uid, report->sop_instance_uid, series};
}

}  // namespace

std::vector<PredecessorDocument> predecessors_of(JobStore& store,
                                                 const Job& job,
                                                 const std::filesystem::path& data_folder) {
  const std::optional<Job> before = store.predecessor(job);
  if (!before) return {};
  for (const Delivery& delivery : store.deliveries(before->id)) {
    if (delivery.state != DeliveryState::delivered || delivery.outbox_folder.empty()) continue;
    try {
      if (const auto report = report_in(data_folder / delivery.outbox_folder)) return {*report};
    } catch (const std::exception&) {  // its files are gone or damaged: the new report stands alone
    }
  }
  return {};
}

}  // namespace focalhip
