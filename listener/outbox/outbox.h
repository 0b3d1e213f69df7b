#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dicom_sr/study_context.h"

namespace focalhip {

// One object in the outbox, as its manifest (manifest.json, written last) lists it.
struct OutboxObject {
  std::string part;
  std::string file_name;
  std::string sop_class_uid;
  std::string sop_instance_uid;
  std::string sha256;
};

// Writes outbox/<job>/<attempt>/ atomically: temporary folder, files, fsync, manifest, rename, fsync of the
// parents. Returns the folder relative to data_folder. An existing folder of the same name is replaced.
std::string write_outbox(const std::filesystem::path& data_folder,
                         std::int64_t job_id,
                         int attempt,
                         const std::vector<EncodedObject>& objects);
[[nodiscard]] std::vector<OutboxObject> read_outbox_manifest(const std::filesystem::path& folder);
// Removes everything below outbox/ that is not in `live` (relative folders), temporary folders included.
void sweep_outbox(const std::filesystem::path& data_folder, const std::vector<std::string>& live);

}  // namespace focalhip
