#pragma once

#include <chrono>
#include <cstdint>
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
  std::string sha256;                   // hex, of the file's bytes
  int alternative = 0;                  // as in EncodedObject
  std::vector<std::string> companions;  // as in EncodedObject
};

// "outbox/<job>/<attempt>", relative to the data folder; the one place that makes this name.
[[nodiscard]] std::string outbox_folder_name(std::int64_t job_id, int attempt);

// Writes outbox/<job>/<attempt>/ atomically: temporary folder, files, fsync, manifest, rename, fsync of the
// parents. Returns the folder relative to data_folder. An existing folder of the same name is replaced.
std::string write_outbox(const std::filesystem::path& data_folder,
                         std::int64_t job_id,
                         int attempt,
                         const std::vector<EncodedObject>& objects);
// In the order in which the objects are to be sent. Throws std::runtime_error when the manifest is missing,
// damaged, of a newer version, or names files outside the folder.
[[nodiscard]] std::vector<OutboxObject> read_outbox_manifest(const std::filesystem::path& folder);
// The bytes of one object; throws std::runtime_error when they are not those the manifest was written for.
[[nodiscard]] std::string read_outbox_object(const std::filesystem::path& folder, const OutboxObject& object);
// Removes everything below outbox/ that is not in `live` (relative folders), temporary folders included.
// What was changed less than `spared` ago stays: another machine may have written it after `live` was asked
// for.
void sweep_outbox(const std::filesystem::path& data_folder,
                  const std::vector<std::string>& live,
                  std::chrono::seconds spared = std::chrono::seconds{60});

}  // namespace focalhip
