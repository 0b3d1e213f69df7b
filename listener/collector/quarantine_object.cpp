#include "listener/collector/quarantine_object.h"

#include <array>
#include <fstream>
#include <system_error>

#include <nlohmann/json.hpp>

#include "listener/support/digest.h"
#include "listener/support/durable_file.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

std::string digest16_of_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::system_error(errno, std::generic_category(), "open " + file.string());
  Sha256 digest;
  std::array<char, 65536> block{};
  while (stream.read(block.data(), block.size()) || stream.gcount() > 0) {
    digest.update(std::string_view(block.data(), static_cast<std::size_t>(stream.gcount())));
  }
  return digest.finish_hex().substr(0, 16);
}

}  // namespace

std::string quarantine_folder_name(const std::filesystem::path& file, const QuarantineReason& reason) {
  return digest16_of_file(file) + "-" + reason.word;
}

std::filesystem::path quarantine_object(const SpoolLayout& spool,
                                        const std::filesystem::path& file,
                                        const QuarantineReason& reason,
                                        UtcMs now_ms) {
  const std::filesystem::path folder = spool.quarantine() / quarantine_folder_name(file, reason);
  create_folders_durably(folder);
  fault_point("collector_quarantine_folder");
  const std::filesystem::path origin = file.parent_path().filename() / file.filename();
  const nlohmann::json why = {{"reason", reason.word},
                              {"detail", reason.detail},
                              {"association", origin.parent_path().string()},
                              {"file", origin.filename().string()},
                              {"quarantined", utc_text(now_ms)}};
  write_file_durably(folder / "why.json", why.dump(1) + "\n", FaultPoint("collector_in_quarantine_reason"));
  fault_point("collector_quarantine_reason");
  rename_durably(file, folder / "object.dcm");
  return folder;
}

}  // namespace focalhip
