#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "listener/support/fault_points.h"

namespace focalhip {

// What must survive a power cut. All functions throw std::system_error that names the action and the path.

// fsync of a file or folder that exists.
void sync_file(const std::filesystem::path& file);
void sync_folder(const std::filesystem::path& folder);

// Creates the folder and its missing parents (0750), each made durable in its parent.
void create_folders_durably(const std::filesystem::path& folder);

// Replaces `file` as a whole or not at all: temporary file beside it (name + ".tmp"), write, fsync, rename,
// fsync of the folder. Mode 0640. `unnamed`: the fault point between fsync and rename.
void write_file_durably(const std::filesystem::path& file,
                        std::string_view bytes,
                        std::optional<FaultPoint> unnamed = std::nullopt);

// Writes a file that must not exist yet and fsyncs it, but not its folder: for files of a folder that is
// renamed into place (and fsynced) as a whole.
void write_new_file_synced(const std::filesystem::path& file, std::string_view bytes);

// rename(2), then fsync of both parents.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

// The whole file as bytes; more than `most_bytes` is an error (files of ours have known sizes).
[[nodiscard]] std::string read_small_file(const std::filesystem::path& file,
                                          std::uintmax_t most_bytes = 16U << 20U);

}  // namespace focalhip
