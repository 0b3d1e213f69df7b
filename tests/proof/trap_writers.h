#pragma once

#include <filesystem>
#include <functional>
#include <set>

#include "tests/proof/traps.h"

// Writers of the traps: each puts a scan into a folder as an archive might, and says what a right reading
// finds.
namespace focalhip::proof {

// The scan as it is, under another header.
[[nodiscard]] WriteTrap with(const std::function<void(simulator::SeriesHeader&)>& change);
[[nodiscard]] WriteTrap plain();
[[nodiscard]] WriteTrap in_syntax(simulator::TransferSyntax syntax,
                                  simulator::ObjectKind kind = simulator::ObjectKind::ct_image);
[[nodiscard]] WriteTrap without_slices(const std::set<int>& missing,
                                       simulator::ObjectKind kind = simulator::ObjectKind::ct_image);
[[nodiscard]] WriteTrap positioned(simulator::PatientPosition position);
[[nodiscard]] WriteTrap of_content(simulator::ImageContent content,
                                   simulator::ObjectKind kind = simulator::ObjectKind::ct_image);

// Pixels in another order under the same tags: mirrored along one axis, or turned round about the third.
struct Turned {
  bool columns = false;
  bool rows = false;
  bool slices = false;
};
[[nodiscard]] WriteTrap turned(Turned order);

// A second acquisition of 40 slices in the same series, its places moved by a share of the spacing.
[[nodiscard]] WriteTrap second_acquisition(double moved_by,
                                           simulator::ObjectKind kind = simulator::ObjectKind::ct_image);
// The whole scan repeated at the same places: of equal volumes the later one. [science: qct 1.1]
[[nodiscard]] TrapTruth write_repeated(const TrapScan& scan, const std::filesystem::path& folder);

// Thin and soft, thick, sharp, coronal, localizer, dose report and dose page.
[[nodiscard]] TrapTruth write_study(const TrapScan& scan, const std::filesystem::path& folder);
[[nodiscard]] TrapTruth write_coronal_only(const TrapScan& scan, const std::filesystem::path& folder);
[[nodiscard]] TrapTruth write_dose_only(const TrapScan& scan, const std::filesystem::path& folder);

// Padding of -1024 HU, named by its tag: whatever has that value is padding. [science: qct 1.3]
[[nodiscard]] TrapTruth write_padded_like_air(const TrapScan& scan, const std::filesystem::path& folder);

// Slices that move further posterior than any gantry tilts. Refused from the headers alone.
[[nodiscard]] TrapTruth write_sheared_by_40_degrees(const TrapScan& scan,
                                                    const std::filesystem::path& folder);

}  // namespace focalhip::proof
