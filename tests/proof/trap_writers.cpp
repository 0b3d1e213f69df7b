#include "tests/proof/trap_writers.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace focalhip::proof {

namespace sim = simulator;
namespace fs = std::filesystem;

namespace {

using Header = sim::SeriesHeader;

Header header_of(const TrapScan& scan, int number) {
  Header header;
  header.number = number;
  header.series_instance_uid =
      sim::derived_uid(scan.study.study_instance_uid + "/proof/" + std::to_string(number));
  return header;
}

void write_series(const TrapScan& scan,
                  const fs::path& folder,
                  const Header& header,
                  const sim::ScanGrid& grid,
                  const std::vector<std::int16_t>& hu) {
  sim::write_ct_series(folder, scan.hip, scan.protocol, scan.study, header, grid, hu);
}

Header named(Header header, const std::string& prefix, const std::string& kernel) {
  header.file_prefix = prefix;
  header.kernel = kernel;
  return header;
}

// Every CT number higher, so that it can be told which volume was read. Padding stays.
std::vector<std::int16_t> raised(std::vector<std::int16_t> hu, int by_hu) {
  for (std::int16_t& value : hu) {
    if (value > -1100) value = static_cast<std::int16_t>(value + by_hu);
  }
  return hu;
}

// Every `step`-th slice of a range, other CT numbers.
struct Part {
  sim::ScanGrid grid;
  std::vector<std::int16_t> hu;
};
Part part_of(const sim::SimulatedScan& scan, int first, int end, int step, int raised_by_hu) {
  Part part{.grid = scan.grid, .hu = {}};
  part.grid.slices = (end - first + step - 1) / step;
  part.grid.origin_patient_mm = scan.grid.patient_from_voxel(0, 0, first);
  part.grid.slice_spacing_mm *= step;
  part.grid.slice_thickness_mm *= step;
  for (int slice = first; slice < end; slice += step) {
    const auto begin = scan.hu.begin() + static_cast<std::ptrdiff_t>(scan.grid.index(0, 0, slice));
    part.hu.insert(part.hu.end(), begin, begin + static_cast<std::ptrdiff_t>(scan.grid.slice_size()));
  }
  part.hu = raised(std::move(part.hu), raised_by_hu);
  return part;
}

}  // namespace

WriteTrap with(const std::function<void(Header&)>& change) {
  return [change](const TrapScan& scan, const fs::path& folder) {
    Header header = header_of(scan, 2);
    change(header);
    write_series(scan, folder, header, scan.scan.grid, scan.scan.hu);
    return TrapTruth{scan.scan.grid, scan.scan.hu, header.traps.missing_slices};
  };
}
WriteTrap plain() {
  return with([](Header&) {});
}
WriteTrap in_syntax(sim::TransferSyntax syntax, sim::ObjectKind kind) {
  return with([=](Header& header) {
    header.transfer_syntax = syntax;
    header.object_kind = kind;
  });
}
WriteTrap without_slices(const std::set<int>& missing, sim::ObjectKind kind) {
  return with([=](Header& header) {
    header.traps.missing_slices = missing;
    header.object_kind = kind;
  });
}

WriteTrap turned(Turned order) {
  return [order](const TrapScan& scan, const fs::path& folder) {
    const sim::ScanGrid& grid = scan.scan.grid;
    std::vector<std::int16_t> hu(grid.voxel_count());
    const auto from = [](bool reversed, int i, int count) { return reversed ? count - 1 - i : i; };
    for (int k = 0; k < grid.slices; ++k) {
      for (int j = 0; j < grid.rows; ++j) {
        for (int i = 0; i < grid.columns; ++i) {
          hu[grid.index(i, j, k)] = scan.scan.hu[grid.index(from(order.columns, i, grid.columns),
                                                            from(order.rows, j, grid.rows),
                                                            from(order.slices, k, grid.slices))];
        }
      }
    }
    write_series(scan, folder, header_of(scan, 2), grid, hu);
    return TrapTruth{grid, std::move(hu), {}};
  };
}

WriteTrap second_acquisition(double moved_by, sim::ObjectKind kind) {
  return [=](const TrapScan& scan, const fs::path& folder) {
    Part second = part_of(scan.scan, 40, 80, 1, 5);
    second.grid.origin_patient_mm.z += moved_by * second.grid.slice_spacing_mm;
    Header header = header_of(scan, 2);
    header.object_kind = kind;
    const std::array<sim::AcquiredVolume, 2> volumes{
        {{scan.scan.grid, scan.scan.hu}, {second.grid, second.hu}}};
    sim::write_ct_series(folder, scan.hip, scan.protocol, scan.study, header, volumes);
    return TrapTruth{scan.scan.grid, scan.scan.hu, {}};
  };
}

TrapTruth write_repeated(const TrapScan& scan, const fs::path& folder) {
  std::vector<std::int16_t> later = raised(scan.scan.hu, 5);
  const std::array<sim::AcquiredVolume, 2> volumes{{{scan.scan.grid, scan.scan.hu}, {scan.scan.grid, later}}};
  sim::write_ct_series(folder, scan.hip, scan.protocol, scan.study, header_of(scan, 2), volumes);
  return {scan.scan.grid, std::move(later), {}};
}

TrapTruth write_study(const TrapScan& scan, const fs::path& folder) {
  const sim::SimulatedScan& image = scan.scan;
  const Part thick = part_of(image, 0, image.grid.slices, 4, 7);
  const auto header = [&](int number, const char* prefix) {
    return named(header_of(scan, number), prefix, "FC13");
  };
  sim::write_localizer(folder, scan.hip, scan.protocol, scan.study, header(1, "LOC"), image.grid, image.hu);
  write_series(scan, folder, header(2, "CT"), image.grid, image.hu);
  write_series(scan, folder, header(3, "THICK"), thick.grid, thick.hu);
  write_series(scan, folder, named(header_of(scan, 4), "SHARP", "FC30"), image.grid, raised(image.hu, 9));
  sim::write_coronal_reformat(
      folder, scan.hip, scan.protocol, scan.study, header(5, "COR"), image.grid, image.hu);
  sim::write_dose_report(folder, scan.hip, scan.study, header(997, "DOSESR"));
  sim::write_dose_page(folder, scan.hip, scan.study, header(998, "DOSESC"));
  return {image.grid, image.hu, {}};
}

TrapTruth write_coronal_only(const TrapScan& scan, const fs::path& folder) {
  const sim::SimulatedScan& image = scan.scan;
  sim::write_coronal_reformat(
      folder, scan.hip, scan.protocol, scan.study, header_of(scan, 5), image.grid, image.hu);
  sim::write_localizer(folder,
                       scan.hip,
                       scan.protocol,
                       scan.study,
                       named(header_of(scan, 1), "LOC", "FC13"),
                       image.grid,
                       image.hu);
  return {image.grid, image.hu, {}};
}

TrapTruth write_dose_only(const TrapScan& scan, const fs::path& folder) {
  sim::write_dose_report(folder, scan.hip, scan.study, named(header_of(scan, 997), "DOSESR", ""));
  sim::write_dose_page(folder, scan.hip, scan.study, named(header_of(scan, 998), "DOSESC", ""));
  return {};
}

TrapTruth write_padded_like_air(const TrapScan& scan, const fs::path& folder) {
  constexpr std::int16_t padding_hu = -1024;
  sim::Protocol protocol = scan.protocol;
  TrapTruth truth{scan.scan.grid, scan.scan.hu, {}};
  std::vector<std::int16_t> written = scan.scan.hu;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == protocol.padding_hu) written[i] = padding_hu;
    if (written[i] == padding_hu) truth.hu[i] = protocol.padding_hu;
  }
  protocol.padding_hu = padding_hu;
  sim::write_ct_series(folder, scan.hip, protocol, scan.study, header_of(scan, 2), truth.grid, written);
  return truth;
}

TrapTruth write_sheared_by_40_degrees(const TrapScan& scan, const fs::path& folder) {
  sim::ScanGrid grid = scan.scan.grid;
  grid.slice_direction = {0.0, std::tan(40.0 * sim::degree), 1.0};
  write_series(scan, folder, header_of(scan, 2), grid, scan.scan.hu);
  return {};
}

WriteTrap positioned(sim::PatientPosition position) {
  return with([=](Header& header) { header.position = position; });
}
WriteTrap of_content(sim::ImageContent content, sim::ObjectKind kind) {
  return with([=](Header& header) {
    header.traps.content = content;
    header.object_kind = kind;
  });
}

}  // namespace focalhip::proof
